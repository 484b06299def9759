"""Months summed up: added, bounded, their median; and what tells one product line from the others."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.insight import (
    MonthFacts,
    added,
    bounds_of,
    month_before,
    months_between,
    most,
    read_month,
    step_of,
    telling_words,
)
from liju_contact.domain.telling_words import telling_words_of


@given(st.lists(st.floats(1, 200_000), min_size=1, max_size=60))
def test_the_median_is_right_within_five_per_cent(minutes: list[float]) -> None:
    times: dict[int, int] = {}
    for took in minutes:
        times[step_of(took)] = times.get(step_of(took), 0) + 1

    median = MonthFacts(answer_times=times).median_hours

    assert median is not None
    assert median == pytest.approx(statistics.median(minutes) / 60, rel=0.05)


def test_the_median_of_two_lies_between_them() -> None:
    median = MonthFacts(answer_times={step_of(60): 1, step_of(6000): 1}).median_hours

    assert median == pytest.approx(50.5, rel=0.05)


def test_there_is_no_median_of_nothing() -> None:
    facts = MonthFacts()

    assert (facts.median_hours, facts.in_time_share, facts.mean_stars) == (None, None, None)


def test_a_promise_that_ran_out_without_an_answer_was_not_kept() -> None:
    assert MonthFacts(received_count=9, answered_count=3, in_time_count=2, late_open_count=1).in_time_share == 0.5


def test_months_are_added_value_by_value() -> None:
    first = MonthFacts(received_count=2, topics={"fault": 2}, stars={5: 1}, answer_times={7: 1})
    second = MonthFacts(received_count=3, topics={"fault": 1, "other": 2}, stars={5: 1, 1: 1}, answer_times={8: 2})

    total = added([first, second])

    assert total == MonthFacts(
        received_count=5, topics={"fault": 3, "other": 2}, stars={5: 2, 1: 1}, answer_times={7: 1, 8: 2}
    )
    assert total.mean_stars == pytest.approx(11 / 3)


def test_sums_survive_being_stored() -> None:
    facts = MonthFacts(received_count=2, answered_count=1, answer_times={12: 1}, stars={4: 1}, words={"流量": 1})

    assert MonthFacts.from_json(facts.to_json()) == facts


@pytest.mark.parametrize("typed", ["", "2026", "2026-13", "1999-01", "2026-1", "2026-01-01", "２０２６-01"])  # noqa: RUF001  # what people type
def test_what_is_no_month_is_none(typed: str) -> None:
    assert read_month(typed) is None


def test_months_are_counted_over_the_year() -> None:
    assert months_between("2025-11", "2026-02") == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert months_between("2026-02", "2026-01") == ()
    assert len(months_between("2001-01", "2026-01")) == 36
    assert month_before("2026-01") == "2025-12"


def test_a_month_begins_on_the_companys_clock() -> None:
    begin, end = bounds_of("2026-11", ZoneInfo("Asia/Shanghai"))

    assert begin == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert end == datetime(2026, 11, 30, 16, tzinfo=UTC)


def test_equal_counts_stand_by_name() -> None:
    assert most({"b": 1, "a": 1, "c": 2}, 2) == [("c", 2), ("a", 1)]


def test_words_that_all_customers_use_tell_nothing() -> None:
    everywhere = {"steam": 90, "leak": 12, "price": 500}

    words = telling_words({"leak": 10, "price": 50, "rare": 2}, 100, everywhere, 1000, limit=5)

    assert words == [("leak", 10)]


def test_the_words_of_a_text_are_those_with_a_meaning() -> None:
    words = telling_words_of("Please quote: the Pressure gauge leaks! 压力表漏水，请尽快报价 20 bar")

    assert {"pressure", "gauge", "leaks", "压力", "力表", "漏水", "报价"} <= words
    assert not {"please", "the", "bar", "20", "请尽"} & words
