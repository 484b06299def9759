"""Technical facts are never refused: they keep their text and carry their doubts."""

import json
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.detail import (
    DETAIL_FIELDS,
    Detail,
    DetailKind,
    Doubt,
    compare_details,
    quantity_of,
    read_detail,
)
from liju_contact.domain.quantity import both_ways
from liju_contact.domain.unit import UNITS, canonical_unit
from tests.corpora import hostile_values

TODAY = date(2026, 11, 22)


def read(field: str, typed: str, unit: str = "", limits: dict[str, tuple[float, float]] | None = None) -> Detail:
    return read_detail(DETAIL_FIELDS[field], typed, unit, TODAY, limits)


def test_registry_is_consistent() -> None:
    for field_id, field in DETAIL_FIELDS.items():
        assert field.id == field_id
        assert bool(field.units) == (field.kind is DetailKind.QUANTITY)
        assert bool(field.choices) == (field.kind is DetailKind.CHOICE)
        assert len({UNITS[unit].dimension for unit in field.units}) <= 1
        if field.typical and field.possible:
            assert field.possible[0] <= field.typical[0] < field.typical[1] <= field.possible[1]


def test_read_detail_of_a_quantity_keeps_text_and_unit() -> None:
    detail = read("capacity", " 10 ", "t_h")

    assert detail == Detail(field="capacity", typed=" 10 ", unit="t_h", canonical=7000.0, doubts=())


def test_read_detail_without_unit_takes_the_first() -> None:
    assert read("pressure", "10").unit == "bar"
    assert read("capacity", "10").canonical == 7000.0


def test_read_detail_with_a_unit_of_another_field_doubts_it() -> None:
    assert read("pressure", "10", "C").doubts == (Doubt.UNKNOWN_UNIT,)
    assert read("pressure", "10", "furlong").doubts == (Doubt.UNKNOWN_UNIT,)


@pytest.mark.parametrize(
    ("field", "typed", "unit", "doubts"),
    [
        ("capacity", "75", "t_h", []),
        ("capacity", "0.01", "t_h", [Doubt.BELOW_TYPICAL]),
        ("capacity", "100", "t_h", [Doubt.ABOVE_TYPICAL]),
        ("capacity", "0", "t_h", [Doubt.IMPOSSIBLE]),
        ("capacity", "-1", "MW", [Doubt.IMPOSSIBLE]),
        ("pressure", "10", "bar", []),
        ("pressure", "100", "bar", [Doubt.ABOVE_TYPICAL]),
        ("pressure", "150000", "bar", [Doubt.IMPOSSIBLE]),
        ("pressure", "-1", "bar", [Doubt.IMPOSSIBLE]),
        ("pressure", "8-10", "bar", [Doubt.NOT_A_NUMBER]),
        ("steam_temperature", "-300", "C", [Doubt.IMPOSSIBLE]),
        ("steam_temperature", "-460", "F", [Doubt.IMPOSSIBLE]),
        ("steam_temperature", "356", "F", []),
        ("steam_temperature", "60", "C", [Doubt.BELOW_TYPICAL]),
        ("supply_temperature", "90", "C", []),
        ("ambient_temperature", "-30", "C", []),
        ("altitude", "12000", "ft", []),
        ("altitude", "12000", "m", [Doubt.IMPOSSIBLE]),
        ("quantity", "2", "", []),
        ("quantity", "2台", "", []),
        ("quantity", "3 Sets", "", []),
        ("quantity", "2+1", "", [Doubt.NOT_A_NUMBER]),
        ("quantity", "0", "", [Doubt.IMPOSSIBLE]),
        ("quantity", "40", "", [Doubt.ABOVE_TYPICAL]),
        ("running_hours", "24 000 h", "", []),
        ("running_hours", "24,000", "", [Doubt.AMBIGUOUS_NUMBER]),
        ("capacity", "1.500", "kg_h", [Doubt.AMBIGUOUS_NUMBER, Doubt.BELOW_TYPICAL]),
    ],
)
def test_read_detail_doubts_what_is_odd(field: str, typed: str, unit: str, doubts: list[Doubt]) -> None:
    detail = read(field, typed, unit)

    assert list(detail.doubts) == doubts
    assert detail.typed == typed


def test_limits_of_a_product_line_replace_the_typical_range() -> None:
    limits = {"supply_temperature": (40.0, 95.0)}

    assert read("supply_temperature", "110", "C").doubts == ()
    assert read("supply_temperature", "110", "C", limits).doubts == (Doubt.ABOVE_TYPICAL,)


def test_limits_of_a_product_line_widen_what_is_possible() -> None:
    limits = {"pressure": (-1.0, 16.0)}

    assert read("pressure", "-0.05 MPa").doubts == (Doubt.IMPOSSIBLE,)
    assert read("pressure", "-0.05 MPa", limits=limits).doubts == ()
    assert read("pressure", "-0.5 MPa", limits=limits).doubts == (Doubt.IMPOSSIBLE,)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-12-31",
        "2026/12/31",
        "2026.12.31",
        "31.12.2026",
        "31. 12. 2026",
        "31/12/2026",
        "12/31/2026",
        "31-12-2026",
        "2026年12月31日",
        "2026 年 12 月 31 日",
        "２０２６年１２月３１日",
    ],
)
def test_read_detail_reads_dates(typed: str) -> None:
    assert read("needed_by", typed) == Detail(field="needed_by", typed=typed, canonical="2026-12-31")


