"""Quantities: the text stays, the number is read as its writer meant it, and both sides see their own unit."""

import math
import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.doubt import Doubt
from liju_contact.domain.number import find_number, read_number
from liju_contact.domain.quantity import both_ways, format_rounded, read_quantity
from liju_contact.domain.unit import UNITS, Dimension, canonical_unit, convert, find_unit
from tests.corpora import hostile_values


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("10", 10),
        ("1.5", 1.5),
        ("1,5", 1.5),
        ("0,75", 0.75),
        ("0.500", 0.5),
        ("0,500", 0.5),
        (".5", 0.5),
        ("5.", 5),
        ("1 500", 1500),
        ("10 000", 10000),
        ("10\u00a0000", 10000),
        ("10\u202f000,5", 10000.5),
        ("1.500,0", 1500),
        ("1,500.0", 1500),
        ("1'500", 1500),
        ("1\u2019500.25", 1500.25),
        ("1.500.000", 1_500_000),
        ("1,500,000.5", 1_500_000.5),
        ("1,50,000", 150_000),
        ("1500,000", 1500),
        ("１０．５", 10.5),  # noqa: RUF001  # full-width on purpose
        ("١٠", 10),  # noqa: RUF001  # Arabic-Indic digits
        ("١٬٥٠٠٫٥", 1500.5),  # noqa: RUF001  # and separators
        ("१२", 12),
        ("1。5", 1.5),
        ("-5", -5),
        ("\u22125", -5),
        ("+ 5", 5),
        ("~10", 10),
        ("约10", 10),
        ("約 10", 10),
        ("ca. 10", 10),
        ("Approx 10", 10),
        ("<10", 10),
        ("≤ 10", 10),
        ("max. 10", 10),
        ("10左右", 10),
        ("  10  ", 10),
        ("5e2", 500),
    ],
)
def test_read_number_as_the_world_writes_it(typed: str, value: float) -> None:
    number = find_number(typed)

    assert number is not None
    assert (number.value, number.is_ambiguous, number.rest) == (value, False, "")
    assert read_number(typed) == value


@pytest.mark.parametrize(("typed", "value"), [("1,500", 1500), ("1.500", 1.5), ("12,345", 12345), ("999.999", 999.999)])
def test_read_number_says_when_it_had_to_choose(typed: str, value: float) -> None:
    number = find_number(typed)

    assert number is not None
    assert (number.value, number.is_ambiguous) == (value, True)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "-", ".", ",", "abc", "nan", "inf", "十", "①"),
        *("8-10", "8～10", "8 – 10", "8 to 10", "8..10", "10/12"),  # noqa: RUF001  # tilde and dash as people type them
        *("10²", "1½", "2+1", "0x10", "1e", "e5"),
        *("10 2", "1 50", "1.2.3", "31.12.2026", "1,5,0", "1.5,5"),
        *("10 t/h", "10 or more", "1" * 101),
    ],
)
def test_read_number_of_anything_else_is_none(typed: str) -> None:
    assert read_number(typed) is None


@given(st.floats(-1e9, 1e9).map(lambda number: round(number, 4)))
def test_read_number_reads_what_python_writes(number: float) -> None:
    assert read_number(f"{number:.4f}") == number
    assert read_number(f"{number:,.4f}") == number


@given(st.text() | st.text("0123456789.,' -+e~约"))
def test_read_number_is_finite_or_none(typed: str) -> None:
    number = read_number(typed)

    assert number is None or math.isfinite(number)


@pytest.mark.parametrize(
    ("typed", "unit", "canonical"),
    [
        ("1", "t_h", 700),
        ("2500", "kg_h", 1750),
        ("0.7", "MW", 700),
        ("100", "BHP", 980.95),
        ("600000", "kcal_h", 697.8),
        ("60", "wan_kcal_h", 697.8),
        ("150", "psi", 10.3421359),
        ("1.25", "MPa", 12.5),
        ("8", "kgf_cm2", 7.84532),
        ("500", "kPa", 5),
        ("1.01325", "bar_a", 0),
        ("212", "F", 100),
        ("-40", "F", -40),
        ("1000", "ft", 304.8),
    ],
)
def test_read_quantity_gives_the_canonical_value(typed: str, unit: str, canonical: float) -> None:
    quantity = read_quantity(typed, unit)

    assert (quantity.typed, quantity.unit, quantity.doubts) == (typed, unit, ())
    assert quantity.canonical == pytest.approx(canonical, abs=1e-9)


def test_one_ton_of_steam_is_71_boiler_horse_power() -> None:
    assert convert(1, UNITS["t_h"], UNITS["BHP"]) == pytest.approx(71.36, abs=0.005)


