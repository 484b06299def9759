"""When an answer is promised: working hours counted on the company's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """``days`` are ISO weekdays (1 = Monday); ``opens`` is before ``closes``, both on the clock of ``zone``."""

    zone: ZoneInfo
    days: frozenset[int]
    opens: time
    closes: time


def due_at(start: datetime, hours: int, calendar: WorkingHours) -> datetime:
    """Return when ``hours`` working hours have passed since ``start``; both are aware UTC.

    A wall-clock day counts as its opening hours, also on the days when a zone changes its offset.
    """
    left = timedelta(hours=hours)
    day = start.astimezone(calendar.zone).date()
    while True:
        if day.isoweekday() in calendar.days:
            opens = datetime.combine(day, calendar.opens, calendar.zone).astimezone(UTC)
            closes = datetime.combine(day, calendar.closes, calendar.zone).astimezone(UTC)
            begin = max(opens, start)
            if closes - begin >= left:
                return begin + left
            left -= max(closes - begin, timedelta())
        day += timedelta(days=1)
