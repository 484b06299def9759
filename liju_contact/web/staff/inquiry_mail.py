"""Mail of one inquiry, from its page: letters that go again or never, held mail, the customer's address and link."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.inbound import Decision
from liju_contact.domain.person import Action
from liju_contact.usecases.correct_address import correct_address_for
from liju_contact.usecases.decide_held import accept_mail, discard_mail, undo_decision
from liju_contact.usecases.renew_status_link import renew_link_for
from liju_contact.usecases.tend_outbox import drop_delivery, retry_delivery
from liju_contact.web.inquiry_form import required, sendable_address, text_field
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs
from liju_contact.web.staff.inquiry_changes import done, refused
from liju_contact.web.staff.sheet_page import CONFLICT, path_of, sheet_page

bp = desk_blueprint("staff_inquiry_mail", __name__, prefix="/staff/inquiry/<reference>")
_LETTER = "/letter/<int(max=9223372036854775807):delivery_id>"
_MAIL = "/mail/<int(max=9223372036854775807):inbound_id>"


class AddressForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no type hints
    class Meta:
        csrf = False  # the desk's guard has looked

    email = text_field(required, sendable_address)


@bp.get("/address")
@bp.get("/new-link")
@needs(Action.READ)
def back(reference: str) -> BaseResponse:
    """Lead from the address of a form that came back to the page it belongs to."""
    return redirect(path_of(reference), 303)


@bp.get(_LETTER)
@needs(Action.READ)
def back_from_letter(reference: str, delivery_id: int) -> BaseResponse:  # noqa: ARG001  # part of the address
    return redirect(path_of(reference), 303)


@bp.get(_MAIL)
@needs(Action.READ)
def back_to_mail(reference: str, inbound_id: int) -> BaseResponse:
    return redirect(f"{path_of(reference)}#mail-{inbound_id}", 303)


@bp.post(_LETTER)
@needs(Action.DECIDE_MAIL)
def tend_letter(reference: str, delivery_id: int) -> ResponseReturnValue:
    """Send a letter again, or give it up, as the button says."""
    deps, is_drop = current_deps(), request.form.get("act") == "drop"
    tend = drop_delivery if is_drop else retry_delivery
    try:
        is_done = tend(deps, delivery_id, by=current_person(), reference=reference, now=deps.now())
    except NotFound:
        is_done = False
    if not is_done:
        return sheet_page(reference, CONFLICT, notice=_("This letter is on its way or has gone; nothing was changed."))
    return done(reference, "dropped" if is_drop else "resent")


@bp.post(_MAIL)
@needs(Action.DECIDE_MAIL)
def decide(reference: str, inbound_id: int) -> ResponseReturnValue:
    """Decide about a held mail as the button says."""
    try:
        return done(reference, _decide(inbound_id, request.form.get("act", "")))
    except Conflict:
        return sheet_page(reference, CONFLICT, notice=_("This mail was decided about meanwhile; see below."))


@bp.post("/address")
@needs(Action.DECIDE_MAIL)
def correct(reference: str) -> ResponseReturnValue:
    deps, form = current_deps(), AddressForm(formdata=request.form)
    if not form.validate():
        return refused(reference, str(form.email.errors[0]), "email")
    email = form.email.data or ""
    is_new = correct_address_for(deps, current_person(), reference, email=email, now=deps.now())
    return done(reference, "corrected" if is_new else "nothing")


@bp.post("/new-link")
@needs(Action.DECIDE_MAIL)
def renew_link(reference: str) -> ResponseReturnValue:
    """Write to the customer with a new status link; the old one is over."""
    try:
        renew_link_for(current_deps(), current_person(), reference, now=current_deps().now())
    except Conflict:
        return sheet_page(reference, CONFLICT, notice=_("This inquiry has no status link that could be replaced."))
    return done(reference, "relinked")


def _decide(inbound_id: int, act: str) -> str:
    """Do it and return what is said of it."""
    deps, person = current_deps(), current_person()
    if act == "discard":
        discard_mail(deps, inbound_id, by=person, now=deps.now())
        return "discarded"
    if act == "undo":
        undo_decision(deps, inbound_id, by=person, now=deps.now())
        return "held"
    decision = Decision.JOIN if act == "join" else Decision.ACCEPT
    accept_mail(deps, inbound_id, decision, by=person, now=deps.now())
    return "let-in"
