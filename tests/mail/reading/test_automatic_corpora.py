"""Automatic mail and bounces on mail that nobody here wrote. Run with ``pytest -s`` to see the figures."""

from __future__ import annotations

import time
from typing import Any

import pytest

from liju_contact.mail.reading.automatic import automatic_rule
from liju_contact.mail.reading.bounce import find_bounce
from liju_contact.mail.reading.complaint import find_complaint
from liju_contact.mail.reading.part import Part, cut
from tests.corpora import cases, content

LEAST_BOUNCES = 0.97
MOST_HAM = 0.003
MOST_SECONDS_PER_MAIL = 0.005  # a hundred times what it takes: a slow machine is no fault, a slow rule is


def test_bounces_are_recognised_with_exactly_the_right_addresses() -> None:
    judged = [case for case in cases("bounce_flufl") if "failed" in case["expected"]]

    wrong = [case["id"] for case in judged if not _is_read_right(case)]

    print(f"\nbounces: {len(judged) - len(wrong)} of {len(judged)} right; wrong: {wrong}")  # noqa: T201  # the figures
    assert len(judged) >= 69
    assert len(wrong) <= len(judged) * (1 - LEAST_BOUNCES)


def test_ham_is_seldom_taken_for_automatic_mail() -> None:
    ham = [case for case in cases("spamassassin") if case["expected"]["label"] == "ham"]

    rules = {case["id"]: automatic_rule(cut(content("spamassassin", case))) for case in ham}

    taken = {name: rule for name, rule in rules.items() if rule}
    print(f"\nham: {len(taken)} of {len(ham)} taken for automatic: {taken}")  # noqa: T201  # the figures
    assert len(ham) >= 2000
    assert len(taken) <= len(ham) * MOST_HAM


@pytest.mark.parametrize("corpus", ["mail_mimekit", "mail_roundup"])
def test_automatic_cases_of_other_programs_are_recognised(corpus: str) -> None:
    expected = [case for case in cases(corpus) if case["expected"].get("automatic")]

    missed = [case["id"] for case in expected if not automatic_rule(cut(content(corpus, case)))]

    assert len(expected) >= 2
    assert missed == []


def test_no_mail_is_too_odd_to_judge() -> None:
    odd = [cut(content(corpus, case)) for corpus in ("mail_cpython", "mail_rubymail") for case in cases(corpus)]

    judged = [(automatic_rule(part), find_bounce(part), find_complaint(part)) for part in odd]

    assert len(judged) >= 70


def test_judging_peoples_mail_is_quick() -> None:
    """A third of a percent of the parts is kept out: loading libraries and the rare bounce are not ordinary mail."""
    parts = [cut(content("spamassassin", case)) for case in cases("spamassassin")[:600]]

    seconds = sorted(_seconds(part) for part in parts)

    ordinary = sum(seconds[:-2]) / len(seconds)
    print(f"\njudging: {ordinary * 1e6:.0f} microseconds a mail")  # noqa: T201  # the figures
    assert ordinary < MOST_SECONDS_PER_MAIL


def _is_read_right(case: dict[str, Any]) -> bool:
    part = cut(content("bounce_flufl", case))
    bounce, expected = find_bounce(part), case["expected"]
    if not automatic_rule(part) or bounce is None:
        return False
    failed, temporary = set(bounce.failed), set(bounce.temporary)
    return failed == set(expected["failed"]) and temporary == set(expected["temporary"])


def _seconds(part: Part) -> float:
    started = time.perf_counter()
    automatic_rule(part)
    find_bounce(part)
    return time.perf_counter() - started
