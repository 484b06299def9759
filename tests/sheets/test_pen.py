"""Times and facts of an export, which are read off stored texts, are what reading them whole gives."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from liju_contact.sheets.csv_sheet import CsvPen
from liju_contact.sheets.facts import Facts
from liju_contact.sheets.xlsx_sheet import XlsxPen

_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001  # the day 0 of Excel's count; a cell has no zone


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_moment_is_the_local_time_also_where_the_clock_is_put_on(zone: str) -> None:
    csv, xlsx = CsvPen(ZoneInfo(zone)), XlsxPen(ZoneInfo(zone))
    moments = [datetime(2026, 3, 20, 0, 17, 5, tzinfo=UTC) + timedelta(minutes=23 * step) for step in range(2000)]
    locals_ = [at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in moments]
    stored = [at.replace(tzinfo=None).isoformat(" ", "microseconds") for at in moments]

    assert [csv.moment(text) for text in stored] == [f"{local:%Y-%m-%d %H:%M}" for local in locals_]
    days = [(local - _FIRST_DAY) / timedelta(days=1) for local in locals_]
    assert [float(xlsx.moment(text).split("<v>")[1].removesuffix("</v></c>")) for text in stored] == days


@pytest.mark.parametrize(
    "facts",
    [
        [],
        [{"field": "model", "typed": "WNS"}, {"field": "port", "typed": 'a}, {"field": "x"}]', "doubts": ["no"]}],
        [{"field": "model", "typed": ""}, {"typed": "first", "field": "port"}, {"field": "a", "typed": "锅炉"}],
        [{"field": "model", "typed": {"field": "within"}}],
        [{"typed": "first", "field": "port"}],
    ],
)
def test_facts_are_those_of_the_whole_json(facts: list[dict[str, object]]) -> None:
    read = Facts(dict).read

    for stored in (json.dumps(facts), json.dumps(facts, ensure_ascii=False), json.dumps(facts, separators=(",", ":"))):
        assert read(stored) == facts
        assert read(stored) == facts  # as it is remembered
