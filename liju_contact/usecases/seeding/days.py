"""When invented inquiries arrive: three years with busy and quiet weekdays, nights, holidays, and slow growth."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from itertools import accumulate

YEARS = timedelta(days=3 * 365)
_HOUR = timedelta(hours=1)
_WEEKDAYS = (1.15, 1.1, 1.05, 1.0, 0.9, 0.25, 0.15)  # from Monday
# By the hour in UTC: China asks in its morning and afternoon, the rest of the world follows.
_HOURS = (
    1.6,
    2.2,
    2.4,
    1.9,
    1.0,
    1.2,
    1.9,
    2.1,
    1.9,
    1.5,
    1.1,
    0.9,
    0.9,
    0.9,
    0.8,
    0.7,
    0.5,
    0.4,
    0.3,
    0.25,
    0.2,
    0.2,
    0.4,
    0.9,
)
_QUIET = frozenset({(1, 1), *((10, day) for day in range(1, 8)), *((2, day) for day in range(8, 16)), (5, 1), (5, 2)})
_QUIET_SHARE = 0.3
_GROWTH = 0.5  # of the rate of the first day until the last
_HEATING_SEASON = (1.1, 1.1, 1.15, 1.0, 0.9, 0.85, 0.85, 0.95, 1.1, 1.2, 1.15, 1.0)


class Days:
    """Gives times between ``end - YEARS`` and ``end``: a growing share of all gives a later time."""

    def __init__(self, end: datetime) -> None:
        self._begin = (end - YEARS).replace(minute=0, second=0, microsecond=0)
        self._end = end
        hours = int((end - self._begin) / _HOUR)
        self._upto = list(accumulate(self._weight(hour / hours, self._begin + hour * _HOUR) for hour in range(hours)))

    def at(self, share: float) -> datetime:
        """Return the time before which ``share`` (0 to 1) of all inquiries have arrived, to the second."""
        wanted = share * self._upto[-1]
        hour = min(bisect_left(self._upto, wanted), len(self._upto) - 1)
        before = self._upto[hour - 1] if hour else 0.0
        within = (wanted - before) / (self._upto[hour] - before)
        at = self._begin + timedelta(seconds=int(3600 * (hour + min(within, 0.9999))))
        return at.astimezone(UTC)

    def _weight(self, share: float, at: datetime) -> float:
        weight = _WEEKDAYS[at.weekday()] * _HOURS[at.hour] * _HEATING_SEASON[at.month - 1] * (1 + _GROWTH * share)
        return weight * _QUIET_SHARE if (at.month, at.day) in _QUIET else weight
