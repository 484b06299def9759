"""XLSX, page by page into a temporary file: only the page at hand is in memory.

Every cell is a text or a date, never a formula or a link, whatever it begins with. Texts stand in their cells, not in a
table of the book's texts, which would have to be held. It is written here because a library that checks and styles
every cell by itself takes nine times as long for it.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import IO

from liju_contact.sheets.columns import Columns
from liju_contact.sheets.pen import HOUR, MINUTE, SECOND, Hours, OwnTexts, local_time
from liju_contact.sheets.xlsx_package import (
    HEADER_STYLE,
    MOMENT_STYLE,
    SHEET_END,
    column_letters,
    package_parts,
    sheet_beginning,
    sheet_path,
)
from liju_contact.store.exported import ExportedInquiry, ExportedPage
from liju_contact.usecases.sheet import Sink, WrittenPage

ROWS_PER_SHEET = 1_048_575
"""Below the head; a sheet of Excel has 1 048 576."""
BYTES_PER_SHEET = 1_900_000_000
"""Not packed. Beyond 2 GiB a part of the file needs an extension that not every program reads."""

_NUMBER, _END = "\x00", "\x01"
_LONGEST = 32_767  # characters of a cell
_PIECE_BYTES = 256 * 1024
_QUICK = 1  # of the levels of packing; the usual one takes as long as all the rest, for a file a fifth smaller
_DAY_SECONDS = 86_400
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001  # the day 0 of Excel's count; a cell has no zone
# What XML has a meaning or no room for, and what Excel would read as an escape of such a character.
_TO_ESCAPE = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MAY_BE_ESCAPED = re.compile("[&<>_\x00-\x08\x0b-\x1f\ufffe\uffff]")  # seen in one step of reading
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class XlsxPen:
    """Writes cells from behind their names on."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._hours = Hours(zone, _seconds)

    def text(self, text: str) -> str:
        return text_cell(text)

    def moment(self, utc: str) -> str:
        seconds = self._hours[utc[HOUR]]
        if seconds is None:
            seconds = _seconds(local_time(utc, self._zone))
        else:
            seconds += 60 * int(utc[MINUTE]) + int(utc[SECOND])
        return f'" s="{MOMENT_STYLE}"><v>{seconds / _DAY_SECONDS}</v></c>'

    def own(self, inquiry: ExportedInquiry) -> OwnTexts:
        return (
            text_cell(inquiry.reference),
            text_cell(inquiry.name),
            text_cell(inquiry.company),
            text_cell(inquiry.email),
            text_cell(inquiry.phone),
            text_cell(inquiry.preview),
        )


def text_cell(text: str) -> str:
    """Return a cell with ``text`` from behind its name on."""
    if not text:
        return ""
    escaped = text[:_LONGEST]
    if _MAY_BE_ESCAPED.search(escaped):
        escaped = _TO_ESCAPE.sub(_escaped, escaped)
    space = "" if escaped == escaped.strip() else ' xml:space="preserve"'
    return f'" t="inlineStr"><is><t{space}>{escaped}</t></is></c>'


class XlsxPages:
    """Writes rows that do not know their number yet: which one the first has is known once all before are counted.

    ``_NUMBER`` stands for it and ``_END`` between two rows; no text can hold either, because both are escaped.
    """

    has_messages = False

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._begins = cell_beginnings(len(columns.headers))

    def write(self, page: ExportedPage) -> bytes:
        begins, cells = self._begins, self._columns.cells
        return _END.join([written_row(begins, cells(inquiry)) for inquiry in page.inquiries]).encode()


def cell_beginnings(count: int) -> list[str]:
    return [f'<c r="{column_letters(place)}{_NUMBER}' for place in range(count)]


def written_row(begins: Sequence[str], cells: Sequence[str]) -> str:
    written = "".join([begin + cell for begin, cell in zip(begins, cells, strict=True) if cell])
    return f'<row r="{_NUMBER}">{written}</row>'


class XlsxSheet:
    def __init__(self, columns: Columns, sink: Sink) -> None:
        self._columns, self._sink = columns, sink
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="liju-export-")  # noqa: SIM115  # ``close`` and ``abandon`` do
        self._book = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK)
        self._names: list[str] = []
        self._row = self._bytes_count = 0
        self._sheet = self._begin_sheet()

    def add(self, page: WrittenPage) -> None:
        rows = page.content.split(_END.encode())
        while rows:
            room = ROWS_PER_SHEET + 1 - self._row
            if room <= 0 or self._bytes_count > BYTES_PER_SHEET:
                self._end_sheet()
                self._sheet = self._begin_sheet()
                continue
            self._put_rows(rows[:room])
            rows = rows[room:]

    def close(self) -> None:
        """Finish the file and hand it on in pieces."""
        self._end_sheet()
        for path, text in package_parts(self._names).items():
            self._book.writestr(path, text)
        self._book.close()
        self._file.seek(0)
        while piece := self._file.read(_PIECE_BYTES):
            self._sink.write(piece)
        self._file.close()

    def abandon(self) -> None:
        self._file.close()

    def _begin_sheet(self) -> IO[bytes]:
        number, name = len(self._names) + 1, self._columns.sheet_name
        self._names.append(name if number == 1 else f"{name} {number}")
        self._sheet = self._book.open(sheet_path(number), "w")
        self._row = self._bytes_count = 0
        self._put(sheet_beginning(self._columns.widths, is_first=number == 1).encode())
        style, headers = f'" s="{HEADER_STYLE}', self._columns.headers
        head = written_row(cell_beginnings(len(headers)), [style + text_cell(header) for header in headers])
        self._put_rows([head.encode()])
        return self._sheet

    def _end_sheet(self) -> None:
        self._put(SHEET_END.encode())
        self._sheet.close()

    def _put_rows(self, rows: Sequence[bytes]) -> None:
        number, first = _NUMBER.encode(), self._row + 1
        self._put(b"".join([row.replace(number, b"%d" % place) for place, row in enumerate(rows, first)]))
        self._row += len(rows)

    def _put(self, content: bytes) -> None:
        self._bytes_count += len(content)
        self._sheet.write(content)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    return _ENTITIES.get(character) or f"_x{ord(character):04X}_"


def _seconds(local: datetime) -> int:
    """Return the seconds of Excel's count."""
    return int((local - _FIRST_DAY).total_seconds())
