"""Codes of the second factor, against the vectors of RFC 6238 appendix B."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from liju_contact.domain.totp import code_at, enrolment_address, matching_step, secret_text, time_step

SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 23, 2, 0, 7, tzinfo=UTC)
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_code_is_that_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // 30, digits=8) == code


@pytest.mark.parametrize(("late", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clock_that_goes_wrong_by_one_step_does(late: int, *, is_taken: bool) -> None:
    code = code_at(SECRET, time_step(NOW) + late)

    assert (matching_step(SECRET, code, used=0, now=NOW) is not None) is is_taken


def test_step_is_used_once_and_none_before_it_any_more() -> None:
    current = time_step(NOW)
    code, before = code_at(SECRET, current), code_at(SECRET, current - 1)

    assert matching_step(SECRET, code, used=0, now=NOW) == current
    assert matching_step(SECRET, code, used=current, now=NOW) is None
    assert matching_step(SECRET, before, used=current, now=NOW) is None
    later = NOW + timedelta(seconds=30)
    assert matching_step(SECRET, code_at(SECRET, current + 1), used=current, now=later) == current + 1


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "0" * 1000, "１２３４５６"])  # noqa: RUF001  # what a Chinese keyboard types
def test_what_is_no_code_is_not_taken(typed: str) -> None:
    assert matching_step(SECRET, typed, used=0, now=NOW) is None


def test_code_may_be_typed_in_two_groups() -> None:
    code = code_at(SECRET, time_step(NOW))

    assert matching_step(SECRET, f" {code[:3]} {code[3:]} ", used=0, now=NOW) == time_step(NOW)


def test_enrolment_address_is_what_programs_read() -> None:
    address = enrolment_address(SECRET, account="li.wei@liju.example", issuer="力聚 & Co")

    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    issuer = "%E5%8A%9B%E8%81%9A%20%26%20Co"
    assert address == f"otpauth://totp/{issuer}%3Ali.wei@liju.example?secret={secret}&issuer={issuer}"
    assert secret_text(SECRET).replace(" ", "") == secret
