"""Received mail at the desk: what waits for a decision, what was decided lately, and all of it; and the deciding.

A decision that cannot be taken comes back on the page of its mail, which says how it stands now: what was typed is
still there, and whoever was faster is named.
"""

from __future__ import annotations

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from liju_contact.domain.errors import NotFound
from liju_contact.domain.inbound import Decision
from liju_contact.domain.page_mark import TOP, read_mark
from liju_contact.domain.person import Action
from liju_contact.domain.reference import read_reference
from liju_contact.domain.text import clean_line
from liju_contact.usecases.decide_held import CannotUndo, DecidedBefore, UnfitDecision
from liju_contact.usecases.tend_held import (
    DeskMail,
    HeldView,
    find_desk_mail,
    let_in,
    list_held,
    may_attach_to,
    put_aside,
    take_back,
)
from liju_contact.web.inquiry import UNACCEPTABLE
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs, render_desk
from liju_contact.web.staff.held_words import said_of, state_sentence, stays_sentence, taken_sentence, why_here
from liju_contact.web.staff.originals import original_page

bp = desk_blueprint("staff_held", __name__, prefix="/staff/held")
CONFLICT = 409
_TYPED_LENGTH = 100
_LARGEST_ID = 2**63


@bp.get("")
@needs(Action.READ)
def show() -> str:
    deps, person, view = current_deps(), current_person(), _asked_view()
    page = list_held(deps, person, view, before=read_mark(request.args.get("before", "")) or TOP)
    words = {"why": why_here, "said": said_of, "state": state_sentence}
    return render_desk("staff/held.html", room="held", q="", page=page, view=view.value, done=_done(), **words)


@bp.post("/<int(max=9223372036854775807):inbound_id>")
@needs(Action.DECIDE_MAIL)
def decide(inbound_id: int) -> ResponseReturnValue:
    typed = clean_line(request.form.get("reference", ""))[:_TYPED_LENGTH]
    reference, error = _attached_to(typed)
    if error:
        return _again(inbound_id, UNACCEPTABLE, typed=typed, error=error)
    try:
        _decide(inbound_id, reference)
    except DecidedBefore:
        mail = find_desk_mail(current_deps(), current_person(), inbound_id)
        if not _is_own_click(mail):
            return _again(inbound_id, CONFLICT, notice=taken_sentence(mail), typed=typed)
    except CannotUndo as refused:
        return _again(inbound_id, CONFLICT, notice=stays_sentence(refused.refusal))
    except UnfitDecision:
        return _again(inbound_id, UNACCEPTABLE, notice=_("That cannot become of this mail."), typed=typed)
    return redirect(url_for(".show", done=inbound_id), 303)


def _decide(inbound_id: int, reference: str | None) -> None:
    deps, person, wanted = current_deps(), current_person(), request.form.get("decision", "")
    now = deps.now()
    if wanted == "discard":
        put_aside(deps, person, inbound_id, now=now)
    elif wanted == "undo":
        take_back(deps, person, inbound_id, now=now)
    elif wanted in set(Decision):
        let_in(deps, person, inbound_id, Decision(wanted), reference=reference, now=now)
    else:
        raise UnfitDecision(f"There is no decision {wanted!r}.")


def _attached_to(typed: str) -> tuple[str | None, str]:
    """Return the reference a mail is to be attached to, or what is wrong with what was typed."""
    if request.form.get("decision") != Decision.ATTACH.value:
        return None, ""
    if not typed:
        return None, _("Please type the reference of an inquiry.")
    deps = current_deps()
    reference = read_reference(typed, deps.settings.company.reference_prefix)
    if reference is None:
        return None, _("This is no reference: a character is wrong or missing.")
    if not may_attach_to(deps, current_person(), reference):
        return None, _("There is no inquiry with this reference.")
    return reference, ""


def _again(inbound_id: int, status: int, *, notice: str = "", typed: str = "", error: str = "") -> ResponseReturnValue:
    return make_response(original_page(inbound_id, notice=notice, typed=typed, error=error), status)


def _is_own_click(mail: DeskMail) -> bool:
    """Tell whether what came too late is the same person's second click, and all is as they wished."""
    is_theirs = mail.line.decided_by.casefold() == current_person().address.casefold()
    return is_theirs and mail.is_waiting == (request.form.get("decision") == "undo")


def _done() -> DeskMail | None:
    """Return the mail that was just decided about, for saying so."""
    inbound_id = request.args.get("done", type=int)
    if inbound_id is None or not 0 < inbound_id < _LARGEST_ID:
        return None
    try:
        return find_desk_mail(current_deps(), current_person(), inbound_id)
    except NotFound:
        return None


def _asked_view() -> HeldView:
    wanted = request.args.get("view", "")
    return HeldView(wanted) if wanted in set(HeldView) else HeldView.WAITING
