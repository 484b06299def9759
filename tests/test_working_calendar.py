"""The working calendar of China day by day, what other countries keep, and what the operator says on top of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from liju_contact.config import Settings
from liju_contact.config_calendar import USUAL
from liju_contact.domain.calendar import WorkingHours, due_at
from liju_contact.usecases.check_calendars import check_calendars
from liju_contact.working_calendar import calendar_of, knows_country

SHANGHAI = ZoneInfo("Asia/Shanghai")
# General Office of the State Council, notice on the arrangement of the holidays of 2026, published in November 2025.
OFF_2026 = (
    ("2026-01-01", "2026-01-03"),  # New Year
    ("2026-02-15", "2026-02-23"),  # Spring Festival
    ("2026-04-04", "2026-04-06"),  # Tomb-Sweeping Day
    ("2026-05-01", "2026-05-05"),  # Labour Day
    ("2026-06-19", "2026-06-21"),  # Dragon Boat Festival
    ("2026-09-25", "2026-09-27"),  # Mid-Autumn Festival
    ("2026-10-01", "2026-10-07"),  # National Day
)
MAKE_UP_2026 = {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}
# The notices for 2025 and, of 2022 and 2023, what they say of the days around the New Year.
OFF_2025 = (
    ("2025-01-01", "2025-01-01"),  # New Year
    ("2025-01-28", "2025-02-04"),  # Spring Festival
    ("2025-04-04", "2025-04-06"),  # Tomb-Sweeping Day
    ("2025-05-01", "2025-05-05"),  # Labour Day
    ("2025-05-31", "2025-06-02"),  # Dragon Boat Festival
    ("2025-10-01", "2025-10-08"),  # National Day and Mid-Autumn Festival
)
MAKE_UP_2025 = {"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"}
# The regulation on statutory holidays as amended with effect from 2025: 13 days, and a weekday for each that falls on a
# weekend. Which days are shifted around them is announced in November 2026.
OFF_2027 = {
    *("2027-01-01", "2027-02-05", "2027-02-08", "2027-02-09", "2027-02-10", "2027-04-05"),
    *("2027-05-03", "2027-05-04", "2027-06-09", "2027-09-15", "2027-10-01", "2027-10-04", "2027-10-05"),
}
SIX_DAYS = replace(USUAL, week=(*[(time(8, 30), time(17, 30))] * 6, None))
ANNOUNCED = {date(2027, 2, 11), date(2027, 2, 12)}


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=number) for number in range(365)]


def test_every_day_of_2026_in_china_is_as_the_state_council_announced() -> None:
    calendar = calendar_of(USUAL)

    worked = {day for day in days_of(2026) if calendar.opening(day)}

    off = {day for day in days_of(2026) if any(first <= day.isoformat() <= last for first, last in OFF_2026)}
    make_up = {date.fromisoformat(day) for day in MAKE_UP_2026}
    assert worked == {day for day in days_of(2026) if day.weekday() < 5 and day not in off} | make_up
    assert len(worked) == 248


@pytest.mark.parametrize(("year", "off", "make_up"), [(2025, OFF_2025, MAKE_UP_2025), (2026, OFF_2026, MAKE_UP_2026)])
def test_a_team_of_six_days_is_off_on_every_day_of_a_break(
    year: int, off: tuple[tuple[str, str], ...], make_up: set[str]
) -> None:
    calendar = calendar_of(SIX_DAYS)

    worked = {day.isoformat() for day in days_of(year) if calendar.opening(day)}

    days_off = {day.isoformat() for day in days_of(year) if any(a <= day.isoformat() <= b for a, b in off)}
    assert worked == {day.isoformat() for day in days_of(year) if day.weekday() < 6} - days_off | make_up


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        ("2022-12-31", False),  # the Saturday before New Year, which was a Sunday
        ("2023-01-07", True),
        ("2027-01-02", False),  # its shifted days are not known yet; New Year is a Friday
        ("2027-01-09", True),
    ],
)
def test_a_break_goes_on_over_a_weekend_into_another_year_and_before_its_shifts_are_known(
    day: str,
    is_worked: bool,  # noqa: FBT001  # a column of the table
) -> None:
    assert (calendar_of(SIX_DAYS).opening(date.fromisoformat(day)) is not None) == is_worked


def test_the_operator_may_have_a_saturday_of_a_break_worked() -> None:
    saturday = date(2026, 10, 3)
    calendar = calendar_of(replace(SIX_DAYS, open_days=frozenset({saturday})))

    assert calendar.opening(saturday) == (time(8, 30), time(17, 30))


@pytest.mark.parametrize(
    ("country", "holiday"), [("DE", "2026-04-03"), ("DE", "2026-05-01"), ("US", "2026-06-19"), ("US", "2026-12-25")]
)
def test_a_friday_off_takes_no_saturday_where_no_days_are_shifted(country: str, holiday: str) -> None:
    calendar, friday = calendar_of(replace(SIX_DAYS, holidays=country)), date.fromisoformat(holiday)

    assert [calendar.opening(friday + timedelta(days=number)) is None for number in range(3)] == [True, False, True]


def test_every_weekday_off_in_2027_is_a_statutory_one_until_the_shifted_days_are_announced() -> None:
    calendar = calendar_of(USUAL)

    off = {day.isoformat() for day in days_of(2027) if day.weekday() < 5 and not calendar.opening(day)}

    assert off == OFF_2027
    assert not [day for day in days_of(2027) if day.weekday() >= 5 and calendar.opening(day)]


def test_what_the_operator_says_comes_before_what_is_known_of_the_country() -> None:
    worked = date(2027, 2, 20)  # a Saturday
    calendar = calendar_of(replace(USUAL, closed_days=frozenset(ANNOUNCED), open_days=frozenset({worked})))

    assert [calendar.opening(day) for day in sorted(ANNOUNCED)] == [None, None]
    assert calendar.opening(worked) == (time(8, 30), time(17, 30))


def test_spring_festival_takes_no_hours_and_its_make_up_saturday_gives_a_day() -> None:
    friday = datetime(2026, 2, 13, 16, 30, tzinfo=SHANGHAI)

    promised = due_at(friday.astimezone(UTC), 16, calendar_of(USUAL))

    # One hour on Friday, nine on the Saturday that is worked, six on the Tuesday after nine days off.
    assert promised.astimezone(SHANGHAI) == datetime(2026, 2, 24, 14, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("holidays", "day", "is_worked"),
    [("", "2026-10-01", True), ("DE", "2026-10-01", True), ("DE", "2026-05-01", False), ("BR", "2026-09-07", False)],
)
def test_a_team_keeps_the_holidays_of_its_own_country(holidays: str, day: str, is_worked: bool) -> None:  # noqa: FBT001  # a column of the table
    calendar = calendar_of(replace(USUAL, holidays=holidays))

    assert (calendar.opening(date.fromisoformat(day)) is not None) == is_worked


def test_only_codes_of_countries_are_known() -> None:
    assert [knows_country(code) for code in ("CN", "DE", "XX", "china", "")] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("now", "change", "ids"),
    [
        ("2026-10-31", {}, []),
        ("2026-11-02", {}, ["calendar.make_up_days"]),
        ("2027-03-01", {}, ["calendar.make_up_days"]),
        ("2026-11-02", {"open_days": frozenset({date(2027, 2, 20)})}, []),
        ("2026-11-02", {"holidays": ""}, []),
        ("2026-11-02", {"holidays": "DE"}, []),
    ],
)
def test_make_up_days_that_are_not_known_yet_are_asked_for(
    settings: Settings, now: str, change: dict[str, object], ids: list[str]
) -> None:
    hours: WorkingHours = replace(settings.company.working_hours, **change)  # type: ignore[arg-type]  # its own fields
    teams = tuple(replace(team, working_hours=None) for team in settings.catalogue.teams)
    told = check_calendars(
        replace(
            settings,
            company=replace(settings.company, working_hours=hours),
            catalogue=replace(settings.catalogue, teams=teams),
        ),
        datetime.fromisoformat(f"{now}T00:00:00+00:00"),
    )

    assert [fault.id for fault in told] == ids
    assert all("2027 in CN" in fault.text for fault in told)
