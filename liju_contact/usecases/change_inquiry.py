"""Somebody at the desk changes one inquiry or many: state, assignee, priority, due date, tags; and takes that back.

Every change is one event. A change made on an old sight of the inquiry goes through where nobody else has touched the
same thing meanwhile; where somebody has, ``StaleChange`` says who, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.change import ASPECTS, Change, StaleChange, Step, in_the_way, is_by, step_back
from liju_contact.domain.errors import Conflict, LijuError, NotFound, StoreBusy
from liju_contact.domain.event import Actor, Event
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.person import Action, Person
from liju_contact.store.events import events_by_id, events_of, events_since, mark_undone
from liju_contact.store.inquiries import version_of
from liju_contact.store.tags import tags_of
from liju_contact.usecases.apply_change import planned, take_spam_back, write_steps, write_values
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.usecases.staff_directory import require, staff_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """``version`` is the inquiry's now; ``event_ids`` is empty where everything was so already."""

    reference: str
    version: int
    event_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyChanged:
    """``failed`` are the references of what could not be changed: gone, merged, or not as it was asked for."""

    changed: tuple[Changed, ...]
    failed: tuple[str, ...]


def change_inquiry(
    deps: Deps, person: Person, reference: str, change: Change, *, version: int | None, now: datetime
) -> Changed:
    """Change an inquiry that ``person`` saw in ``version``; None: however it stands.

    Raises ``Forbidden``, ``NotFound``, ``Unfit``, ``StaleChange``, ``Conflict`` for one that was merged, ``StoreBusy``.
    """
    require(person, Action.CHANGE)
    with deps.db.begin() as tx:
        inquiry = open_unmerged(tx, person, reference)
        steps = planned(deps, tx, inquiry, change, now=now)
        if version is not None:
            refuse_stale(tx, inquiry, steps, version, person)
        event_ids = write_steps(deps, tx, inquiry, steps, author=staff_of(deps, person), now=now)
        return Changed(reference=reference, version=version_of(tx, inquiry.id), event_ids=event_ids)


def change_many(deps: Deps, person: Person, references: Sequence[str], change: Change, *, now: datetime) -> ManyChanged:
    """Change many inquiries alike, each in a transaction of its own: one that fails does not hold back the others.

    Raises ``Forbidden``, or ``StoreBusy`` when the database is away.
    """
    require(person, Action.CHANGE)
    changed, failed = [], []
    for reference in dict.fromkeys(references):
        try:
            changed.append(change_inquiry(deps, person, reference, change, version=None, now=now))
        except StoreBusy:
            raise
        except LijuError:
            failed.append(reference)
    return ManyChanged(changed=tuple(changed), failed=tuple(failed))


def undo_events(deps: Deps, person: Person, reference: str, event_ids: Sequence[int], *, now: datetime) -> Changed:
    """Write back the values that were there before; all of the events or none. One taken back before is left alone.

    Raises ``StaleChange`` where the new value does not stand any more, ``Conflict`` for what cannot be taken back, and
    what ``change_inquiry`` raises.
    """
    require(person, Action.CHANGE)
    with deps.db.begin() as tx:
        inquiry = open_unmerged(tx, person, reference)
        events = events_by_id(tx, inquiry.id, event_ids)
        if len(events) != len(set(event_ids)):
            raise NotFound(f"Inquiry {reference} has no such event.")
        events = [event for event in events if event.undone_at is None]
        tags = tags_of(tx, [inquiry.id]).get(inquiry.id, [])
        steps = [_step_back(tx, inquiry, event, tags) for event in events]
        if events:
            write_values(tx, inquiry, steps, now)
            mark_undone(tx, inquiry.id, events, by=person.address, now=now)
            for event in events:
                take_spam_back(tx, inquiry, event, now=now)
        event_ids = tuple(event.id for event in events)
        return Changed(reference=reference, version=version_of(tx, inquiry.id), event_ids=event_ids)


def check_version(tx: Connection, inquiry: Inquiry, version: int, *, besides: Person) -> tuple[Event, ...]:
    """Return what others wrote and changed since ``version``, oldest first: whoever answers shall have seen it.

    What the program itself notes, such as a reminder, keeps nobody from answering.
    """
    if version >= inquiry.version:
        return ()
    events = events_since(tx, inquiry.id, version)
    return tuple(event for event in events if event.actor is not Actor.PROGRAM and not is_by(event, besides.address))


def refuse_stale(tx: Connection, inquiry: Inquiry, steps: Sequence[Step], version: int, person: Person) -> None:
    """Raise ``StaleChange`` where somebody else has changed after ``version`` what ``steps`` would change."""
    if version >= inquiry.version:
        return
    meanwhile = [
        event
        for event in events_since(tx, inquiry.id, version)
        if any(in_the_way(event, step, of=person.address) for step in steps)
    ]
    if meanwhile:
        raise StaleChange(f"Inquiry {inquiry.reference} was changed meanwhile.", meanwhile)


def open_unmerged(tx: Connection, person: Person, reference: str) -> Inquiry:
    """Return an inquiry for changing; raises ``Conflict`` for one that goes on in another."""
    inquiry = open_for_staff(tx, person, reference, for_update=True)
    if inquiry.merged_into_id is not None:
        raise Conflict(f"Inquiry {reference} was merged into another: change that one.")
    return inquiry


def _step_back(tx: Connection, inquiry: Inquiry, event: Event, tags: Sequence[str]) -> Step:
    if event.moved_from_id is not None:
        raise Conflict("This happened in another inquiry and cannot be taken back here.")
    step = step_back(inquiry, event, tags)
    if step:
        return step
    aspect = ASPECTS[event.kind]
    later = [
        other
        for other in events_of(tx, inquiry.id)
        if ASPECTS.get(other.kind) is aspect and other.inquiry_version > event.inquiry_version
    ]
    raise StaleChange("This was changed again since.", later)
