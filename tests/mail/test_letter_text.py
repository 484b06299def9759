"""How the words of others are cut for a letter."""

from __future__ import annotations

import pytest

from liju_contact.domain.letter import KEY_PLACE
from liju_contact.mail.letter_text import (
    SUBJECT_LENGTH,
    WHO_LENGTH,
    excerpt,
    name_in_subject,
    preview,
    typed_lines,
    with_key_places,
    without_reply_marks,
)

KEY = "lj7k3f9q2x.a1z.0123456789abcdef0123456789"


def test_excerpt_of_a_short_text_is_the_text() -> None:
    assert excerpt("\none\n\n  two\n") == ["one", "", "  two"]
    assert excerpt("") == []


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\u2028"])
def test_excerpt_of_many_lines_ends_in_an_ellipsis(line_break: str) -> None:
    body = line_break.join(f"line {number}" for number in range(11))

    assert excerpt(body) == [*(f"line {number}" for number in range(9)), "line 9…"]
    assert excerpt(body, lines=11)[-1] == "line 10"


def test_excerpt_of_a_long_line_ends_in_an_ellipsis() -> None:
    assert excerpt("x" * 601) == ["x" * 600 + "…"]
    assert excerpt("x" * 600) == ["x" * 600]


@pytest.mark.parametrize("show", [excerpt, typed_lines, lambda body: [preview(body)]])
@pytest.mark.parametrize("key", [KEY, KEY.upper()])
def test_key_of_somebody_else_is_not_passed_on(key: str, show: type) -> None:
    shown = "\n".join(show(f"> LJ-7K3F-9Q2X · {key}\nmy answer"))

    assert "0123456789abcdef" not in shown.lower()
    assert "my answer" in shown


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("boilers", "boilers"),
        ("Re: boilers", "boilers"),
        ("RE: Re[2]: AW: boilers", "boilers"),
        ("回复\uff1a答复: Re\uff1a锅炉", "锅炉"),
        ("Re : boilers", "boilers"),
        ("Reference: boilers", "Reference: boilers"),
        ("Fwd: Re: boilers", "Fwd: Re: boilers"),
        ("Re:", ""),
        ("Re: one\r\nBcc: two", "one Bcc: two"),
    ],
)
def test_subject_loses_the_marks_of_a_reply(subject: str, expected: str) -> None:
    assert without_reply_marks(subject) == expected


def test_subject_of_any_length_is_cut() -> None:
    assert len(without_reply_marks("x" * 10_000)) == SUBJECT_LENGTH
    assert without_reply_marks("Re: " * 10_000) == ""


def test_name_in_a_subject_is_short_and_in_order() -> None:
    assert name_in_subject("\u202eLi\r\nWei\u2069") == "Li Wei"
    assert len(name_in_subject("x" * 100)) == WHO_LENGTH


@pytest.mark.parametrize(("count", "expected"), [(0, "a … b … c"), (1, f"a … b {KEY_PLACE} c")])
def test_key_has_its_place_at_the_end_alone(count: int, expected: str) -> None:
    assert with_key_places(f"a {KEY_PLACE} b {KEY_PLACE} c", count) == expected
