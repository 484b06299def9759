"""Signs of life, by role."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from liju_contact.store.tables import HeartbeatRow


def beat(tx: Connection, role: str, now: datetime) -> None:
    insert = sqlite_insert if tx.dialect.name == "sqlite" else postgresql_insert
    first = insert(HeartbeatRow).values(role=role, beat_at=now)
    tx.execute(first.on_conflict_do_update(index_elements=[HeartbeatRow.role], set_={"beat_at": now}))


def last_beat(tx: Connection, role: str) -> datetime | None:
    return tx.execute(select(HeartbeatRow.beat_at).where(HeartbeatRow.role == role)).scalar_one_or_none()
