"""How a format writes, and the clock that it writes times by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol, TypeVar

from liju_contact.store.exported import ExportedInquiry

Made = TypeVar("Made")
OwnTexts = tuple[str, str, str, str, str, str]
"""Reference, name, company, e-mail address, phone number and beginning of the message: no two rows have the same."""
_DAY, _HOURS_A_DAY, _HOURS_KEPT = timedelta(days=1), 24, 20_000
DATE, HOUR = slice(len("2026-11-23")), slice(len("2026-11-23 02"))
MINUTE = slice(len("2026-11-23 02:"), len("2026-11-23 02:00"))
TIME = slice(len("2026-11-23 "), len("2026-11-23 02:00:00"))
SECOND = slice(len("2026-11-23 02:00:"), len("2026-11-23 02:00:00"))


class Pen(Protocol):
    """Writes what stands in a cell; nothing is written as an empty text."""

    def text(self, text: str) -> str:
        """Write a text that comes again and again; its caller remembers what is returned."""
        ...

    def moment(self, utc: str) -> str:
        """Write a time, which is given as ``2026-11-23 02:00:00.000000`` in UTC."""
        ...

    def own(self, inquiry: ExportedInquiry) -> OwnTexts: ...


class Hours(dict[str, Made | None]):
    """Holds, for ``2026-11-23 02`` in UTC, what ``make`` makes of the local time at which this hour begins.

    It is None on days on which the clock of ``zone`` is put on or back. Hours are made by the day, and forgotten
    together when they have become many: an export comes by its times in order, so hardly one is made twice.
    """

    def __init__(self, zone: tzinfo, make: Callable[[datetime], Made]) -> None:
        super().__init__()
        self._zone, self._make = zone, make

    def __missing__(self, hour: str) -> Made | None:
        if len(self) > _HOURS_KEPT:
            self.clear()
        day = hour[DATE]
        begins_at = datetime.fromisoformat(day).replace(tzinfo=UTC)
        local, next_local = begins_at.astimezone(self._zone), (begins_at + _DAY).astimezone(self._zone)
        is_steady, begins = local.utcoffset() == next_local.utcoffset(), local.replace(tzinfo=None)
        for number in range(_HOURS_A_DAY):
            made = self._make(begins + timedelta(hours=number)) if is_steady else None
            self[f"{day} {number:02}"] = made
        return self[hour]


def local_time(utc: str, zone: tzinfo) -> datetime:
    """Return a time on the clock of ``zone``, without it."""
    return datetime.fromisoformat(utc).replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
