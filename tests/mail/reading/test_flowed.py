"""Lines of format=flowed become paragraphs again, whatever the sender quoted or signed."""

from __future__ import annotations

import time

import pytest

from liju_contact.mail.reading.flowed import unflow


@pytest.mark.parametrize(
    ("flowed", "expected"),
    [
        ("", ""),
        ("one\n", "one\n"),
        ("a line \nof text\n", "a line of text\n"),
        ("a line \r\nof text\r\n", "a line of text\n"),
        ("hard\nbreak", "hard\nbreak"),
        ("one paragraph \nends\n\nanother \nends", "one paragraph ends\n\nanother ends"),
        ("  stuffed", " stuffed"),
        (" From here", "From here"),
        (" >not a quote", ">not a quote"),
        ("> quoted \n> text\nanswer", "> quoted text\nanswer"),
        (">> deep \n>> quote\n> less", ">> deep quote\n> less"),
        ("> quoted \nanswer", "> quoted\nanswer"),
        (">\n>  stuffed", ">\n>  stuffed"),
        ("text \n-- \nAna \nSales", "text\n-- \nAna Sales"),
        ("> text \n> -- \n> Ana", "> text\n> -- \n> Ana"),
        ("-- ", "-- "),
        ("ends softly ", "ends softly"),
        ("ends softly \n", "ends softly\n"),
        ("a soft end \n\nbefore an empty line", "a soft end\n\nbefore an empty line"),
        ("a \n \nb", "a\n\nb"),
    ],
)
def test_flowed_text_comes_out_in_paragraphs(flowed: str, expected: str) -> None:
    assert unflow(flowed, delsp=False) == expected


def test_delsp_joins_chinese_without_a_space() -> None:
    assert unflow("两台锅 \n炉，燃 \n气", delsp=True) == "两台锅炉，燃气"  # Chinese


def test_delsp_keeps_the_space_that_was_doubled() -> None:
    assert unflow("two  \nboilers \nhere", delsp=True) == "two boilershere"


def test_delsp_leaves_the_signature_alone() -> None:
    assert unflow("text\n-- \nAna", delsp=True) == "text\n-- \nAna"


@pytest.mark.parametrize("line", ["a \n", "> a \n", ">" * 1000 + " a \n", " \n", "-- \n", ">\n"])
def test_a_megabyte_takes_linear_time(line: str) -> None:
    text = line * (1_000_000 // len(line))
    start = time.process_time()
    unflow(text, delsp=False)
    assert time.process_time() - start < 10  # the square of its size would take hours
