"""The filter for strings from outside takes away what cannot be stored, and nothing else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.text import clean_line, clean_text, is_blank
from tests.corpora import cases, hostile_values

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\0b", "ab"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\r\0\nb", "a\nb"),
        ("lone \ud83d high", "lone \ufffd high"),
        ("lone \ude00 low", "lone \ufffd low"),
        ("ends in \ud83d", "ends in \ufffd"),
        ("a pair: \ud83d\ude00", "a pair: \U0001f600"),
        ("👩‍👩‍👧 🇨🇳 ️‍ \u202eabc\u202c\u2066x\u2069", "👩‍👩‍👧 🇨🇳 ️‍ \u202eabc\u202c\u2066x\u2069"),
        ("\ufeff  spaces stay \t\v\f\x1b\x85\u2028 ", "\ufeff  spaces stay \t\v\f\x1b\x85\u2028 "),
        ("e\u0301 is not composed", "e\u0301 is not composed"),
    ],
)
def test_clean_text_takes_only_what_cannot_be_stored(value: str, expected: str) -> None:
    assert clean_text(value) == expected


@given(ANY_TEXT)
def test_clean_text_is_storable_and_settled(value: str) -> None:
    cleaned = clean_text(value)

    cleaned.encode()
    assert "\0" not in cleaned
    assert "\r" not in cleaned
    assert clean_text(cleaned) == cleaned


@given(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])))
def test_clean_text_without_anything_wrong_is_the_same(value: str) -> None:
    assert clean_text(value) == value


def test_people_as_they_are_stay_exactly_as_they_are() -> None:
    for case in cases("i18n_names"):
        assert clean_line(case["name"]) == case["name"]
        assert clean_line(case["company"]) == case["company"]
        assert clean_text(case["address"]) == case["address"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  padded \t", "padded"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\v\f\x1c\x1d\x1e\x85\u2028\u2029b", "a b"),
        ("tab\there", "tab here"),
        ("bell\x07 and escape\x1b[0m and c1\x9f.", "bell  and escape [0m and c1 ."),
        ("two  spaces stay", "two  spaces stay"),
        ("n\0ul", "nul"),
    ],
)
def test_clean_line_folds_breaks_and_controls_to_one_space(value: str, expected: str) -> None:
    assert clean_line(value) == expected


@given(ANY_TEXT)
def test_clean_line_is_one_line_and_settled(value: str) -> None:
    line = clean_line(value)

    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert clean_line(line) == line


def test_hostile_values_become_one_storable_line() -> None:
    for value in hostile_values():
        clean_line(value).encode()
        assert len(clean_line(value).splitlines()) <= 1


@pytest.mark.parametrize(
    "value",
    ["", "  \n\t", "\u200b", "\u200d\u2060\ufeff", "\u3164", "\u115f\u1160", "\u2800", "\u3000\u00a0", "\u202e", "\0"],
)
def test_is_blank_when_nothing_shows(value: str) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", ["a", "\u200ba", ".", "。", "❤️", "\u0600", "0", "\u200f\u05d0", "\ufffd"])
def test_is_not_blank_when_something_shows(value: str) -> None:
    assert not is_blank(value)


@pytest.mark.parametrize("piece", ["\r", "\u200b", "\ud83d", " \n"])
def test_text_functions_take_as_long_as_a_text_is_long(piece: str) -> None:
    quickest = [min(_seconds(f"{piece * count}x") for _ in range(5)) for count in (25_000, 200_000)]

    assert quickest[1] < 3 * 8 * quickest[0]  # what is quadratic takes 64 times as long


def _seconds(value: str) -> float:
    started = time.process_time()
    clean_text(value)
    clean_line(value)
    is_blank(value)
    return time.process_time() - started
