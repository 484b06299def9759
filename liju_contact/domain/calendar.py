"""When people work, counted on the clock of where they work: when an answer is promised, and when to remind of it.

Which days are holidays is nobody's rule but a country's, so they come in as what a year's special days are
(``WorkingCalendar.special_days``); who knows them is ``working_calendar``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

Opening = tuple[time, time]
SpecialDays = Mapping[date, bool]
"""Days that are not what their weekday says: True is worked (a make-up day), False is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """What the operator says about a team's working time.

    ``week`` has the opening of each day from Monday to Sunday on the clock of ``zone``, None for a day that is not
    worked; an opening begins before it ends, and there is at least one. ``holidays`` is the code of the country whose
    holidays are kept, or empty. What ``closed_days`` and ``open_days`` say comes before what is known of that country.
    """

    zone: ZoneInfo
    week: tuple[Opening | None, ...]
    holidays: str = ""
    closed_days: frozenset[date] = frozenset()
    open_days: frozenset[date] = frozenset()


def _no_special_days(_year: int) -> SpecialDays:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """A team's working time with the special days of each year; ``special_days(year)`` may be asked for any year."""

    hours: WorkingHours
    special_days: Callable[[int], SpecialDays] = field(default=_no_special_days)

    def opening(self, day: date) -> Opening | None:
        """Return when the team works on a day, on its own clock; None on a day off.

        A make-up day that has no hours of its own is worked like the first day of the week that has.
        """
        opening = self.hours.week[day.weekday()]
        if not self.special_days(day.year).get(day, opening is not None):
            return None
        return opening or next(filter(None, self.hours.week))


def due_at(start: datetime, hours: int, calendar: WorkingCalendar) -> datetime:
    """Return when ``hours`` working hours, at least one, have passed since ``start``; both are aware UTC.

    A wall-clock day counts as its opening hours, also on the days when a zone changes its offset.
    """
    left = timedelta(hours=hours)
    for opens, closes in _openings_from(start, calendar):
        begin = max(opens, start)
        if closes - begin >= left:
            return begin + left
        left -= max(closes - begin, timedelta())
    raise AssertionError("There is a working day in every week that has no special days.")


def begun_at(end: datetime, hours: int, calendar: WorkingCalendar) -> datetime:
    """Return the last moment since which ``hours`` working hours have passed at ``end``; both are aware UTC.

    What began later than that is due later than ``end``.
    """
    left = timedelta(hours=hours)
    for opens, closes in _openings_until(end, calendar):
        stop = min(closes, end)
        if stop - opens >= left:
            return stop - left
        left -= stop - opens
    raise AssertionError("There is a working day in every week that has no special days.")


def worked_between(start: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    """Return how much working time lies between two moments, both aware UTC; none where the end is first."""
    worked = timedelta()
    for opens, closes in _openings_from(start, calendar):
        if opens >= end:
            break
        worked += max(min(closes, end) - max(opens, start), timedelta())
    return worked


def is_working_time(at: datetime, calendar: WorkingCalendar) -> bool:
    opens, closes = next(_openings_from(at, calendar))
    return opens <= at < closes


def _openings_from(start: datetime, calendar: WorkingCalendar) -> Iterator[tuple[datetime, datetime]]:
    """Yield, in UTC, the opening of each day that is worked, from the day of ``start`` on and not over by then."""
    for opens, closes in _openings(start, calendar, timedelta(days=1)):
        if closes > start:
            yield opens, closes


def _openings_until(end: datetime, calendar: WorkingCalendar) -> Iterator[tuple[datetime, datetime]]:
    """Yield the same backwards, from the day of ``end`` on and begun by then."""
    for opens, closes in _openings(end, calendar, timedelta(days=-1)):
        if opens < end:
            yield opens, closes


def _openings(at: datetime, calendar: WorkingCalendar, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    zone = calendar.hours.zone
    day = at.astimezone(zone).date()
    while True:
        if opening := calendar.opening(day):
            opens, closes = (datetime.combine(day, on_clock, zone).astimezone(UTC) for on_clock in opening)
            yield opens, closes
        day += step
