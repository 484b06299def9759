"""What first answers really take: the median in working hours, from enough inquiries, slow ones not left out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from liju_contact.usecases.deps import Deps
from liju_contact.usecases.honest_promise import FEWEST, count_answer_times
from tests.conftest import ONE_DATABASE, Clock
from tests.usecases.stories import rows, status_of, submit

ANSWER = text("UPDATE inquiry SET state = 'answered', first_answered_at = :at WHERE id <= :to AND id > :after")


def answered(deps: Deps, clock: Clock, count: int, *, hours: float, after: int = 0) -> None:
    """Have the next ``count`` inquiries answered so many hours after they came, at 10:00 on a Monday."""
    for number in range(after, after + count):
        submit(deps, nonce=f"n-{number}")
    at = (
        (clock.at + timedelta(hours=hours)).replace(tzinfo=None)
        if is_sqlite(deps)
        else clock.at + timedelta(hours=hours)
    )
    with deps.db.begin() as tx:
        tx.execute(ANSWER, {"at": str(at), "to": after + count, "after": after})


def is_sqlite(deps: Deps) -> bool:
    return deps.db.url.startswith("sqlite")


def shown(deps: Deps) -> int | None:
    """Return what somebody reads who asks now."""
    count_answer_times(deps, now=deps.now())
    return status_of(deps, submit(deps, nonce=f"asking {deps.now()}")).usual_answer_hours


def test_the_median_counts_working_hours_and_is_rounded_up(deps: Deps, clock: Clock) -> None:
    answered(deps, clock, 9, hours=1)
    answered(deps, clock, 11, hours=24.2, after=9)  # nine hours and twelve minutes are worked until then
    clock.move(days=1, hours=1)

    assert shown(deps) == 10
    steam = next(row for row in rows(deps.db, "answer_time") if row["product"] == "steam")
    assert (steam["median_minutes"], steam["inquiry_count"]) == (9 * 60 + 12, 20)


@ONE_DATABASE
def test_from_too_few_nothing_is_said(deps: Deps, clock: Clock) -> None:
    answered(deps, clock, FEWEST - 1, hours=1)

    assert shown(deps) is None


@ONE_DATABASE
@pytest.mark.parametrize(("waiting", "hours"), [(19, 1), (22, None)])
def test_who_waits_beyond_the_promise_counts_as_slower_than_anybody(
    deps: Deps, clock: Clock, waiting: int, hours: int | None
) -> None:
    answered(deps, clock, 20, hours=1)
    for number in range(waiting):
        submit(deps, nonce=f"w-{number}")
    clock.move(days=7)

    assert shown(deps) == hours


@ONE_DATABASE
def test_nothing_is_said_after_our_first_answer(deps: Deps, clock: Clock) -> None:
    answered(deps, clock, 20, hours=1)
    count_answer_times(deps, now=clock.at)
    submitted = submit(deps)  # the first of them, sent again

    assert status_of(deps, submitted).usual_answer_hours is None
