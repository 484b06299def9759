"""Staff put a message where it belongs: into another inquiry, or into a new one; and take that back.

A message by the customer is waited upon where it arrives, and no longer where it left. The first message stays: without
it an inquiry would ask nothing. To bring two whole inquiries together is to merge them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.event import Actor, Event, EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState, NewInquiry, awaits_answer
from liju_contact.domain.message import Author, Message
from liju_contact.domain.person import Action, Person
from liju_contact.domain.reference import RANDOM_BYTES_NEEDED, make_reference
from liju_contact.store.events import add_event, events_by_id, mark_undone
from liju_contact.store.inquiries import (
    add_inquiry,
    change_columns,
    end_of_merges,
    find_inquiry,
    get_inquiry,
    refresh_conversation,
)
from liju_contact.store.messages import first_message_id, messages_of
from liju_contact.store.moves import carry_events, carry_mails, carry_messages, event_of_message, mails_of_message
from liju_contact.usecases.change_inquiry import open_unmerged
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_both, open_for_staff
from liju_contact.usecases.promise_answer import promise_from, promise_moved, put_waiting_back, set_waiting
from liju_contact.usecases.staff_directory import require
from liju_contact.usecases.staff_event import add_staff_event

_REFERENCE_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """``reference`` is where the message is now; ``event_id`` is of the inquiry it left, and takes the move back."""

    reference: str
    event_id: int


def move_message(
    deps: Deps, person: Person, reference: str, message_id: int, *, to: str | None, now: datetime
) -> Moved:
    """Move a message, with its files, to another inquiry; without ``to``, into a new one of the same customer.

    Raises ``Forbidden``, ``NotFound``, ``StoreBusy``, or ``Conflict`` for an inquiry's first message and for moving to
    where it is.
    """
    require(person, Action.ARRANGE)
    with deps.db.begin() as tx:
        if to is None:
            source = open_unmerged(tx, person, reference)
            message = _movable(tx, source, message_id)
            target = _split_off(deps, tx, source, message, now=now)
        else:
            found = end_of_merges(tx, open_for_staff(tx, person, to))
            source, target = open_both(tx, person, reference, found.reference)
            _refuse_unfit(source, target)
            message = _movable(tx, source, message_id)
        kind = EventKind.MESSAGE_MOVED if to else EventKind.INQUIRY_SPLIT
        event_id = _move(deps, tx, person, source, target, message=message, kind=kind, now=now)
        return Moved(reference=target.reference, event_id=event_id)


def undo_move(deps: Deps, person: Person, reference: str, event_id: int, *, now: datetime) -> Moved:
    """Bring a message back to the inquiry it was moved from, which event ``event_id`` is of; twice is once.

    An inquiry that was split off for it goes on in the one it came from. Raises ``Forbidden``, ``NotFound``,
    ``StoreBusy``, or ``Conflict`` where it was moved on, or the new inquiry has a conversation of its own by now.
    """
    require(person, Action.ARRANGE)
    with deps.db.begin() as tx:
        found = open_for_staff(tx, person, reference)
        event = next(iter(events_by_id(tx, found.id, [event_id])), None)
        if event is None or "message" not in event.facts:
            raise NotFound(f"Inquiry {reference} has no such move.")
        other = find_inquiry(tx, event.facts["to"])
        if event.undone_at is not None or other is None:
            return Moved(reference=reference, event_id=event_id)
        source, target = open_both(tx, person, reference, other.reference)
        # Read again, now that nobody else can take it back.
        [event] = events_by_id(tx, source.id, [event_id])
        if event.undone_at is None:
            _move_back(tx, person, source, target, event, now=now)
        return Moved(reference=reference, event_id=event_id)


def _refuse_unfit(source: Inquiry, target: Inquiry) -> None:
    if source.id == target.id:
        raise Conflict("The message is in this inquiry already.")
    if source.merged_into_id is not None or target.merged_into_id is not None:
        raise Conflict("One of the two was merged into another: move it there.")


def _movable(tx: Connection, source: Inquiry, message_id: int) -> Message:
    messages = messages_of(tx, source.id)
    message = next((message for message in messages if message.id == message_id), None)
    if message is None:
        raise NotFound(f"Inquiry {source.reference} has no such message.")
    if message.id == first_message_id(tx, source.id):
        raise Conflict("An inquiry keeps its first message: merge the two inquiries instead.")
    return message


def _split_off(deps: Deps, tx: Connection, source: Inquiry, message: Message, *, now: datetime) -> Inquiry:
    """Open an inquiry of the same customer for a message, as of when it was written; nobody gets a letter."""
    nonce = hashlib.sha256(f"split\n{message.id}\n{now.isoformat()}".encode()).hexdigest()[:40]
    new = NewInquiry(
        nonce=nonce,
        language=source.language,
        name=source.name,
        email=source.email,
        country=source.country,
        product=source.product,
        topic=source.topic,
        message=message.body,
        company=source.company,
        phone=source.phone,
        details=(),
        files=(),
    )
    for _ in range(_REFERENCE_TRIES):
        reference = make_reference(deps.random_bytes(RANDOM_BYTES_NEEDED), deps.settings.company.reference_prefix)
        promise = promise_from(deps, source, message.written_at)
        id_ = add_inquiry(
            tx, new, reference=reference, nonce=nonce, team=source.team, answer_due_at=promise, now=message.written_at
        )
        if id_ is not None:
            add_event(tx, id_, EventKind.INQUIRY_RECEIVED, Actor.CUSTOMER, message.written_at)
            return get_inquiry(tx, id_)
    raise AssertionError("Five random references in a row were taken; is random_bytes random?")


def _move(
    deps: Deps,
    tx: Connection,
    person: Person,
    source: Inquiry,
    target: Inquiry,
    *,
    message: Message,
    kind: EventKind,
    now: datetime,
) -> int:
    told = event_of_message(tx, source.id, message.author, message.written_at)
    mails = mails_of_message(tx, message.id)
    carry_messages(tx, source.id, target.id, [message.id])
    carry_events(tx, source.id, target.id, told, version=target.version + 1)
    carry_mails(tx, source.id, target.id, mails)
    states = {
        "target": _wait_where_it_is(deps, tx, target, message, now),
        "source": _wait_no_longer(tx, source, message, now),
    }
    refresh_conversation(tx, source.id)
    refresh_conversation(tx, target.id)
    about = {"message": message.id, "events": told, "mails": mails, "states": states}
    arrived = {"from": source.reference, **promise_moved(states["target"])}
    add_staff_event(deps, tx, person, target, kind, facts=arrived, now=now)
    return add_staff_event(deps, tx, person, source, kind, facts={"to": target.reference, **about}, now=now)


def _wait_where_it_is(
    deps: Deps, tx: Connection, target: Inquiry, message: Message, now: datetime
) -> dict[str, dict[str, str]]:
    """Answer a customer's message where it is now; an answer among others changes nothing, alone it is the last word.

    Returns the columns that change, before and after.
    """
    if message.author is Author.CUSTOMER and not awaits_answer(target.state):
        return set_waiting(tx, target, InquiryState.OPEN, promise_from(deps, target, now), now=now)
    is_alone = first_message_id(tx, target.id) == message.id
    if message.author is Author.STAFF and is_alone and awaits_answer(target.state):
        return set_waiting(tx, target, InquiryState.ANSWERED, target.answer_due_at, now=now)
    return set_waiting(tx, target, target.state, target.answer_due_at, now=now)


def _wait_no_longer(tx: Connection, source: Inquiry, message: Message, now: datetime) -> dict[str, dict[str, str]]:
    """Call the source answered again where the moved message was all that waited for an answer."""
    left = messages_of(tx, source.id)
    is_answered = bool(left) and left[-1].author is Author.STAFF
    if message.author is Author.CUSTOMER and awaits_answer(source.state) and is_answered:
        return set_waiting(tx, source, InquiryState.ANSWERED, source.answer_due_at, now=now)
    return set_waiting(tx, source, source.state, source.answer_due_at, now=now)


def _move_back(
    tx: Connection, person: Person, source: Inquiry, target: Inquiry, event: Event, *, now: datetime
) -> None:
    facts = event.facts
    if source.merged_into_id is not None:
        raise Conflict("The inquiry was merged into another since: take that back first.")
    if event.kind is EventKind.INQUIRY_SPLIT and len(messages_of(tx, target.id)) > 1:
        raise Conflict("The new inquiry has a conversation of its own by now: merge it instead.")
    if not carry_messages(tx, target.id, source.id, [facts["message"]]):
        raise Conflict("The message is not where it was moved to any more.")
    carry_events(tx, target.id, source.id, facts["events"], version=source.version + 1)
    carry_mails(tx, target.id, source.id, facts["mails"])
    put_waiting_back(tx, source, facts["states"]["source"], now=now)
    if event.kind is EventKind.INQUIRY_SPLIT:
        merged = {"state": InquiryState.MERGED.value, "merged_into_id": source.id}
        change_columns(tx, target.id, merged, now)
    else:
        put_waiting_back(tx, target, facts["states"]["target"], now=now)
    refresh_conversation(tx, source.id)
    refresh_conversation(tx, target.id)
    mark_undone(tx, source.id, [event], by=person.address, now=now)
