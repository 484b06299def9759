"""Knows the holidays of countries, by the ``holidays`` library, and makes a team's calendar of them and its own days.

The library takes a quarter of a second to load, so it is loaded when the first calendar asks for a year, and each year
of a country is computed once. Where a country shifts days (China's make-up workdays), it is right for the years whose
shifts are announced; until then it knows the statutory days, and ``years_without_make_up_days`` says so. There a break
is announced as a span of days, weekends included, of which the library leaves some out: a Saturday is a day off anyway
for most. Such a country's weekend that touches a day off belongs to the break, unless it is worked for it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache, partial

from liju_contact.domain.calendar import SpecialDays, WorkingCalendar, WorkingHours

HOME = "CN"
_YEARS_LOOKED_BACK = 2
_DAY = timedelta(days=1)
_SATURDAY = 5
# China announces a year's days in the November before.
_LOOKS_AHEAD = timedelta(days=60)


def knows_country(code: str) -> bool:
    """Tell whether holidays of a country are known; its code is that of ISO 3166-1, like ``CN``."""
    import holidays  # noqa: PLC0415  # see the module's docstring

    return code == HOME or code in holidays.list_supported_countries()


@lru_cache(maxsize=64)
def calendar_of(hours: WorkingHours) -> WorkingCalendar:
    return WorkingCalendar(hours=hours, special_days=partial(_special_days, hours))


def years_without_make_up_days(hours: WorkingHours, now: datetime) -> list[int]:
    """Return the years ahead for which a country's shifted days are not known yet and the operator named none."""
    year = (now + _LOOKS_AHEAD).astimezone(hours.zone).year
    if not hours.holidays or _make_up_days(hours, year):
        return []
    return [year] if _shifts_days(hours.holidays, year) else []


def _make_up_days(hours: WorkingHours, year: int) -> bool:
    return bool(_of_country(hours.holidays, year)[1] or any(day.year == year for day in hours.open_days))


@lru_cache(maxsize=256)
def _special_days(hours: WorkingHours, year: int) -> SpecialDays:
    off, worked = _of_country(hours.holidays, year) if hours.holidays else (frozenset(), frozenset())
    return {
        **dict.fromkeys(off, False),
        **dict.fromkeys(worked, True),
        **dict.fromkeys(hours.closed_days, False),
        **dict.fromkeys(hours.open_days, True),
    }


@lru_cache(maxsize=256)
def _of_country(code: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days off and the make-up workdays of a year."""
    off, worked = _listed(code, year)
    if not _shifts_days(code, year):
        return off, worked
    # A weekend may lie in two years.
    around = [_listed(code, year + step) for step in (-1, 0, 1)]
    weekends = _weekends_beside(frozenset().union(*(days for days, _ in around)), around[0][1] | worked | around[2][1])
    return off | {day for day in weekends if day.year == year}, worked


def _shifts_days(code: str, year: int) -> bool:
    """Tell whether a country shifts days in a year, or did so lately and has not said which."""
    return any(_listed(code, year - back)[1] for back in range(_YEARS_LOOKED_BACK + 1))


def _weekends_beside(off: frozenset[date], worked: frozenset[date]) -> set[date]:
    """Return the Saturdays and Sundays that touch a day off, or one that does, and are not worked."""
    beside = set()
    for day in off:
        for step in (-_DAY, _DAY):
            touching = day + step
            while touching.weekday() >= _SATURDAY and touching not in worked:
                beside.add(touching)
                touching += step
    return beside


@lru_cache(maxsize=256)
def _listed(code: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days off and the make-up workdays of a year that the library lists."""
    import holidays  # noqa: PLC0415  # see the module's docstring

    known = holidays.country_holidays(code, years=year)
    off = frozenset(day for day in known if day.year == year)
    return off, frozenset(day for day in known.weekend_workdays if day.year == year)
