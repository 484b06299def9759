"""Passkeys: ``/staff/sign-in/passkey`` to sign in with one, ``/staff/account/passkeys`` to add and remove one's own.

What a browser is asked comes by a GET, as JSON: it changes nothing, and no other site's page can read it.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from liju_contact.config import Settings
from liju_contact.domain.browser import read_browser
from liju_contact.domain.errors import StoreBusy
from liju_contact.domain.person import NAME_LIMIT, Action
from liju_contact.domain.text import clean_line
from liju_contact.usecases.passkeys import NotTaken, ask_for_passkey, forget_passkey, keep_passkey
from liju_contact.usecases.sign_in_by_passkey import ask_to_sign_in, sign_in_by_passkey
from liju_contact.web.inquiry import RETRY_SECONDS, UNAVAILABLE
from liju_contact.web.notices import busy_notice
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.account import account_page, back_with, refused
from liju_contact.web.staff.desk import current_sign_in, desk_blueprint, needs
from liju_contact.web.staff.door import (
    UNACCEPTABLE,
    answer_sign_in,
    current_visit,
    refuse_elsewhere,
    sign_in_page,
    stale_words,
)
from liju_contact.web.staff.resume import carried

door_bp = Blueprint("passkey_door", __name__, url_prefix="/staff/sign-in/passkey")
own_bp = desk_blueprint("passkeys", __name__, prefix="/staff/account/passkeys")


def install_passkeys(app: Flask, settings: Settings) -> None:
    if settings.desk.has_passkeys:
        app.register_blueprint(door_bp)
        app.register_blueprint(own_bp)


@door_bp.get("/options")
def ask() -> Response:
    deps = current_deps()
    return _json(ask_to_sign_in(deps, now=deps.now()))


@door_bp.post("")
def enter() -> Response:
    refuse_elsewhere()
    resumption, deps = carried(), current_deps()
    if notice := stale_words():
        return make_response(sign_in_page(resumption, notice=notice), UNACCEPTABLE)
    try:
        result = sign_in_by_passkey(deps, _sent(), visit=current_visit(), now=deps.now())
    except StoreBusy as error:
        response = make_response(sign_in_page(resumption, notice=busy_notice(error)), UNAVAILABLE)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    wrong = _("This passkey opens no account here.")
    return answer_sign_in(result, resumption, lambda error: sign_in_page(resumption, notice=error), wrong)


@own_bp.get("/options")
@needs(Action.KEEP_OWN)
def ask_for_new() -> Response:
    deps = current_deps()
    return _json(ask_for_passkey(deps, current_sign_in(), now=deps.now()))


@own_bp.post("")
@needs(Action.KEEP_OWN)
def add() -> ResponseReturnValue:
    deps, label = current_deps(), clean_line(request.form.get("label", ""))[:NAME_LIMIT]
    browser = read_browser(request.headers.get("User-Agent", ""))
    result = keep_passkey(
        deps,
        current_sign_in(),
        _sent(),
        label=label or " · ".join(filter(None, (browser.program, browser.system))),
        password=request.form.get("password", ""),
        network=current_visit().network,
        now=deps.now(),
    )
    match result:
        case None:
            return back_with("passkey")
        case NotTaken():
            return account_page(passkeys=_("No passkey was added. Please try once more.")), UNACCEPTABLE
        case _:
            return refused(result, "passkeys")


@own_bp.post("/<int(max=9223372036854775807):passkey_id>/remove")
@needs(Action.KEEP_OWN)
def remove(passkey_id: int) -> BaseResponse:
    forget_passkey(current_deps(), current_sign_in(), passkey_id)
    return back_with("passkey-removed")


def _sent() -> str:
    return request.form.get("credential", "")


def _json(text: str) -> Response:
    return Response(text, content_type="application/json")
