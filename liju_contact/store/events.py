"""The timeline of an inquiry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from liju_contact.domain.event import Actor, Event, EventKind
from liju_contact.store.tables import EventRow

_ADD = insert(EventRow)
_OF_INQUIRY = (
    select(EventRow.kind, EventRow.actor, EventRow.happened_at, EventRow.actor_name)
    .where(EventRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(EventRow.id)
)


def add_event(
    tx: Connection, inquiry_id: int, kind: EventKind, actor: Actor, now: datetime, *, actor_name: str = ""
) -> None:
    values = {
        "inquiry_id": inquiry_id,
        "kind": kind.value,
        "actor": actor.value,
        "actor_name": actor_name,
        "happened_at": now,
    }
    tx.execute(_ADD, values)


def events_of(tx: Connection, inquiry_id: int) -> list[Event]:
    """Return the events of an inquiry, oldest first."""
    rows = tx.execute(_OF_INQUIRY, {"inquiry_id": inquiry_id})
    return [
        Event(kind=EventKind(kind), actor=Actor(actor), happened_at=at, actor_name=name)
        for kind, actor, at, name in rows
    ]
