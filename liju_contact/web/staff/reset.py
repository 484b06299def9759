"""``/staff/forgot`` and ``/staff/reset/<token>``: a password by letter, for who forgot theirs and who has none yet."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.errors import StoreBusy
from liju_contact.domain.text import is_blank
from liju_contact.usecases.known_device import KnownDevice
from liju_contact.usecases.limit_guesses import TooMany, seconds_left
from liju_contact.usecases.reset_password import (
    WINDOW,
    LinkOver,
    ask_for_reset,
    read_link,
    set_password_by_link,
)
from liju_contact.web.form_token import new_form_token
from liju_contact.web.inquiry import RETRY_SECONDS, UNAVAILABLE
from liju_contact.web.network import network_of
from liju_contact.web.notices import busy_notice
from liju_contact.web.rendering import current_deps, current_language, render
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.cookies import give_device
from liju_contact.web.staff.door import (
    UNACCEPTABLE,
    current_visit,
    refuse_elsewhere,
    stale_words,
    too_many,
    too_many_words,
)
from liju_contact.web.staff.password_words import differing_words, refusal_words
from liju_contact.web.staff.sign_in import typed_address

bp = Blueprint("reset", __name__, url_prefix="/staff")
_GONE = 410
_SEE_OTHER = 303


@bp.get("/forgot")
def show_forgot() -> str:
    return _forgot("")


@bp.post("/forgot")
def send_forgot() -> ResponseReturnValue:
    refuse_elsewhere()
    address = typed_address()
    if notice := stale_words():
        return _forgot(address, notice=notice), UNACCEPTABLE
    if is_blank(address):
        return _forgot(address, error=_("Please type your e-mail address.")), UNACCEPTABLE
    deps = current_deps()
    network, now = network_of(request.remote_addr), deps.now()
    try:
        is_noted = ask_for_reset(deps, address, language=current_language(), network=network, now=now)
    except StoreBusy as error:
        return _forgot(address, notice=busy_notice(error)), UNAVAILABLE, {"Retry-After": str(RETRY_SECONDS)}
    if is_noted:
        return render("staff/forgot_sent.html")
    return too_many(_forgot(address, error=too_many_words()), TooMany(retry_seconds=seconds_left(WINDOW, now)))


@bp.get("/reset/<token>")
def show_reset(token: str) -> ResponseReturnValue:
    return _reset(token)


@bp.post("/reset/<token>")
def send_reset(token: str) -> ResponseReturnValue:
    refuse_elsewhere()
    new = request.form.get("password_new", "")
    if notice := stale_words():
        return _reset(token, notice=notice)
    if differing := differing_words(new, request.form.get("password_again", "")):
        return _reset(token, error=differing)
    deps = current_deps()
    try:
        result = set_password_by_link(deps, token, new, visit=current_visit(), now=deps.now())
    except StoreBusy as error:
        return _later(token, error)
    if isinstance(result, LinkOver):
        return _over()
    if not isinstance(result, KnownDevice):
        return _reset(token, error=refusal_words(result))
    response = make_response(redirect("/staff/sign-in?said=password", _SEE_OTHER))
    give_device(response, result)
    return response


def _forgot(address: str, *, error: str | None = None, notice: str | None = None) -> str:
    token = new_form_token(current_deps())
    return render("staff/forgot.html", token=token, address=address, error=error, notice=notice)


def _reset(token: str, *, error: str | None = None, notice: str | None = None) -> Response:
    deps = current_deps()
    owner = read_link(deps, token, now=deps.now())
    if owner is None:
        return _over()
    form_token = new_form_token(deps)
    page = render("staff/reset.html", token=form_token, path=request.path, owner=owner, error=error, notice=notice)
    return make_response(page, UNACCEPTABLE if error or notice else 200)


def _later(token: str, error: StoreBusy) -> Response:
    """Ask to send once more; the database may be too busy even to say whose link it is, and then its page says so."""
    response = _reset(token, notice=busy_notice(error))
    response.status_code = UNAVAILABLE
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _over() -> Response:
    return make_response(render("staff/reset_over.html"), _GONE)
