"""The timeline of an inquiry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from liju_contact.domain.event import Actor, Event, EventKind
from liju_contact.store.tables import EventRow


def add_event(tx: Connection, inquiry_id: int, kind: EventKind, actor: Actor, now: datetime) -> None:
    values = {"inquiry_id": inquiry_id, "kind": kind.value, "actor": actor.value, "happened_at": now}
    tx.execute(insert(EventRow), values)


def events_of(tx: Connection, inquiry_id: int) -> list[Event]:
    """Return the events of an inquiry, oldest first."""
    columns = (EventRow.kind, EventRow.actor, EventRow.happened_at)
    rows = tx.execute(select(*columns).where(EventRow.inquiry_id == inquiry_id).order_by(EventRow.id))
    return [Event(kind=EventKind(kind), actor=Actor(actor), happened_at=at) for kind, actor, at in rows]
