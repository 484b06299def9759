"""Chooses the sheet for a format."""

from __future__ import annotations

from typing import assert_never

from liju_contact.config import Settings
from liju_contact.domain.export import ExportFormat
from liju_contact.sheets.columns import Columns
from liju_contact.sheets.csv_sheet import CsvPen, CsvSheet
from liju_contact.sheets.json_sheet import JsonSheet
from liju_contact.sheets.xlsx_sheet import XlsxPen, XlsxSheet
from liju_contact.usecases.sheet import Sheet, Sink


def new_sheet(settings: Settings, format_: ExportFormat, language: str, sink: Sink) -> Sheet:
    """Return an empty sheet that writes to ``sink``."""
    zone = settings.company.working_hours.zone
    match format_:
        case ExportFormat.CSV:
            return CsvSheet(Columns(settings, language, CsvPen(zone)), sink)
        case ExportFormat.XLSX:
            return XlsxSheet(Columns(settings, language, XlsxPen(zone)), sink)
        case ExportFormat.JSONL:
            return JsonSheet(sink)
        case _:
            assert_never(format_)
