"""XLSX, row by row: only the row at hand is in memory, the rest in a temporary file.

Every cell is a text or a date, never a formula or a link, whatever it begins with.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from liju_contact.sheets.columns import Cell, Columns
from liju_contact.store.exported import ExportedInquiry
from liju_contact.usecases.sheet import Sink

ROWS_PER_SHEET = 1_048_575
"""Below the head; a sheet of Excel has 1 048 576."""

_LONGEST = 32_767  # characters of a cell
_PIECE_BYTES = 256 * 1024
_DAY_SECONDS = 86_400
_FIRST_DAY = datetime(1899, 12, 30, tzinfo=UTC)  # the day 0 of Excel's count
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class XlsxSheet:
    has_messages = False

    def __init__(self, columns: Columns, sink: Sink) -> None:
        self._columns, self._sink = columns, sink
        self._folder = tempfile.TemporaryDirectory(prefix="liju-export-")
        self._path = f"{self._folder.name}/inquiries.xlsx"
        self._book: Any = xlsxwriter.Workbook(self._path, {**_OPTIONS, "tmpdir": self._folder.name})
        self._book.use_zip64()
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._page = self._row = 0
        self._sheet: Any = None
        self._begin_sheet()

    def add(self, rows: Sequence[ExportedInquiry]) -> None:
        for row in rows:
            if self._row > ROWS_PER_SHEET:
                self._begin_sheet()
            self._write(self._columns.cells(row))

    def close(self) -> None:
        """Pack the file and hand it on in pieces."""
        self._book.close()
        with open(self._path, "rb") as file:  # noqa: PTH123  # xlsxwriter was given the same text
            while piece := file.read(_PIECE_BYTES):
                self._sink.write(piece)
        self._folder.cleanup()

    def abandon(self) -> None:
        self._folder.cleanup()

    def _begin_sheet(self) -> None:
        self._page += 1
        name = self._columns.sheet_name
        self._sheet = self._book.add_worksheet(name if self._page == 1 else f"{name} {self._page}")
        self._sheet.freeze_panes(1, 1)
        for place, (header, width) in enumerate(zip(self._columns.headers, self._columns.widths, strict=True)):
            self._sheet.set_column(place, place, width)
            self._sheet.write_string(0, place, header, self._bold)
        self._row = 1

    def _write(self, cells: list[Cell]) -> None:
        sheet, row, zone = self._sheet, self._row, self._columns.zone
        for place, cell in enumerate(cells):
            if not cell:
                continue
            if isinstance(cell, str):
                sheet.write_string(row, place, cell[:_LONGEST])
            else:
                on_clock = cell.astimezone(zone).replace(tzinfo=UTC)  # a cell of Excel has no zone
                sheet.write_number(row, place, (on_clock - _FIRST_DAY).total_seconds() / _DAY_SECONDS, self._moment)
        self._row += 1
