"""How dates read: the offset is written by hand, so it is held against Babel's where Babel is right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from babel.dates import get_timezone_gmt

from liju_contact.wording import wording_in

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "Asia/Kolkata", "Europe/Berlin", "America/Los_Angeles"])
def test_date_time_gives_the_offset_as_babel_does(zone: str) -> None:
    offset = get_timezone_gmt(AT.astimezone(ZoneInfo(zone)), width="iso8601_short", locale="en")

    assert wording_in("en").date_time(AT, ZoneInfo(zone)).endswith(f" (UTC{offset})")


def test_date_time_is_right_where_babel_is_not() -> None:
    newfoundland = timezone(timedelta(hours=-3, minutes=-30))

    assert wording_in("en").date_time(AT, newfoundland) == "Tue 24 Nov 2026, 06:00 (UTC-0330)"


def test_date_time_in_chinese() -> None:
    assert wording_in("zh_Hans").date_time(AT, ZoneInfo("Asia/Shanghai")) == "2026年11月24日 周二 17:30 (UTC+08)"
