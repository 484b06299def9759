"""When a letter goes again, for any history of attempts: within bounds, and not for longer than five days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.delivery import DeliveryState, Outcome, retry_delay, settlement
from tests.usecases.stories import DEFERRED, DELIVERED, REFUSED, UNKNOWN, UNSENDABLE

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FIVE_DAYS = timedelta(days=5)
JITTER = st.floats(0, 1, exclude_max=True)
ATTEMPTS = st.integers(1, 100_000)


@given(ATTEMPTS, JITTER)
def test_a_pause_is_between_a_minute_and_4000_seconds(attempt_count: int, jitter: float) -> None:
    assert 60 <= retry_delay(attempt_count, jitter).total_seconds() <= 4000


@given(ATTEMPTS, JITTER)
def test_a_pause_never_gets_shorter_with_more_attempts(attempt_count: int, jitter: float) -> None:
    assert retry_delay(attempt_count, jitter) <= retry_delay(attempt_count + 1, jitter)


@given(ATTEMPTS, JITTER, JITTER)
def test_jitter_takes_away_half_at_most(attempt_count: int, one: float, other: float) -> None:
    assert retry_delay(attempt_count, one) * 2.000001 > retry_delay(attempt_count, other)


def test_pauses_double_up_to_the_longest() -> None:
    pauses = [retry_delay(attempt_count, 0).total_seconds() for attempt_count in range(1, 9)]

    assert pauses == [120, 240, 480, 960, 1920, 3840, 4000, 4000]


@given(ATTEMPTS, JITTER, st.timedeltas(timedelta(), timedelta(days=9)), st.sampled_from([DEFERRED, UNKNOWN]))
def test_a_letter_goes_again_within_five_days_or_is_given_up(
    attempt_count: int, jitter: float, age: timedelta, outcome: Outcome
) -> None:
    now = START + age

    decided = settlement(outcome, attempt_count=attempt_count, queued_at=START, now=now, jitter=jitter)

    again_at = now + retry_delay(attempt_count, jitter)
    if again_at <= START + FIVE_DAYS:
        assert (decided.state, decided.next_attempt_at) == (DeliveryState.QUEUED, again_at)
    else:
        assert (decided.state, decided.next_attempt_at) == (DeliveryState.GIVEN_UP, None)


@given(ATTEMPTS, JITTER, st.sampled_from([DELIVERED, REFUSED, UNSENDABLE]))
def test_what_is_decided_stays_decided_whenever_it_came(attempt_count: int, jitter: float, outcome: Outcome) -> None:
    states = {
        id(DELIVERED): DeliveryState.DELIVERED,
        id(REFUSED): DeliveryState.REFUSED,
        id(UNSENDABLE): DeliveryState.PARKED,
    }

    decided = settlement(outcome, attempt_count=attempt_count, queued_at=START, now=START, jitter=jitter)

    assert (decided.state, decided.next_attempt_at) == (states[id(outcome)], None)
