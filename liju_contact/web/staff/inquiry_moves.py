"""Where messages belong: merging two inquiries, moving a message, splitting one off; and back."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.person import Action
from liju_contact.domain.reference import read_reference
from liju_contact.usecases.merge_inquiries import SeveralCustomers, merge_inquiries, merging_into, unmerge_inquiry
from liju_contact.usecases.move_message import move_message, undo_move
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs
from liju_contact.web.staff.inquiry_changes import done, refused
from liju_contact.web.staff.merging import other_customers, question_before_merging
from liju_contact.web.staff.sheet_page import CONFLICT, number_in, path_of, sheet_page

bp = desk_blueprint("staff_inquiry_moves", __name__, prefix="/staff/inquiry/<reference>")
_MESSAGE = "/message/<int(max=9223372036854775807):message_id>/move"


@bp.get("/unmerge")
@bp.get("/move-back")
@needs(Action.READ)
def back(reference: str) -> BaseResponse:
    """Lead from the address of a form that came back to the page it belongs to."""
    return redirect(path_of(reference), 303)


@bp.get(_MESSAGE)
@needs(Action.READ)
def back_to_message(reference: str, message_id: int) -> BaseResponse:
    return redirect(f"{path_of(reference)}#message-{message_id}", 303)


@bp.get("/merge")
@needs(Action.READ)
def ask_before_merging(reference: str) -> ResponseReturnValue:
    """Ask whether two inquiries of different customers are to be merged; its address says into which."""
    into = request.args.get("into", "")
    if not into or not current_person().may(Action.ARRANGE):
        return back(reference)
    try:
        merging = merging_into(current_deps(), current_person(), reference, into=into)
    except NotFound:
        return back(reference)
    if merging.is_of_one_customer:
        return back(reference)
    return question_before_merging(merging, sent=[("into", into)], back=path_of(reference))


@bp.post("/merge")
@needs(Action.ARRANGE)
def merge(reference: str) -> ResponseReturnValue:
    deps, into = current_deps(), _typed("into")
    try:
        merged = merge_inquiries(deps, current_person(), reference, into=into, others=other_customers(), now=deps.now())
    except NotFound:
        return refused(reference, _not_there(), "into")
    except SeveralCustomers:
        return redirect(f"{path_of(reference)}/merge?{urlencode({'into': into})}", 303)
    except Conflict:
        return refused(reference, _("These two cannot be merged as they are. Is it another inquiry?"), "into")
    return redirect(f"{path_of(merged.reference)}?said=merged&from={reference}", 303)


@bp.post("/unmerge")
@needs(Action.ARRANGE)
def unmerge(reference: str) -> ResponseReturnValue:
    deps = current_deps()
    try:
        unmerge_inquiry(deps, current_person(), reference, now=deps.now())
    except Conflict:
        return sheet_page(reference, CONFLICT, notice=_("This merge cannot be taken back any more."))
    return done(reference, "unmerged")


@bp.post(_MESSAGE)
@needs(Action.ARRANGE)
def move(reference: str, message_id: int) -> ResponseReturnValue:
    deps, field = current_deps(), f"to-{message_id}"
    to = None if request.form.get("act") == "split" else _typed("to")
    try:
        moved = move_message(deps, current_person(), reference, message_id, to=to, now=deps.now())
    except NotFound:
        return refused(reference, _not_there(), field)
    except Conflict:
        return refused(reference, _("The first message of an inquiry stays; others can move to another one."), field)
    return done(reference, event_ids=[moved.event_id])


@bp.post("/move-back")
@needs(Action.ARRANGE)
def move_back(reference: str) -> ResponseReturnValue:
    deps = current_deps()
    try:
        undo_move(deps, current_person(), reference, number_in(request.form.get("event", "")), now=deps.now())
    except Conflict:
        return sheet_page(reference, CONFLICT, notice=_("This move cannot be taken back any more."))
    return done(reference, "moved-back")


def _typed(name: str) -> str:
    """Return the reference somebody meant; what is none is told apart from no inquiry by nobody."""
    typed = request.form.get(name, "")
    return read_reference(typed, current_deps().settings.company.reference_prefix) or typed


def _not_there() -> str:
    return _("There is no such inquiry among those you serve.")
