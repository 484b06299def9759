"""CSV that opens right in Excel: RFC 4180 with a byte order mark, and nothing in it runs.

A moment is written ``2026-11-23 10:00`` on the company's clock, which people read, spreadsheets take for a date, and
which sorts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from liju_contact.domain.spreadsheet import are_safe, safe_cell, safe_number_text
from liju_contact.sheets.columns import FREE_TEXTS, MOMENTS, PHONE_PLACE, Columns
from liju_contact.store.exported import ExportedInquiry
from liju_contact.usecases.sheet import Sink

_MARK = b"\xef\xbb\xbf"


class CsvSheet:
    has_messages = False

    def __init__(self, columns: Columns, sink: Sink) -> None:
        self._columns, self._sink = columns, sink
        sink.write(_MARK)
        self._write([[safe_cell(header) for header in columns.headers]])

    def add(self, rows: Sequence[ExportedInquiry]) -> None:
        self._write([self._safe(self._columns.cells(row)) for row in rows])

    def close(self) -> None:
        """Nothing is held back."""

    def abandon(self) -> None:
        """Nothing is held back."""

    def _safe(self, cells: list[Any]) -> list[str | None]:
        zone = self._columns.zone
        for place in MOMENTS:
            if at := cells[place]:
                cells[place] = at.astimezone(zone).isoformat(" ", "minutes")[:16]
        cells[PHONE_PLACE] = safe_number_text(cells[PHONE_PLACE])
        if not are_safe(_names_and_words(cells)):
            for place in _NAMES_AND_WORDS:
                cells[place] = safe_cell(cells[place] or "")
        return cells

    def _write(self, rows: Iterable[Sequence[str | None]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self._sink.write(text.getvalue().encode())


_NAMES_AND_WORDS = [place for place in FREE_TEXTS if place != PHONE_PLACE]
_names_and_words = itemgetter(*_NAMES_AND_WORDS)
