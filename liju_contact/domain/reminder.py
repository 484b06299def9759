"""When staff are reminded of a promise: some working hours before it, when it has passed, and some hours after that.

Decided from the promise, the team's calendar and what time it is, and from nothing that happened before: a worker that
was away, or a clock that was wrong, changes what is true now and not what was told already. What was told is a row that
can be written once (``store.reminders``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from liju_contact.domain.calendar import WorkingCalendar, due_at, is_working_time

# A promise may end with the working day; who looks once a minute still has it on that day.
_MOMENT = timedelta(minutes=15)


class ReminderStep(StrEnum):
    BEFORE = "before"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    OWN_DATE = "own_date"  # the date that staff set for themselves has come


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderPlan:
    """Which steps there are: working hours before the promise and after it, 0 for a step that is left out."""

    before_hours: int
    overdue: bool
    escalate_hours: int

    @property
    def last_step(self) -> ReminderStep | None:
        """Return the step after which nothing more is told of a promise."""
        if self.escalate_hours:
            return ReminderStep.ESCALATED
        if self.overdue:
            return ReminderStep.OVERDUE
        return ReminderStep.BEFORE if self.before_hours else None


def due_steps(
    plan: ReminderPlan, calendar: WorkingCalendar, *, made_at: datetime, promised_at: datetime, now: datetime
) -> list[ReminderStep]:
    """Return the steps that are true now, told or not; nothing is true outside working time but what just became so.

    A promise, made at ``made_at``, that was shorter than the step before it is not reminded of before: what the
    customer wants has just come.
    """
    is_open = is_working_time(now, calendar)
    steps = []
    if plan.before_hours and is_open and now < promised_at:
        is_near = promised_at <= due_at(now, plan.before_hours, calendar)
        was_far = due_at(made_at, plan.before_hours, calendar) < promised_at
        steps += [ReminderStep.BEFORE] * (is_near and was_far)
    if plan.overdue and promised_at <= now and (is_open or now - promised_at < _MOMENT):
        steps.append(ReminderStep.OVERDUE)
    if plan.escalate_hours and is_open and due_at(promised_at, plan.escalate_hours, calendar) <= now:
        steps.append(ReminderStep.ESCALATED)
    return steps