@pytest.mark.parametrize(
    ("typed", "canonical", "doubt"),
    [
        ("2026-11-21", "2026-11-21", Doubt.DATE_PAST),
        ("05/06/2027", None, Doubt.NOT_A_DATE),
        ("2027-02-30", None, Doubt.NOT_A_DATE),
        ("asap", None, Doubt.NOT_A_DATE),
        ("0000-01-01", None, Doubt.NOT_A_DATE),
    ],
)
def test_read_detail_doubts_dates(typed: str, canonical: str | None, doubt: Doubt) -> None:
    assert read("needed_by", typed) == Detail(field="needed_by", typed=typed, canonical=canonical, doubts=(doubt,))


@pytest.mark.parametrize(("typed", "canonical"), [("2026-11-22", "2026-11-22"), ("5.6.2027", "2027-06-05")])
def test_read_detail_has_no_doubt_about_today_and_day_first_dates(typed: str, canonical: str) -> None:
    assert read("needed_by", typed) == Detail(field="needed_by", typed=typed, canonical=canonical)


@pytest.mark.parametrize(
    ("field", "typed", "canonical"),
    [
        ("fuel", "natural_gas", "natural_gas"),
        ("fuel", "moonlight", None),
        ("incoterm", "fob", "FOB"),
        ("power_supply", "400V-50Hz", "400V-50Hz"),
        ("site_visit", "on", "yes"),
        ("site_visit", "否", "no"),
        ("site_visit", "perhaps", None),
        ("emission_limit", "NOx ≤ 30 mg/m³ at 3.5 % O₂", None),
        ("serial_number", "0012-A", None),
    ],
)
def test_read_detail_of_the_other_kinds_has_no_doubts(field: str, typed: str, canonical: str | None) -> None:
    assert read(field, typed) == Detail(field=field, typed=typed, canonical=canonical)


@pytest.mark.parametrize("field", DETAIL_FIELDS)
@pytest.mark.parametrize("typed", ["", "  \n"])
def test_read_detail_of_nothing_has_no_doubts(field: str, typed: str) -> None:
    assert read(field, typed) == Detail(field=field, typed=typed)


@pytest.mark.parametrize(
    ("supply", "back", "is_doubtful"), [("90", "70", False), ("90", "90", True), ("70", "90", True), ("?", "90", False)]
)
def test_compare_details_doubts_water_that_returns_hotter(supply: str, back: str, is_doubtful: bool) -> None:  # noqa: FBT001  # a table's column
    details = [read("supply_temperature", supply), read("return_temperature", back), read("fuel", "coal")]

    compared = compare_details(details)

    assert [detail.field for detail in compared] == [detail.field for detail in details]
    assert (Doubt.IMPOSSIBLE_PAIR in compared[1].doubts) == is_doubtful
    assert compare_details(compared) == compared


def test_compare_details_sees_across_units() -> None:
    compared = compare_details([read("supply_temperature", "90", "C"), read("return_temperature", "158", "F")])

    assert compared[1].doubts == ()


def test_quantity_of_a_detail_is_shown_both_ways() -> None:
    assert both_ways(quantity_of(read("capacity", "10 t/h", "kW"))) == ("10 t/h", "7000 kW")
    assert both_ways(quantity_of(read("capacity", "8-10", "t_h"))) == ("8-10 t/h", None)


@given(st.sampled_from(sorted(DETAIL_FIELDS)), st.text(max_size=30) | st.text("0123456789,. /-bart", max_size=12))
def test_detail_round_trips_through_json(field: str, typed: str) -> None:
    detail = read(field, typed)

    assert Detail.from_json(json.loads(json.dumps(detail.to_json()))) == detail


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        ({"field": "fuel", "typed": "coal"}, Detail(field="fuel", typed="coal")),
        ({}, Detail(field="", typed="")),
        (
            {"field": "pressure", "typed": "1", "doubts": ["impossible", "of_the_future", 7, ["x"]], "more": 1},
            Detail(field="pressure", typed="1", doubts=(Doubt.IMPOSSIBLE,)),
        ),
        ({"field": "fuel", "typed": None, "canonical": [1], "doubts": None}, Detail(field="fuel", typed="")),
    ],
)
def test_detail_from_a_row_of_another_version(row: dict[str, object], detail: Detail) -> None:
    assert Detail.from_json(row) == detail


def test_every_kind_survives_hostile_values_quickly() -> None:
    one_of_each_kind = {field.kind: field for field in DETAIL_FIELDS.values()}.values()
    values = ["1" * 100_000, " 1" * 50_000, "年" * 100_000, *hostile_values()]
    started = time.process_time()

    for field in one_of_each_kind:
        for value in values:
            assert read_detail(field, value, "", TODAY).typed == value

    assert time.process_time() - started < 3


def test_typical_ranges_are_in_canonical_units() -> None:
    """A guard against a range written in the first unit shown: 75 t/h is 52 500 kW."""
    capacity = DETAIL_FIELDS["capacity"]

    assert capacity.typical == (35, 52_500)
    assert canonical_unit(UNITS[capacity.units[0]].dimension).id == "kW"
