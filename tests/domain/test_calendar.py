"""When an answer is promised: on every clock, around changes of offset, and against counting minute by minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liju_contact.domain.calendar import (
    SpecialDays,
    WorkingCalendar,
    WorkingHours,
    begun_at,
    due_at,
    is_working_time,
    worked_between,
)

BERLIN, SAO_PAULO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Sao_Paulo")
USUAL = ((time(8, 30), time(17, 30)),) * 5
MINUTE = timedelta(minutes=1)
# Around both changes of 2026 in Berlin, and Sao Paulo's last one, at midnight.
STARTS = (datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC), datetime(2018, 11, 2, tzinfo=UTC))
ZONES = (BERLIN, SAO_PAULO, ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Kathmandu"))


def calendar(zone: ZoneInfo, *week: tuple[time, time] | None, special: SpecialDays | None = None) -> WorkingCalendar:
    hours = WorkingHours(zone=zone, week=(*week, *[None] * (7 - len(week))))
    return WorkingCalendar(hours=hours, special_days=lambda _year: special or {})


def is_open(at: datetime, calendar: WorkingCalendar) -> bool:
    """Tell it the slow way: by what the clock on the wall shows."""
    local = at.astimezone(calendar.hours.zone)
    opening = calendar.opening(local.date())
    return opening is not None and opening[0] <= local.time() < opening[1]


def counted_out(start: datetime, hours: int, is_worked: Callable[[datetime], bool]) -> datetime:
    left, at = hours * 60, start
    while left:
        left -= is_worked(at)
        at += MINUTE
    return at


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Draw a week without an opening or closing in the hours that a change of offset repeats or leaves out."""
    quarters = st.integers(3 * 4, 23 * 4 + 3).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
    openings = st.tuples(quarters, quarters).filter(lambda pair: pair[0] < pair[1])
    week = draw(st.lists(st.none() | openings, min_size=7, max_size=7).filter(any))
    near = st.sampled_from(STARTS).flatmap(lambda at: st.integers(0, 6).map(lambda n: at.date() + timedelta(days=n)))
    special = draw(st.dictionaries(near, st.booleans(), max_size=3))
    return calendar(draw(st.sampled_from(ZONES)), *week, special=special)


starts = st.sampled_from(STARTS).flatmap(lambda at: st.integers(0, 4 * 24 * 60).map(lambda n: at + n * MINUTE))


@given(calendar=calendars(), start=starts, hours=st.integers(1, 6))
@settings(max_examples=60)
def test_a_promise_is_what_counting_minutes_comes_to(calendar: WorkingCalendar, start: datetime, hours: int) -> None:
    assert due_at(start, hours, calendar) == counted_out(start, hours, lambda at: is_open(at, calendar))


@given(calendar=calendars(), start=starts, later=st.integers(0, 3000), hours=st.integers(1, 40))
def test_a_promise_lies_in_opening_hours_and_grows_with_start_and_hours(
    calendar: WorkingCalendar, start: datetime, later: int, hours: int
) -> None:
    promised = due_at(start, hours, calendar)

    assert is_open(promised - MINUTE, calendar) or is_open(promised - timedelta(microseconds=1), calendar)
    assert due_at(start + later * MINUTE, hours, calendar) >= promised
    assert due_at(start, hours + 1, calendar) > promised
    assert worked_between(start, promised, calendar) == timedelta(hours=hours)
    assert is_working_time(start, calendar) == is_open(start, calendar)


@given(calendar=calendars(), end=starts, later=st.integers(1, 3000), hours=st.integers(0, 40))
def test_what_is_due_later_than_a_moment_began_later_than_the_hours_before_it(
    calendar: WorkingCalendar, end: datetime, later: int, hours: int
) -> None:
    begun = begun_at(end, hours, calendar)

    assert worked_between(begun, end, calendar) == timedelta(hours=hours)
    assert hours == 0 or due_at(begun, hours, calendar) <= end
    assert hours == 0 or due_at(begun + later * MINUTE, hours, calendar) > end


@pytest.mark.parametrize(
    ("start", "hours", "promised"),
    [
        # Friday 16:30 in Berlin, before the clock goes forward and back again: the wall counts, not the offset.
        ("2026-03-27T16:30+01:00", 2, "2026-03-30T09:30+02:00"),
        ("2026-10-23T16:30+02:00", 2, "2026-10-26T09:30+01:00"),
        ("2026-11-23T08:30+01:00", 9, "2026-11-23T17:30+01:00"),
        ("2026-11-23T17:30+01:00", 1, "2026-11-24T09:30+01:00"),
        ("2026-11-28T12:00+01:00", 1, "2026-11-30T09:30+01:00"),
    ],
)
def test_promises_around_weekends_and_changes_of_the_clock(start: str, hours: int, promised: str) -> None:
    begin = datetime.fromisoformat(start).astimezone(UTC)

    assert due_at(begin, hours, calendar(BERLIN, *USUAL)) == datetime.fromisoformat(promised)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 4), (date(2026, 10, 25), 6)])
def test_a_night_shift_gains_and_loses_the_hour_that_the_clock_does(day: date, hours: int) -> None:
    nights = calendar(BERLIN, *[(time(0), time(5))] * 7)
    midnight = datetime.combine(day, time(0), BERLIN).astimezone(UTC)

    assert worked_between(midnight, midnight + timedelta(hours=12), nights) == timedelta(hours=hours)


def test_a_team_far_away_works_on_its_own_clock() -> None:
    in_shanghai_they_sleep = datetime(2026, 11, 23, 20, tzinfo=UTC)  # 17:00 in Sao Paulo

    promised = due_at(in_shanghai_they_sleep, 1, calendar(SAO_PAULO, *USUAL))

    assert promised == datetime(2026, 11, 24, 9, 0, tzinfo=SAO_PAULO)


def test_nothing_is_worked_where_the_end_comes_first() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)

    assert worked_between(noon, noon - timedelta(days=3), calendar(BERLIN, *USUAL)) == timedelta()
