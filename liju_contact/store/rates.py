"""Counts how often something happened in a window of time, right across processes and hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, text

from liju_contact.store.statements import insert_or_change
from liju_contact.store.table import UtcDateTime
from liju_contact.store.tables import RateRow

_COUNT = insert_or_change(
    RateRow,
    ["subject", "window_start"],
    lambda _new: {"happened_count": RateRow.happened_count + 1},
    returning=RateRow.happened_count,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is to be counted: ``subject`` is a keyed digest, ``amount`` how many come at once."""

    subject: str
    window_start: datetime
    amount: int = 1


def count_once_more(tx: Connection, subject: str, window_start: datetime) -> int:
    """Count ``subject`` once more in the window and return the count, this one included."""
    values = {"subject": subject, "window_start": window_start, "happened_count": 1}
    count: int = tx.execute(_COUNT[tx.dialect.name], values).scalar_one()
    return count


def count_together(tx: Connection, tallies: Sequence[Tally]) -> list[int]:
    """Count several subjects, each another one, by one statement; return their counts in the same order.

    Whoever counts the same subjects in the same order never waits crosswise for another.
    """
    if not tallies:
        return []
    values: dict[str, Any] = {}
    for place, tally in enumerate(tallies):
        values[f"subject_{place}"] = tally.subject
        values[f"start_{place}"] = tally.window_start
        values[f"amount_{place}"] = tally.amount
    counts = {row.subject: row.happened_count for row in tx.execute(_together(len(tallies)), values)}
    return [counts[tally.subject] for tally in tallies]


def sweep_rates(tx: Connection, before: datetime) -> int:
    """Forget windows that began before ``before``; returns how many."""
    return tx.execute(delete(RateRow).where(RateRow.window_start < before)).rowcount


@cache
def _together(number: int) -> Any:
    """Return the statement that counts so many subjects.

    It is written out, and the same in both databases: SQLAlchemy compiles an insert of several rows anew each time.
    """
    rows = ", ".join(f"(:subject_{place}, :start_{place}, :amount_{place})" for place in range(number))
    written = (
        f"INSERT INTO rate (subject, window_start, happened_count) VALUES {rows}"  # noqa: S608  # numbers of ours
        " ON CONFLICT (subject, window_start)"
        " DO UPDATE SET happened_count = rate.happened_count + excluded.happened_count"
        " RETURNING subject, happened_count"
    )
    starts = [bindparam(f"start_{place}", type_=UtcDateTime()) for place in range(number)]
    return text(written).bindparams(*starts)
