"""A list of inquiries that somebody wants as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

KEPT = timedelta(days=7)
"""How long a file can be fetched."""
UNFINISHED_LIMIT = 5
"""How many exports of one person may wait at a time."""


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSONL: "application/jsonl; charset=utf-8",
}


class ExportState(StrEnum):
    WAITING = "waiting"
    WRITING = "writing"
    READY = "ready"
    FAILED = "failed"

    @property
    def is_finished(self) -> bool:
        return self in {ExportState.READY, ExportState.FAILED}


UNFINISHED = tuple(state.value for state in ExportState if not state.is_finished)
"""The states of what has been promised and is not whole yet, as they are stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """``query`` is a list page's, with ``references=`` where some were chosen; ``row_count`` grows meanwhile."""

    id: int
    staff_id: int
    query: str
    format: ExportFormat
    language: str
    state: ExportState
    row_count: int
    bytes_count: int
    blob_id: int | None
    asked_at: datetime

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"inquiries-{self.asked_at:%Y-%m-%d}-{self.id}.{self.format}"

    @property
    def ends_at(self) -> datetime:
        return self.asked_at + KEPT
