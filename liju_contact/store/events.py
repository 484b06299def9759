"""The timeline of an inquiry.

Every event but the first begins a new version of its inquiry and keeps the number: what has happened since somebody
looked is what has a greater one than they saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from liju_contact.domain.event import Actor, Event, EventKind
from liju_contact.domain.inquiry import Inquiry
from liju_contact.store.tables import EventRow, InquiryRow

_ADD = insert(EventRow).returning(EventRow.id)
_ADD_MANY = insert(EventRow)
_NEXT_VERSION = (
    update(InquiryRow)
    .where(InquiryRow.id == bindparam("inquiry_id"))
    .values(version=InquiryRow.version + 1)
    .returning(InquiryRow.version)
)
_EVENTS: Any = (
    select(
        EventRow.id,
        EventRow.kind,
        EventRow.actor,
        EventRow.happened_at,
        EventRow.actor_name,
        EventRow.actor_address,
        EventRow.facts,
        EventRow.undone_at,
        EventRow.inquiry_version,
        EventRow.moved_from_id,
    )
    .where(EventRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(EventRow.id)
)
_FIELDS = tuple(_EVENTS.selected_columns.keys())
_SINCE = _EVENTS.where(EventRow.inquiry_version > bindparam("version"))
_BY_ID = _EVENTS.where(EventRow.id.in_(bindparam("ids", expanding=True)))
_OF_KIND = _EVENTS.where(EventRow.kind == bindparam("kind"))


NEWEST = select(func.max(EventRow.id))


def add_event(
    tx: Connection,
    inquiry_id: int,
    kind: EventKind,
    actor: Actor,
    now: datetime,
    *,
    actor_name: str = "",
    actor_address: str = "",
    facts: Mapping[str, Any] | None = None,
) -> int:
    """Write an event and return its id."""
    values = {
        "inquiry_id": inquiry_id,
        "kind": kind.value,
        "actor": actor.value,
        "actor_name": actor_name,
        "actor_address": actor_address,
        "facts": dict(facts) if facts else None,
        "happened_at": now,
        "inquiry_version": 1 if kind is EventKind.INQUIRY_RECEIVED else next_version(tx, inquiry_id),
    }
    id_: int = tx.execute(_ADD, values).scalar_one()
    return id_


def add_events(tx: Connection, events: Sequence[tuple[Inquiry, EventKind, Mapping[str, Any]]], now: datetime) -> None:
    """Write what the program itself did to inquiries, all at once; it begins no new version of any."""
    rows = [
        {
            "inquiry_id": inquiry.id,
            "kind": kind.value,
            "actor": Actor.PROGRAM.value,
            "facts": dict(facts),
            "happened_at": now,
            "inquiry_version": inquiry.version,
        }
        for inquiry, kind, facts in events
    ]
    if rows:
        tx.execute(_ADD_MANY, rows)


def next_version(tx: Connection, inquiry_id: int) -> int:
    """Begin a new version of the inquiry and return its number."""
    version: int = tx.execute(_NEXT_VERSION, {"inquiry_id": inquiry_id}).scalar_one()
    return version


def events_of(tx: Connection, inquiry_id: int) -> list[Event]:
    """Return the events of an inquiry, oldest first."""
    return [_event(row) for row in tx.execute(_EVENTS, {"inquiry_id": inquiry_id})]


def events_since(tx: Connection, inquiry_id: int, version: int) -> list[Event]:
    """Return what happened, or was taken back, after the inquiry had this version; oldest first."""
    return [_event(row) for row in tx.execute(_SINCE, {"inquiry_id": inquiry_id, "version": version})]


def events_by_id(tx: Connection, inquiry_id: int, event_ids: Sequence[int]) -> list[Event]:
    """Return those of the inquiry's events, oldest first; an id that is none of its is left out."""
    return [_event(row) for row in tx.execute(_BY_ID, {"inquiry_id": inquiry_id, "ids": list(event_ids)})]


def newest_event_of_kind(tx: Connection, inquiry_id: int, kind: EventKind) -> Event | None:
    """Return the last event of a kind that was neither taken back nor came from another inquiry."""
    events = [_event(row) for row in tx.execute(_OF_KIND, {"inquiry_id": inquiry_id, "kind": kind.value})]
    return next((event for event in reversed(events) if not event.undone_at and event.moved_from_id is None), None)


def mark_undone(tx: Connection, inquiry_id: int, events: Sequence[Event], *, by: str, now: datetime) -> None:
    """Say that events were taken back and by whom, which begins a new version too."""
    version = next_version(tx, inquiry_id)
    for event in events:
        facts = {**event.facts, "undone_by": by}
        undone = update(EventRow).where(EventRow.id == event.id)
        tx.execute(undone.values(undone_at=now, inquiry_version=version, facts=facts))


def _event(row: Any) -> Event:
    values = dict(zip(_FIELDS, row, strict=True))
    values |= {"kind": EventKind(row.kind), "actor": Actor(row.actor), "facts": row.facts or {}}
    return Event(**values)


def newest_event_id(tx: Connection) -> int:
    """Return the id of the newest event: as long as it is the same, no list and no sum has changed."""
    return tx.execute(NEWEST).scalar_one() or 0
