"""Staff decide about a mail that is held: let it in, attach it elsewhere, discard it; and take that back.

A mail that is let in is judged anew by the worker, by staff's decision this time, so there is one place where mail is
applied.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inbound import Decision, HoldReason, InboundState, Verdict
from liju_contact.domain.staff_command import Command
from liju_contact.store.events import add_event
from liju_contact.store.inbound_lines import InboundLine, decide_inbound, find_inbound, set_inbound_state
from liju_contact.store.inquiries import get_inquiry_for_update
from liju_contact.store.messages import remove_message, written_at_of
from liju_contact.store.notes import remove_note
from liju_contact.store.sent_letters import drop_queued_of_message
from liju_contact.usecases.deps import Deps

_UNDECIDED = frozenset({InboundState.HELD, InboundState.PARKED})


def accept_mail(
    deps: Deps, inbound_id: int, decision: Decision, *, reference: str | None = None, by: str, now: datetime
) -> None:
    """Let a held or parked mail in; ``reference`` names the inquiry it shall be part of, None that of its key.

    Raises ``NotFound`` when there is no such mail or inquiry, ``Conflict`` when it is not held.
    """
    with deps.db.begin() as tx:
        line = _undecided(tx, inbound_id)
        inquiry_id = get_inquiry_for_update(tx, reference).id if reference else line.inquiry_id
        needs_inquiry = decision is not Decision.ACCEPT or line.reason is HoldReason.STAFF_WITHOUT_KEY
        if needs_inquiry and inquiry_id is None:
            raise Conflict(f"Mail {inbound_id} belongs to no inquiry yet: name one to attach it to.")
        decide_inbound(tx, inbound_id, decision, inquiry_id=inquiry_id, by=by, now=now)


def discard_mail(deps: Deps, inbound_id: int, *, by: str) -> None:
    """Put a held or parked mail aside; it stays stored. Raises ``NotFound`` or ``Conflict``."""
    with deps.db.begin() as tx:
        line = _undecided(tx, inbound_id)
        set_inbound_state(tx, inbound_id, InboundState.DISCARDED, by=by, reason=line.reason)


def undo_decision(deps: Deps, inbound_id: int, *, by: str, now: datetime) -> None:
    """Hold a mail again that was let in or discarded: what it became leaves the conversation, letters not sent stay.

    Raises ``NotFound``, or ``Conflict`` where it cannot be undone: a letter with it has reached the customer, or it
    opened an inquiry.
    """
    with deps.db.begin() as tx:
        line = find_inbound(tx, inbound_id, for_update=True)
        if line is None:
            raise NotFound(f"There is no mail {inbound_id}.")
        if line.state is InboundState.APPLIED:
            _withdraw(tx, line, now)
        elif line.state is not InboundState.DISCARDED:
            raise Conflict(f"Mail {inbound_id} is {line.state.value}: there is nothing to undo.")
        set_inbound_state(tx, inbound_id, InboundState.HELD, by=by, reason=HoldReason.UNDONE)


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
    set_inbound_state(tx, inbound_id, InboundState.DISCARDED, by=by, reason=line.reason)
    return f"Mail {inbound_id} was discarded."


def _undecided(tx: Connection, inbound_id: int) -> InboundLine:
    line = find_inbound(tx, inbound_id, for_update=True)
    if line is None:
        raise NotFound(f"There is no mail {inbound_id}.")
    if line.state not in _UNDECIDED:
        raise Conflict(f"Mail {inbound_id} is {line.state.value}, not held.")
    return line


def _withdraw(tx: Connection, line: InboundLine, now: datetime) -> None:
    if line.verdict is Verdict.STRANGER:
        raise Conflict(f"Mail {line.id} opened inquiry {line.reference}: close that instead.")
    if line.inquiry_id is None or (line.message_id is None and line.note_id is None):
        raise Conflict(f"Mail {line.id} changed an inquiry's state: change it back there.")
    if line.note_id is not None:
        remove_note(tx, line.note_id)
        return
    written_at = written_at_of(tx, line.message_id or 0)
    if written_at and drop_queued_of_message(tx, line.inquiry_id, written_at, now):
        raise Conflict(f"Mail {line.id} has reached the customer as a letter: it cannot be taken back.")
    remove_message(tx, line.message_id or 0)
    add_event(tx, line.inquiry_id, EventKind.MESSAGE_WITHDRAWN, Actor.STAFF, now)
