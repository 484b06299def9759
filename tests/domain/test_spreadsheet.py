"""Cells of a CSV file: nothing from outside runs in a spreadsheet program."""

from __future__ import annotations

from time import process_time

import pytest

from liju_contact.domain.spreadsheet import safe_cell, safe_number_text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\rx",
        "\nx",
        "\tx",
        "  =1",
        "\u3000=1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "'=1",
        '"=1',
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20SUM",
    ],
)
def test_a_formula_gets_an_apostrophe_in_front(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_a_formula_behind_another_separator_gets_one_too() -> None:
    assert safe_cell('a;=cmd|"/c calc"!A1') == 'a;\'=cmd|"/c calc"!A1'
    assert safe_cell("a\t @x\n-y") == "a\t' @x\n'-y"
    assert safe_cell("a\t\t=1;\u200b=2") == "a\t\t'=1;'\u200b=2"
    assert safe_cell("\t=1") == "'\t'=1"


@pytest.mark.parametrize("text", ["", "LIJU", "热水 = 锅炉", "a-b@c.example", "10 t/h; 8 bar", "1 + 1", "line\nline"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


def test_a_long_cell_is_looked_through_in_a_time_that_fits_its_length() -> None:
    began = process_time()

    for piece in ("\u3000", ";\u3000", ";", "\t ", "=", ";=", "'", '"\u2028'):
        safe_cell(piece * 100_000)

    assert process_time() - began < 5.0


def test_a_phone_number_stays_a_text() -> None:
    assert safe_number_text("0086 571 8888") == "'0086 571 8888"
    assert safe_number_text("+86 571") == "'+86 571"
    assert safe_number_text("WhatsApp 571") == "WhatsApp 571"
    assert safe_number_text("") == ""
