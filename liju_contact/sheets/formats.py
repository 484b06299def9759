"""Chooses what writes a format."""

from __future__ import annotations

from typing import assert_never

from liju_contact.config import Settings
from liju_contact.domain.export import ExportFormat
from liju_contact.sheets.columns import Columns
from liju_contact.sheets.csv_sheet import CsvPages, CsvPen, CsvSheet
from liju_contact.sheets.json_sheet import JsonPages
from liju_contact.sheets.plain_sheet import PlainSheet
from liju_contact.sheets.xlsx_sheet import XlsxPages, XlsxPen, XlsxSheet
from liju_contact.usecases.sheet import PageWriter, Sheet, Sink


def new_page_writer(settings: Settings, format_: ExportFormat, language: str) -> PageWriter:
    zone = settings.company.working_hours.zone
    match format_:
        case ExportFormat.CSV:
            return CsvPages(Columns(settings, language, CsvPen(zone)))
        case ExportFormat.XLSX:
            return XlsxPages(Columns(settings, language, XlsxPen(zone)))
        case ExportFormat.JSONL:
            return JsonPages()
        case _:
            assert_never(format_)


def new_sheet(settings: Settings, format_: ExportFormat, language: str, sink: Sink) -> Sheet:
    """Return an empty sheet that writes to ``sink``."""
    zone = settings.company.working_hours.zone
    match format_:
        case ExportFormat.CSV:
            return CsvSheet(Columns(settings, language, CsvPen(zone)), sink)
        case ExportFormat.XLSX:
            return XlsxSheet(Columns(settings, language, XlsxPen(zone)), sink)
        case ExportFormat.JSONL:
            return PlainSheet(sink)
        case _:
            assert_never(format_)
