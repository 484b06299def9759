"""Counts how often something happened in a window of time, right across processes and hosts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from liju_contact.store.tables import RateRow


def _counting(insert: Any) -> Any:
    first = insert(RateRow)
    return first.on_conflict_do_update(
        index_elements=[RateRow.subject, RateRow.window_start],
        set_={"happened_count": RateRow.happened_count + 1},
    ).returning(RateRow.happened_count)


_COUNT = {"sqlite": _counting(sqlite_insert), "postgresql": _counting(postgresql_insert)}


def count_once_more(tx: Connection, subject: str, window_start: datetime) -> int:
    """Count ``subject`` once more in the window and return the count, this one included."""
    values = {"subject": subject, "window_start": window_start, "happened_count": 1}
    count: int = tx.execute(_COUNT[tx.dialect.name], values).scalar_one()
    return count


def sweep_rates(tx: Connection, before: datetime) -> int:
    """Forget windows that began before ``before``; returns how many."""
    return tx.execute(delete(RateRow).where(RateRow.window_start < before)).rowcount