@pytest.mark.parametrize(
    ("typed", "selected", "unit", "canonical"),
    [
        ("10 t/h", "kW", "t_h", 7000),
        ("10t/h", "MW", "t_h", 7000),
        ("10吨", "kW", "t_h", 7000),
        ("10 蒸吨", "kW", "t_h", 7000),
        ("10 TPH", "kW", "t_h", 7000),
        ("10 tons/hr of steam", "kW", "t_h", 7000),
        ("10吨/小时蒸汽", "kW", "t_h", 7000),
        ("约10吨左右", "kW", "t_h", 7000),
        ("500 HP", "t_h", "BHP", 4904.75),
        ("600万大卡", "t_h", "wan_kcal_h", 6978),
        ("2,5 МВт", "t_h", "MW", 2500),
        ("150 psi", "bar", "psi", 10.3421359),
        ("10 bar(g)", "MPa", "bar", 10),
        ("10 Bar G", "MPa", "bar", 10),
        ("1.0Mpa", "bar", "MPa", 10),
        ("8 kg/cm²", "bar", "kgf_cm2", 7.84532),
        ("8公斤", "bar", "kgf_cm2", 7.84532),
        ("500 kg", "t_h", "kg_h", 350),
        ("356°F", "C", "F", 180),
        ("180℃", "F", "C", 180),
        ("180 deg. C", "F", "C", 180),
        ("1500 m.a.s.l.", "ft", "m", 1500),
    ],
)
def test_unit_within_the_text_overrides_the_selected_one(
    typed: str, selected: str, unit: str, canonical: float
) -> None:
    quantity = read_quantity(typed, selected)

    assert (quantity.typed, quantity.unit, quantity.doubts) == (typed, unit, ())
    assert quantity.canonical == pytest.approx(canonical)


@pytest.mark.parametrize(
    ("typed", "unit", "doubt"),
    [
        ("8-10", "bar", Doubt.NOT_A_NUMBER),
        ("8-10 bar", "bar", Doubt.NOT_A_NUMBER),
        ("10² kW", "kW", Doubt.NOT_A_NUMBER),
        ("as high as you can", "bar", Doubt.NOT_A_NUMBER),
        ("10 bar at 180 °C", "bar", Doubt.NOT_A_NUMBER),
        ("180 °C", "bar", Doubt.UNKNOWN_UNIT),
        ("10 furlongs", "kW", Doubt.UNKNOWN_UNIT),
        ("10", "furlong", Doubt.UNKNOWN_UNIT),
    ],
)
def test_read_quantity_keeps_what_it_cannot_read(typed: str, unit: str, doubt: Doubt) -> None:
    quantity = read_quantity(typed, unit)

    assert (quantity.typed, quantity.unit, quantity.canonical, quantity.doubts) == (typed, unit, None, (doubt,))


def test_read_quantity_with_an_ambiguous_number_is_doubtful() -> None:
    quantity = read_quantity("1,500", "kg_h")

    assert (quantity.canonical, quantity.doubts) == (1050, (Doubt.AMBIGUOUS_NUMBER,))


@pytest.mark.parametrize(
    ("typed", "unit", "shown"),
    [
        ("10", "t_h", ("10 t/h", "7000 kW")),
        ("10 t/h", "kW", ("10 t/h", "7000 kW")),
        ("1400", "kW", ("1400 kW", "2 t/h")),
        ("7", "MW", ("7 MW", "10 t/h")),
        ("150", "psi", ("150 psi", "10.3 bar")),
        ("10", "bar", ("10 bar", "1 MPa")),
        ("约10", "bar", ("约10 bar", "1 MPa")),
        ("180", "C", ("180 °C", "356 °F")),
        ("180℃", "F", ("180℃", "356 °F")),
        ("32", "F", ("32 °F", "0 °C")),
        ("8-10", "bar", ("8-10 bar", None)),
        ("8-10 bar", "MPa", ("8-10 bar", None)),
        ("10", "furlong", ("10 furlong", None)),
    ],
)
def test_both_ways_shows_as_typed_and_the_other_unit(typed: str, unit: str, shown: tuple[str, str | None]) -> None:
    assert both_ways(read_quantity(typed, unit)) == shown


def test_both_ways_with_a_counterpart_named() -> None:
    assert both_ways(read_quantity("10", "bar"), "psi") == ("10 bar", "145 psi")


@pytest.mark.parametrize(
    ("value", "text"),
    [(7000.0, "7000"), (12345.0, "12300"), (0.0012345, "0.00123"), (-0.0, "0"), (-17.78, "-17.8"), (1e30, "1e+30")],
)
def test_format_rounded_has_three_significant_digits(value: float, text: str) -> None:
    assert format_rounded(value) == text


def test_convert_there_and_back_is_the_same() -> None:
    for one, other in product(UNITS.values(), repeat=2):
        if one.dimension is other.dimension:
            assert convert(convert(12.5, one, other), other, one) == pytest.approx(12.5, rel=1e-6)


def test_convert_between_dimensions_is_an_error() -> None:
    with pytest.raises(ValueError, match="bar cannot become °C"):
        convert(1, UNITS["bar"], UNITS["C"])


def test_every_dimension_has_one_canonical_unit() -> None:
    assert [canonical_unit(dimension).id for dimension in Dimension] == ["kW", "bar", "C", "m"]


def test_unit_ids_are_ascii_and_every_unit_is_found_by_id_and_symbol() -> None:
    for unit in UNITS.values():
        assert unit.id.isascii()
        assert find_unit(unit.id, unit.dimension) is unit
        assert find_unit(unit.symbol, unit.dimension) is unit


def test_quantities_survive_hostile_values_quickly() -> None:
    long_ones = ["1 " * 50_000, "1,234" * 20_000, "9" * 100_000, "\ufdfa" * 100_000, "~" * 100_000]

    for value in [*long_ones, *hostile_values()]:
        started = time.process_time()
        quantity = read_quantity(value, "t_h")
        both_ways(quantity)
        assert quantity.typed == value
        assert time.process_time() - started < 1
