"""Signs of life, by role."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from liju_contact.store.statements import insert_or_change
from liju_contact.store.tables import HeartbeatRow

_BEAT = insert_or_change(HeartbeatRow, ["role"], lambda new: {"beat_at": new.beat_at})


def beat(tx: Connection, role: str, now: datetime) -> None:
    tx.execute(_BEAT[tx.dialect.name], {"role": role, "beat_at": now})


def last_beat(tx: Connection, role: str) -> datetime | None:
    return tx.execute(select(HeartbeatRow.beat_at).where(HeartbeatRow.role == role)).scalar_one_or_none()
