"""Which step of reminding is true at a moment, on both sides of it, and when the clock is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from liju_contact.domain.calendar import WorkingCalendar, WorkingHours
from liju_contact.domain.reminder import ReminderPlan, due_steps

BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = WorkingCalendar(hours=WorkingHours(zone=BERLIN, week=(*[(time(8, 30), time(17, 30))] * 5, None, None)))
PLAN = ReminderPlan(before_hours=2, overdue=True, escalate_hours=8)
RECEIVED = "2026-10-20T09:00+02:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def steps(promised: str, now: str, *, plan: ReminderPlan = PLAN, received: str = RECEIVED) -> list[str]:
    found = due_steps(plan, CALENDAR, made_at=at(received), promised_at=at(promised), now=at(now))
    return [step.value for step in found]


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2026-10-23T16:59+02:00", []),
        ("2026-10-23T17:00+02:00", ["before"]),  # half an hour on Friday, one and a half on Monday
        ("2026-10-24T12:00+02:00", []),  # nobody works
        ("2026-10-26T08:29+01:00", []),
        ("2026-10-26T08:30+01:00", ["before"]),
        ("2026-10-26T10:00+01:00", ["overdue"]),
        ("2026-10-26T17:30+01:00", []),
        ("2026-10-27T08:59+01:00", ["overdue"]),
        ("2026-10-27T09:00+01:00", ["overdue", "escalated"]),
        ("2026-10-27T03:00+01:00", []),  # a clock that was put back, or a worker started in the night
        ("2027-10-27T12:00+01:00", ["overdue", "escalated"]),  # a clock that jumped ahead
    ],
)
def test_steps_follow_the_working_hours_over_a_weekend_in_which_the_clock_changes(now: str, told: list[str]) -> None:
    assert steps("2026-10-26T10:00+01:00", now) == told


def test_a_promise_that_ends_with_the_day_is_told_on_that_day() -> None:
    promised = "2026-10-23T17:30+02:00"

    assert [steps(promised, f"2026-10-23T{now}+02:00") for now in ("17:30", "17:44", "17:45")] == [
        ["overdue"],
        ["overdue"],
        [],
    ]


def test_a_short_promise_is_not_reminded_of_before() -> None:
    received, promised, now = "2026-10-23T10:00+02:00", "2026-10-23T12:00+02:00", "2026-10-23T11:00+02:00"

    assert steps(promised, now, received=received) == []
    assert steps(promised, now, received="2026-10-23T09:59+02:00") == ["before"]


def test_a_step_that_is_left_out_is_never_true() -> None:
    plan = ReminderPlan(before_hours=0, overdue=False, escalate_hours=0)

    assert plan.last_step is None
    for now in ("2026-10-26T09:30+01:00", "2026-10-26T10:00+01:00", "2026-10-28T10:00+01:00"):
        assert steps("2026-10-26T10:00+01:00", now, plan=plan) == []
