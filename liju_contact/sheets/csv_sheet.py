"""CSV that opens right in Excel: RFC 4180 with a byte order mark, and nothing in it runs.

A moment is written ``2026-11-23 10:00`` on the company's clock, which people read, spreadsheets take for a date, and
which sorts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from liju_contact.domain.spreadsheet import are_safe, safe_cell, safe_number_text
from liju_contact.sheets.columns import Columns
from liju_contact.sheets.pen import HOUR, MINUTE, Hours, OwnTexts, local_time
from liju_contact.sheets.plain_sheet import PlainSheet
from liju_contact.store.exported import ExportedInquiry, ExportedPage
from liju_contact.usecases.sheet import Sink

_MARK = b"\xef\xbb\xbf"
_LINE_END = "\r\n"
_HAS_TO_BE_QUOTED = re.compile('[",\r\n]')


class CsvPen:
    """Writes cells so that they only have to be joined; every text is made safe before it is quoted."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._hours = Hours(zone, _up_to_minute)

    def text(self, text: str) -> str:
        return _quoted(safe_cell(text))

    def moment(self, utc: str) -> str:
        begun = self._hours[utc[HOUR]]
        if begun:
            return begun + utc[MINUTE]
        return local_time(utc, self._zone).isoformat(" ", "minutes")

    def own(self, inquiry: ExportedInquiry) -> OwnTexts:
        reference, name, company, email = inquiry.reference, inquiry.name, inquiry.company, inquiry.email
        preview = inquiry.preview
        if not are_safe((reference, name, company, email, preview)):
            reference, name, company = safe_cell(reference), safe_cell(name), safe_cell(company)
            email, preview = safe_cell(email), safe_cell(preview)
        phone = safe_number_text(inquiry.phone)
        if _HAS_TO_BE_QUOTED.search(f"{reference}{name}{company}{email}{phone}"):
            reference, name, company = _quoted(reference), _quoted(name), _quoted(company)
            email, phone = _quoted(email), _quoted(phone)
        # Hardly a message is without a comma: to look for one takes longer than to quote it.
        preview = '"' + preview.replace('"', '""') + '"'
        return reference, name, company, email, phone, preview


class CsvPages:
    has_messages = False

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def write(self, page: ExportedPage) -> bytes:
        return _lines(map(self._columns.cells, page.inquiries))


class CsvSheet(PlainSheet):
    def __init__(self, columns: Columns, sink: Sink) -> None:
        super().__init__(sink, _MARK + _lines([[_quoted(safe_cell(header)) for header in columns.headers]]))


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    lines = [",".join(cells) for cells in rows]
    lines.append("")
    return _LINE_END.join(lines).encode()


def _quoted(text: str) -> str:
    if _HAS_TO_BE_QUOTED.search(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'


def _up_to_minute(hour: datetime) -> str:
    """Return how the times of an hour begin; nothing where the local one begins at another minute."""
    return "" if hour.minute or hour.second else f"{hour.isoformat(' ', 'hours')}:"
