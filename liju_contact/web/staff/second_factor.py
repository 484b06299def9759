"""``/staff/account/second-factor``: switched on with a code from an authenticator program, off with the password.

The picture to scan is a page of its own, so that no page needs an inline image; like every page of the desk it is kept
by no cache.
"""

from __future__ import annotations

import io

import segno
from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.errors import NotFound
from liju_contact.domain.person import Action
from liju_contact.domain.text import clean_line
from liju_contact.usecases.limit_guesses import TooMany
from liju_contact.usecases.second_factor import (
    NewCodes,
    WrongCode,
    begin_enrolment,
    renew_codes,
    show_enrolment,
    switch_off,
    switch_on,
)
from liju_contact.usecases.sign_in import Wrong
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.account import back_with, refused, wrong_password
from liju_contact.web.staff.desk import current_sign_in, desk_blueprint, needs, render_desk
from liju_contact.web.staff.door import UNACCEPTABLE, current_visit, too_many, too_many_words

bp = desk_blueprint("second_factor", __name__, prefix="/staff/account/second-factor")
_SEE_OTHER = 303


@bp.get("")
@needs(Action.KEEP_OWN)
def show() -> ResponseReturnValue:
    if show_enrolment(current_deps(), current_sign_in()) is None:
        return redirect("/staff/account#second-factor", _SEE_OTHER)
    return _enrolment_page()


@bp.get("/picture.svg")
@needs(Action.KEEP_OWN)
def picture() -> Response:
    enrolment = show_enrolment(current_deps(), current_sign_in())
    if enrolment is None:
        raise NotFound("The second factor is on already.")
    drawn = io.BytesIO()
    segno.make(enrolment.address, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff")
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@bp.post("/begin")
@needs(Action.KEEP_OWN)
def begin() -> ResponseReturnValue:
    begin_enrolment(current_deps(), current_sign_in())
    return redirect("/staff/account/second-factor", _SEE_OTHER)


@bp.post("")
@needs(Action.KEEP_OWN)
def send_code() -> ResponseReturnValue:
    deps = current_deps()
    password, code = request.form.get("password", ""), clean_line(request.form.get("code", ""))
    result = switch_on(deps, current_sign_in(), password=password, code=code, now=deps.now())
    match result:
        case NewCodes():
            return _codes_page(result)
        case WrongCode():
            wrong = _("This code is not right. Is the clock of your telephone right?")
            return _enrolment_page(code=wrong), UNACCEPTABLE
        case TooMany():
            return too_many(_enrolment_page(password=too_many_words()), result)
        case Wrong():
            return _enrolment_page(password=wrong_password()), UNACCEPTABLE


@bp.post("/codes")
@needs(Action.KEEP_OWN)
def send_renewal() -> ResponseReturnValue:
    deps = current_deps()
    result = renew_codes(deps, current_sign_in(), password=request.form.get("password", ""), now=deps.now())
    return _codes_page(result) if isinstance(result, NewCodes) else refused(result, "factor")


@bp.post("/off")
@needs(Action.KEEP_OWN)
def send_off() -> ResponseReturnValue:
    deps = current_deps()
    password, network = request.form.get("password", ""), current_visit().network
    result = switch_off(deps, current_sign_in(), password=password, network=network, now=deps.now())
    return back_with("factor-off") if result is None else refused(result, "factor")


def _enrolment_page(**errors: str) -> str:
    enrolment = show_enrolment(current_deps(), current_sign_in())
    return render_desk("staff/second_factor.html", room="account", enrolment=enrolment, errors=errors, q="")


def _codes_page(codes: NewCodes) -> Response:
    """Show new recovery codes, in the answer itself: they are stored nowhere that a page could read them from again."""
    return make_response(render_desk("staff/recovery_codes.html", room="account", codes=codes.codes, q=""))
