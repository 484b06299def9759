"""``/staff/sign-in``: address and password, the code of a second factor, a password of one's own at the first time."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.errors import StoreBusy
from liju_contact.domain.sign_in_step import Step
from liju_contact.domain.text import clean_line, is_blank
from liju_contact.usecases.set_password import choose_password
from liju_contact.usecases.sign_in import check_code, sign_in
from liju_contact.web.inquiry import RETRY_SECONDS, UNAVAILABLE
from liju_contact.web.notices import busy_notice
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.desk import find_sign_in
from liju_contact.web.staff.door import (
    UNACCEPTABLE,
    answer_sign_in,
    current_visit,
    refuse_elsewhere,
    resume_page,
    sign_in_page,
    stale_words,
    step_page,
)
from liju_contact.web.staff.password_words import differing_words
from liju_contact.web.staff.resume import Resumption, carried

bp = Blueprint("sign_in", __name__, url_prefix="/staff")
ADDRESS_LIMIT = 254
_SEE_OTHER = 303


@bp.get("/sign-in")
def show_form() -> ResponseReturnValue:
    resumption = carried()
    if find_sign_in():
        return redirect(resumption.back, _SEE_OTHER)
    return sign_in_page(resumption, said=said(request.args.get("said", "")))


@bp.post("/sign-in")
def send_form() -> Response:
    refuse_elsewhere()
    resumption = carried()
    address = typed_address()
    password = request.form.get("password", "")

    def again(error: str | None = None, notice: str | None = None) -> str:
        return sign_in_page(resumption, address=address, error=error, notice=notice)

    if notice := stale_words():
        return make_response(again(notice=notice), UNACCEPTABLE)
    if is_blank(address) or not password:
        return make_response(again(_("Please type your e-mail address and your password.")), UNACCEPTABLE)
    return _guarded(lambda: _sign_in(address, password, resumption, again), again)


@bp.post("/sign-in/go-on")
def go_on() -> ResponseReturnValue:
    """Take up what was interrupted, for somebody who has signed in in another tab meanwhile."""
    refuse_elsewhere()
    resumption = carried()
    signed_in = find_sign_in()
    if signed_in is None:
        notice = _("You are not signed in yet. What you were sending is still kept here.")
        return sign_in_page(resumption, notice=notice), UNACCEPTABLE
    if not resumption.is_form:
        return redirect(resumption.back, _SEE_OTHER)
    return resume_page(resumption, csrf=signed_in.csrf, has_just_signed_in=True)


@bp.post("/sign-in/code")
def send_code() -> Response:
    refuse_elsewhere()
    resumption = carried()
    again = _step_again(Step.CODE, resumption)
    if notice := stale_words():
        return make_response(again(notice=notice), UNACCEPTABLE)
    return _guarded(lambda: _check_code(resumption, again), again)


@bp.post("/sign-in/password")
def send_password() -> Response:
    refuse_elsewhere()
    resumption = carried()
    again = _step_again(Step.NEW_PASSWORD, resumption)
    if notice := stale_words():
        return make_response(again(notice=notice), UNACCEPTABLE)
    new = request.form.get("password_new", "")
    if differing := differing_words(new, request.form.get("password_again", "")):
        return make_response(again(differing), UNACCEPTABLE)
    return _guarded(lambda: _choose_password(new, resumption, again), again)


def said(key: str) -> str:
    """Return what is said on the sign-in page to somebody who was sent there."""
    sentences = {
        "password": lambda: _("Your new password is set. Please sign in with it."),
        "signed-out": lambda: _("You are signed out."),
    }
    return sentences[key]() if key in sentences else ""


def typed_address() -> str:
    return clean_line(request.form.get("address", ""))[:ADDRESS_LIMIT]


def _sign_in(address: str, password: str, resumption: Resumption, again: Callable[..., str]) -> Response:
    deps = current_deps()
    result = sign_in(deps, address, password, visit=current_visit(), now=deps.now())
    wrong = _("Address and password do not fit together.")
    return answer_sign_in(result, resumption, again, wrong)


def _check_code(resumption: Resumption, again: Callable[..., str]) -> Response:
    deps = current_deps()
    step, code = request.form.get("step", ""), clean_line(request.form.get("code", ""))
    result = check_code(deps, step, code, visit=current_visit(), now=deps.now())
    wrong = _("This code is not right, or was used already. A code is good for half a minute.")
    return answer_sign_in(result, resumption, again, wrong)


def _choose_password(password: str, resumption: Resumption, again: Callable[..., str]) -> Response:
    deps = current_deps()
    step = request.form.get("step", "")
    result = choose_password(deps, step, password, visit=current_visit(), now=deps.now())
    return answer_sign_in(result, resumption, again, "")


def _step_again(step: Step, resumption: Resumption) -> Callable[..., str]:
    token = request.form.get("step", "")

    def again(error: str | None = None, notice: str | None = None) -> str:
        return step_page(step, token, resumption, error=error, notice=notice)

    return again


def _guarded(attempt: Callable[[], Response], again: Callable[..., str]) -> Response:
    """Make one attempt; a busy database brings the form back with everything it carried."""
    try:
        return attempt()
    except StoreBusy as error:
        response = make_response(again(notice=busy_notice(error)), UNAVAILABLE)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
