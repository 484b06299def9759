"""Rows of the list as PostgreSQL gave them last, kept for as long as their marks say that they are the same there.

Most rows of a page were read a moment ago, by whoever looked at it before. To read them again, and bring them through a
connection, takes three times as long as to ask whether they have changed. SQLite is in this process: there nothing is
kept.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date

from sqlalchemy import BigInteger, Connection, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from liju_contact.store.listed_inquiries import MARK, ROW_COLUMNS, ListedInquiry, listed
from liju_contact.store.tables import InquiryRow

_MOST_KEPT = 1000  # rows, of some 2 kB each
_BY_IDS = select(*ROW_COLUMNS["postgresql"], MARK).where(
    InquiryRow.id == func.any(bindparam("ids", type_=ARRAY(BigInteger())))
)

_Marked = tuple[int, ListedInquiry]


class KeptRows:
    """Reads rows by their marks. None is kept beyond its day: what a customer had erased is not to stay in memory."""

    def __init__(self) -> None:
        self._kept: dict[int, _Marked] = {}
        self._keeping = threading.Lock()
        self._day: date | None = None

    def __len__(self) -> int:
        """Return how many rows are kept."""
        return len(self._kept)

    def rows_of(self, tx: Connection, marks: Sequence[Sequence[int]], *, today: date) -> list[ListedInquiry]:
        """Return the rows of these inquiries, each given as its id and its mark; one that is gone is left out."""
        rows = self._rows_as_marked(marks, today)
        if missing := [id_ for id_, _mark in marks if id_ not in rows]:
            rows |= self._read(tx, missing)
        return [rows[id_] for id_, _mark in marks if id_ in rows]

    def _rows_as_marked(self, marks: Sequence[Sequence[int]], today: date) -> dict[int, ListedInquiry]:
        with self._keeping:
            if today != self._day:
                self._kept.clear()
                self._day = today
            kept = [(id_, mark, self._kept.get(id_)) for id_, mark in marks]
        return {id_: known[1] for id_, mark, known in kept if known is not None and known[0] == mark}

    def _read(self, tx: Connection, ids: list[int]) -> dict[int, ListedInquiry]:
        read: dict[int, _Marked] = {}
        for *values, mark in tx.execute(_BY_IDS, {"ids": ids}):
            row = listed(values)
            read[row.id] = mark, row
        with self._keeping:
            for id_, marked in read.items():
                self._keep(id_, marked)
        return {id_: row for id_, (_mark, row) in read.items()}

    def _keep(self, id_: int, marked: _Marked) -> None:
        self._kept.pop(id_, None)
        if len(self._kept) >= _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[id_] = marked
