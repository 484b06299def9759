"""Rows of the list as PostgreSQL gave them last, kept for as long as their marks say that they are the same there.

Most rows of a page were read a moment ago, by whoever looked at it before. To read them again, and bring them through a
connection, takes three times as long as to ask whether they have changed. SQLite is in this process: there nothing is
kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import BigInteger, Connection, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from liju_contact.domain.kept_for_a_day import KeptForADay
from liju_contact.store.listed_inquiries import MARK, ROW_COLUMNS, ListedInquiry, listed
from liju_contact.store.tables import InquiryRow

_MOST_KEPT = 1000  # rows, of some 2 kB each
_BY_IDS = select(*ROW_COLUMNS["postgresql"], MARK).where(
    InquiryRow.id == func.any(bindparam("ids", type_=ARRAY(BigInteger())))
)


class KeptRows:
    """Reads rows by their marks, and keeps each for a day at most."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._kept: KeptForADay[int, tuple[int, ListedInquiry]] = KeptForADay(most)

    def __len__(self) -> int:
        """Return how many rows are kept."""
        return len(self._kept)

    def rows_of(self, tx: Connection, marks: Sequence[Sequence[int]], *, today: date) -> list[ListedInquiry]:
        """Return the rows of these inquiries, each given as its id and its mark; one that is gone is left out."""
        self._kept.begin(today)
        known = [(id_, mark, self._kept.find(id_)) for id_, mark in marks]
        rows = {id_: kept[1] for id_, mark, kept in known if kept is not None and kept[0] == mark}
        if missing := [id_ for id_, _mark in marks if id_ not in rows]:
            rows |= self._read(tx, missing)
        return [rows[id_] for id_, _mark in marks if id_ in rows]

    def _read(self, tx: Connection, ids: list[int]) -> dict[int, ListedInquiry]:
        rows = {}
        for *values, mark in tx.execute(_BY_IDS, {"ids": ids}):
            row = rows[values[0]] = listed(values)
            self._kept.keep(row.id, (mark, row))
        return rows
