"""The timeline of an inquiry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from liju_contact.domain.event import Actor, Event, EventKind
from liju_contact.store.tables import EventRow

_ADD = insert(EventRow).returning(EventRow.id)
_ADD_MANY = insert(EventRow)
_OF_INQUIRY = (
    select(
        EventRow.id,
        EventRow.kind,
        EventRow.actor,
        EventRow.happened_at,
        EventRow.actor_name,
        EventRow.actor_address,
        EventRow.facts,
        EventRow.undone_at,
    )
    .where(EventRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(EventRow.id)
)


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
    }
    id_: int = tx.execute(_ADD, values).scalar_one()
    return id_


def add_events(
    tx: Connection, events: Sequence[tuple[int, EventKind, Actor, Mapping[str, Any]]], now: datetime
) -> None:
    """Write one event for each inquiry, actor and facts, all at once."""
    rows = [
        {"inquiry_id": inquiry_id, "kind": kind.value, "actor": actor.value, "facts": dict(facts), "happened_at": now}
        for inquiry_id, kind, actor, facts in events
    ]
    if rows:
        tx.execute(_ADD_MANY, rows)


def events_of(tx: Connection, inquiry_id: int) -> list[Event]:
    """Return the events of an inquiry, oldest first."""
    rows = tx.execute(_OF_INQUIRY, {"inquiry_id": inquiry_id})
    return [
        Event(
            id=id_,
            kind=EventKind(kind),
            actor=Actor(actor),
            happened_at=at,
            actor_name=name,
            actor_address=address,
            facts=facts or {},
            undone_at=undone_at,
        )
        for id_, kind, actor, at, name, address, facts, undone_at in rows
    ]
