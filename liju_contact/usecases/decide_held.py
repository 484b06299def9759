"""Staff decide about a mail that is held: let it in, attach it elsewhere, discard it; and take that back.

A mail that is let in is judged anew by the worker, by staff's decision this time, so there is one place where mail is
applied. Somebody at the desk may decide about mail of inquiries they serve and of none, and the inquiry's timeline says
so; the operator, who decides by command, is named by a word.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Staff
from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inbound import Decision, HoldReason, InboundState, Verdict
from liju_contact.domain.inquiry import Inquiry, InquiryState
from liju_contact.domain.message import Author
from liju_contact.domain.person import Action, Person
from liju_contact.domain.reply_key import Purpose, base36
from liju_contact.domain.staff_command import Command
from liju_contact.domain.verdict import JOINS
from liju_contact.store.events import add_event
from liju_contact.store.inbound_lines import (
    InboundLine,
    decide_inbound,
    find_inbound,
    has_joined,
    set_inbound_state,
    wait_again,
)
from liju_contact.store.inquiries import get_end_for_update, get_inquiry, set_state
from liju_contact.store.messages import (
    home_of_message,
    newest_message_id,
    newest_message_of,
    remove_message,
    written_at_of,
)
from liju_contact.store.notes import remove_note
from liju_contact.store.participants import remove_participant
from liju_contact.store.sent_letters import drop_queued_of
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.usecases.staff_directory import find_colleague, require
from liju_contact.usecases.staff_event import add_staff_event

_UNDECIDED = frozenset({InboundState.HELD, InboundState.PARKED})
_DISCARDED = "discard"
_UNDONE = "undo"


class DecidedBefore(Conflict):
    """Somebody was faster: the mail is not held any more, or, for taking back, there is nothing to take back."""


class UnfitDecision(Conflict):
    """What was decided cannot become of this mail."""


class UndoRefusal(StrEnum):
    """Why a decision stays."""

    OPENED_INQUIRY = "opened inquiry"
    CHANGED_STATE = "changed state"
    REACHED_CUSTOMER = "reached customer"


class CannotUndo(Conflict):
    """What the mail led to cannot be taken back."""

    def __init__(self, words: str, refusal: UndoRefusal) -> None:
        super().__init__(words)
        self.refusal = refusal


def accept_mail(
    deps: Deps, inbound_id: int, decision: Decision, *, reference: str | None = None, by: Person | str, now: datetime
) -> None:
    """Let a held or parked mail in; ``reference`` names the inquiry it shall be part of, None that of its key.

    A parked mail was never read or applied: to accept it is to try that again. Raises ``NotFound`` when there is no
    such mail or inquiry, ``Conflict`` when it is not held or the decision does not fit it.
    """
    with deps.db.begin() as tx:
        inquiry = _inquiry_of(tx, inbound_id, by, reference)
        line = _undecided(tx, inbound_id)
        if line.state is InboundState.PARKED and decision is Decision.ACCEPT and inquiry is None:
            wait_again(tx, inbound_id, now)
            return
        _refuse_unfit(deps, tx, line, decision, has_inquiry=inquiry is not None)
        inquiry_id = inquiry.id if inquiry else None
        decide_inbound(tx, inbound_id, decision, inquiry_id=inquiry_id, by=_name_of(by), now=now)
        _tell(deps, tx, inquiry, by, line=line, what=decision.value, now=now)


def fitting_decisions(find_staff: Callable[[str], Staff | None], line: InboundLine) -> frozenset[Decision]:
    """Return what may be decided about a held mail; it may be attached elsewhere in any case, and discarded."""
    fitting = {Decision.ATTACH}
    if line.inquiry_id is None:
        is_readable = bool(line.sender) and find_staff(line.sender) is None
        return frozenset(fitting | ({Decision.ACCEPT} if is_readable or line.state is InboundState.PARKED else set()))
    fitting |= {Decision.ACCEPT, Decision.JOIN}
    if find_staff(line.sender) or find_staff(line.holder):
        fitting.add(Decision.ANSWER)
    return frozenset(fitting)


def discard_mail(deps: Deps, inbound_id: int, *, by: Person | str, now: datetime) -> None:
    """Put a held or parked mail aside; it stays stored. Raises ``NotFound`` or ``Conflict``."""
    with deps.db.begin() as tx:
        inquiry = _inquiry_of(tx, inbound_id, by)
        line = _undecided(tx, inbound_id)
        set_inbound_state(tx, inbound_id, InboundState.DISCARDED, by=_name_of(by), reason=line.reason, now=now)
        _tell(deps, tx, inquiry, by, line=line, what=_DISCARDED, now=now)


def undo_decision(deps: Deps, inbound_id: int, *, by: Person | str, now: datetime) -> None:
    """Hold a mail again that was let in or discarded: what it became leaves the conversation, letters not sent stay.

    Raises ``NotFound``, or ``Conflict`` where it cannot be undone: a letter with it has reached the customer, or it
    opened an inquiry.
    """
    with deps.db.begin() as tx:
        inquiry = _inquiry_of(tx, inbound_id, by)
        line = find_inbound(tx, inbound_id, for_update=True)
        if line is None:
            raise NotFound(f"There is no mail {inbound_id}.")
        if line.state is InboundState.APPLIED:
            _withdraw(tx, line, now)
        elif line.state is not InboundState.DISCARDED and not (line.state is InboundState.WAITING and line.decided_by):
            raise DecidedBefore(f"Mail {inbound_id} is {line.state.value}: there is nothing to undo.")
        set_inbound_state(tx, inbound_id, InboundState.HELD, by=_name_of(by), reason=HoldReason.UNDONE, now=now)
        _tell(deps, tx, inquiry, by, line=line, what=_UNDONE, now=now)


def decide_by_mail(
    tx: Connection, inbound_id: int, command: Command, *, inquiry_id: int, by: str, now: datetime
) -> str:
    """Do what staff's reply to the letter about a held mail says; returns what came of it, in words.

    The mail must be held with the same inquiry the reply's key names.
    """
    line = find_inbound(tx, inbound_id, for_update=True)
    if line is None or line.inquiry_id != inquiry_id or line.state not in _UNDECIDED:
        return f"Mail {inbound_id} was decided about before."
    if command is Command.SEND:
        decide_inbound(tx, inbound_id, Decision.ACCEPT, inquiry_id=inquiry_id, by=by, now=now)
        return f"Mail {inbound_id} was let in."
    set_inbound_state(tx, inbound_id, InboundState.DISCARDED, by=by, reason=line.reason, now=now)
    return f"Mail {inbound_id} was discarded."


def _inquiry_of(tx: Connection, inbound_id: int, by: Person | str, reference: str | None = None) -> Inquiry | None:
    """Return the inquiry a mail is or shall be part of, locked, where ``by`` may decide about it; None without one."""
    if not isinstance(by, str):
        require(by, Action.DECIDE_MAIL)
    line = find_inbound(tx, inbound_id)
    home = reference or (line.reference if line else None)
    inquiry = get_end_for_update(tx, home) if home else None
    if not isinstance(by, str):
        for known in filter(None, (line.reference if line else None, inquiry.reference if inquiry else None)):
            open_for_staff(tx, by, known)
    return inquiry


def _name_of(by: Person | str) -> str:
    return by if isinstance(by, str) else by.address


def _tell(
    deps: Deps,
    tx: Connection,
    inquiry: Inquiry | None,
    by: Person | str,
    *,
    line: InboundLine,
    what: str,
    now: datetime,
) -> None:
    """Write into the timeline what somebody at the desk decided."""
    if inquiry and not isinstance(by, str):
        facts = {"mail": line.id, "sender": line.sender, "decision": what}
        add_staff_event(deps, tx, by, inquiry, EventKind.MAIL_DECIDED, facts=facts, now=now)


def _refuse_unfit(deps: Deps, tx: Connection, line: InboundLine, decision: Decision, *, has_inquiry: bool) -> None:
    """Refuse what could not be applied: an answer of nobody, or an inquiry of nobody or of a colleague."""
    is_staff = _is_staff(deps, tx, line.sender)
    if not has_inquiry and (decision is not Decision.ACCEPT or is_staff or not line.sender):
        raise UnfitDecision(f"Mail {line.id} belongs to no inquiry yet: name one to attach it to.")
    if decision is Decision.ANSWER and not is_staff and not _is_staff(deps, tx, line.holder):
        raise UnfitDecision(f"Mail {line.id} names nobody of the staff, so it cannot be sent as an answer.")


def _is_staff(deps: Deps, tx: Connection, address: str) -> bool:
    return find_colleague(deps, tx, address, who_may=Action.ANSWER) is not None


def _undecided(tx: Connection, inbound_id: int) -> InboundLine:
    line = find_inbound(tx, inbound_id, for_update=True)
    if line is None:
        raise NotFound(f"There is no mail {inbound_id}.")
    if line.state not in _UNDECIDED:
        raise DecidedBefore(f"Mail {inbound_id} is {line.state.value}, not held.")
    return line


def _withdraw(tx: Connection, line: InboundLine, now: datetime) -> None:
    if line.verdict is Verdict.STRANGER:
        words = f"Mail {line.id} opened inquiry {line.reference}: close that instead."
        raise CannotUndo(words, UndoRefusal.OPENED_INQUIRY)
    if line.inquiry_id is None or (line.message_id is None and line.note_id is None):
        words = f"Mail {line.id} changed an inquiry's state: change it back there."
        raise CannotUndo(words, UndoRefusal.CHANGED_STATE)
    if line.note_id is not None:
        written_at, written_to = remove_note(tx, line.note_id)
        drop_queued_of(tx, [line.inquiry_id, written_to], written_at, f".{Purpose.NOTE.value}", now)
        return
    key_part = f".{Purpose.CONVERSATION.value}{base36(line.message_id or 0)}."
    message_at = written_at_of(tx, line.message_id or 0)
    homes = home_of_message(tx, line.message_id or 0) or ()
    if message_at and drop_queued_of(tx, homes, message_at, key_part, now):
        words = f"Mail {line.id} has reached the customer as a letter: it cannot be taken back."
        raise CannotUndo(words, UndoRefusal.REACHED_CUSTOMER)
    remove_message(tx, line.message_id or 0)
    _restore(tx, line, now)
    add_event(tx, line.inquiry_id, EventKind.MESSAGE_WITHDRAWN, Actor.STAFF, now)


def _restore(tx: Connection, line: InboundLine, now: datetime) -> None:
    """Undo what came with a message that has been removed: an answer had answered, a colleague had joined."""
    inquiry = get_inquiry(tx, line.inquiry_id or 0)
    newest = newest_message_of(tx, inquiry.id, Author.CUSTOMER)
    awaits = newest is not None and newest.id == newest_message_id(tx, inquiry.id)
    if line.verdict is Verdict.ANSWER and inquiry.state is InquiryState.ANSWERED and awaits:
        set_state(tx, inquiry.id, InquiryState.OPEN, now)
    if line.rule == JOINS and not has_joined(tx, inquiry.id, line.sender, besides=line.id):
        remove_participant(tx, inquiry.id, line.sender)
