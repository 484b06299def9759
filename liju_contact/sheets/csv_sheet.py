"""CSV that opens right in Excel: RFC 4180 with a byte order mark, and nothing in it runs.

A moment is written ``2026-11-23 10:00`` on the company's clock, which people read, spreadsheets take for a date, and
which sorts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import lru_cache

from liju_contact.domain.spreadsheet import safe_cell, safe_number_text
from liju_contact.sheets.columns import PHONE_PLACE, Cell, Columns
from liju_contact.store.exported import ExportedInquiry
from liju_contact.usecases.sheet import Sink

_CELLS_KEPT = 16_384  # facts and labels come again and again
_MARK = b"\xef\xbb\xbf"


class CsvSheet:
    has_messages = False

    def __init__(self, columns: Columns, sink: Sink) -> None:
        self._columns, self._sink = columns, sink
        self._safe_cell = lru_cache(maxsize=_CELLS_KEPT)(safe_cell)
        sink.write(_MARK)
        self._write([[safe_cell(header) for header in columns.headers]])

    def add(self, rows: Sequence[ExportedInquiry]) -> None:
        self._write([self._safe(self._columns.cells(row)) for row in rows])

    def close(self) -> None:
        """Nothing is held back."""

    def abandon(self) -> None:
        """Nothing is held back."""

    def _safe(self, cells: list[Cell]) -> list[str]:
        zone, safe = self._columns.zone, self._safe_cell
        texts = [
            safe(cell)
            if isinstance(cell, str)
            else (cell.astimezone(zone).isoformat(" ", "minutes")[:16] if cell else "")
            for cell in cells
        ]
        texts[PHONE_PLACE] = safe_number_text(str(cells[PHONE_PLACE] or ""))
        return texts

    def _write(self, rows: list[list[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self._sink.write(text.getvalue().encode())
