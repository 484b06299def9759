"""Counts how often something happened in a window of time, right across processes and hosts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete

from liju_contact.store.statements import insert_or_change
from liju_contact.store.tables import RateRow

_COUNT = insert_or_change(
    RateRow,
    ["subject", "window_start"],
    lambda _new: {"happened_count": RateRow.happened_count + 1},
    returning=RateRow.happened_count,
)


def count_once_more(tx: Connection, subject: str, window_start: datetime) -> int:
    """Count ``subject`` once more in the window and return the count, this one included."""
    values = {"subject": subject, "window_start": window_start, "happened_count": 1}
    count: int = tx.execute(_COUNT[tx.dialect.name], values).scalar_one()
    return count


def sweep_rates(tx: Connection, before: datetime) -> int:
    """Forget windows that began before ``before``; returns how many."""
    return tx.execute(delete(RateRow).where(RateRow.window_start < before)).rowcount
