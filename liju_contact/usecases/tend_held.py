"""Staff at the desk look through received mail and decide about what waits; each sees what is theirs to see.

What a decision does is in ``decide_held``; here is who may take it, and what a list of mails shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from liju_contact.domain.catalogue import Staff
from liju_contact.domain.errors import NotFound
from liju_contact.domain.inbound import Decision, InboundState, Verdict
from liju_contact.domain.page_mark import TOP, Mark
from liju_contact.domain.person import Person
from liju_contact.domain.status_links import without_status_keys
from liju_contact.store.inbound_lines import InboundLine
from liju_contact.store.inbound_lists import (
    InboundEntry,
    count_waiting,
    page_of_decided,
    page_of_received,
    page_of_waiting,
)
from liju_contact.usecases.decide_held import accept_mail, discard_mail, fitting_decisions, undo_decision
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_for_staff, open_mail_for_staff
from liju_contact.usecases.staff_directory import staff_finder

PAGE = 30
MOST_COUNTED = 100
"""Above this a count says no more than that there are many."""

_Page = Callable[..., list[InboundEntry]]


class HeldView(StrEnum):
    WAITING = "waiting"
    DECIDED = "decided"
    RECEIVED = "all"


_PAGES: dict[HeldView, _Page] = {
    HeldView.WAITING: page_of_waiting,
    HeldView.DECIDED: page_of_decided,
    HeldView.RECEIVED: page_of_received,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskMail:
    """A received mail as the desk shows it: ``fitting`` is what may be decided about it while it waits.

    ``decider`` is the name of who decided last, their address where it has no name, or empty.
    """

    line: InboundLine
    excerpt: str
    fitting: frozenset[Decision]
    decider: str
    is_undoable: bool

    @property
    def is_waiting(self) -> bool:
        return self.line.state in {InboundState.HELD, InboundState.PARKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPage:
    """``next`` is where the following page begins, None on the last."""

    mails: tuple[DeskMail, ...]
    next: Mark | None
    waiting_count: int


def list_held(deps: Deps, person: Person, view: HeldView, *, before: Mark = TOP) -> HeldPage:
    with deps.db.read() as tx:
        entries = _PAGES[view](tx, person, before=before, limit=PAGE + 1)
        waiting_count = count_waiting(tx, person, most=MOST_COUNTED)
        find_staff = staff_finder(deps, tx)
    shown = entries[:PAGE]
    return HeldPage(
        mails=tuple(desk_mail(deps, find_staff, entry.line, entry.excerpt) for entry in shown),
        next=_mark(view, shown[-1].line) if len(entries) > len(shown) else None,
        waiting_count=waiting_count,
    )


def find_desk_mail(deps: Deps, person: Person, inbound_id: int) -> DeskMail:
    """Return one mail without its text. Raises ``NotFound``."""
    with deps.db.read() as tx:
        return desk_mail(deps, staff_finder(deps, tx), open_mail_for_staff(tx, person, inbound_id), "")


def desk_mail(deps: Deps, find_staff: Callable[[str], Staff | None], line: InboundLine, excerpt: str) -> DeskMail:
    decider = find_staff(line.decided_by) if line.decided_by else None
    is_settled = bool(line.decided_by) and line.state in {
        InboundState.DISCARDED,
        InboundState.WAITING,
        InboundState.APPLIED,
    }
    return DeskMail(
        line=replace(line, subject=without_status_keys(line.subject)),
        excerpt=without_status_keys(excerpt),
        fitting=fitting_decisions(find_staff, line),
        decider=decider.name.in_language(deps.settings.web.languages[0]) if decider else line.decided_by,
        is_undoable=is_settled and not _has_stayed(line),
    )


def let_in(
    deps: Deps, person: Person, inbound_id: int, decision: Decision, *, reference: str | None = None, now: datetime
) -> None:
    """Have a mail that waits become what ``person`` says; ``reference`` is the inquiry it is attached to.

    Raises ``NotFound`` when the mail or the inquiry is not theirs, ``DecidedBefore``, or ``UnfitDecision``.
    """
    with deps.db.read() as tx:
        open_mail_for_staff(tx, person, inbound_id)
        if reference:
            open_for_staff(tx, person, reference)
    accept_mail(deps, inbound_id, decision, reference=reference, by=person, now=now)


def put_aside(deps: Deps, person: Person, inbound_id: int, *, now: datetime) -> None:
    """Discard a mail that waits; it stays stored. Raises ``NotFound`` or ``DecidedBefore``."""
    _open(deps, person, inbound_id)
    discard_mail(deps, inbound_id, by=person, now=now)


def take_back(deps: Deps, person: Person, inbound_id: int, *, now: datetime) -> None:
    """Have a mail wait again that was decided about. Raises ``NotFound``, ``DecidedBefore`` or ``CannotUndo``."""
    _open(deps, person, inbound_id)
    undo_decision(deps, inbound_id, by=person, now=now)


def may_attach_to(deps: Deps, person: Person, reference: str) -> bool:
    """Tell whether there is such an inquiry for ``person``."""
    try:
        with deps.db.read() as tx:
            open_for_staff(tx, person, reference)
    except NotFound:
        return False
    return True


def _open(deps: Deps, person: Person, inbound_id: int) -> InboundLine:
    with deps.db.read() as tx:
        return open_mail_for_staff(tx, person, inbound_id)


def _has_stayed(line: InboundLine) -> bool:
    """Tell whether a mail led to what is not taken back here: an inquiry, or another state of one."""
    is_part = line.message_id is not None or line.note_id is not None
    return line.state is InboundState.APPLIED and (line.verdict is Verdict.STRANGER or not is_part)


def _mark(view: HeldView, line: InboundLine) -> Mark:
    at = line.decided_at if view is HeldView.DECIDED and line.decided_at else line.received_at
    return Mark(at=at, id=line.id)
