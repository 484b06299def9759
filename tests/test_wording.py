"""How dates, sizes, countries and technical facts read, in each language.

The offset of a time is written by hand, so it is held against Babel's where Babel is right.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from babel.dates import get_timezone_gmt

from liju_contact.domain.detail import DETAIL_FIELDS, Detail, DetailKind, Doubt, read_detail
from liju_contact.vocabulary import CHOICES
from liju_contact.wording import SheetLine, wording_in, zone_of_country

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "Asia/Kolkata", "Europe/Berlin", "America/Los_Angeles"])
def test_date_time_gives_the_offset_as_babel_does(zone: str) -> None:
    offset = get_timezone_gmt(AT.astimezone(ZoneInfo(zone)), width="iso8601_short", locale="en")

    assert wording_in("en").date_time(AT, ZoneInfo(zone)).endswith(f" (UTC{offset})")


def test_date_time_is_right_where_babel_is_not() -> None:
    newfoundland = timezone(timedelta(hours=-3, minutes=-30))

    assert wording_in("en").date_time(AT, newfoundland) == "Tue 24 Nov 2026, 06:00 (UTC-0330)"


@pytest.mark.parametrize(
    ("now", "english", "chinese"),
    [
        (AT, "17:30", "17:30"),
        (AT + timedelta(hours=7), "24 Nov", "11月24日"),  # the day after in Shanghai, the same one in Greenwich
        (AT + timedelta(days=60), "24 Nov 2026", "2026/11/24"),
    ],
)
def test_a_brief_time_is_the_hour_or_the_day(now: datetime, english: str, chinese: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")

    shown = [wording_in(language).brief_moment(AT, zone, now.astimezone(zone).date()) for language in ("en", "zh_Hans")]

    head = '<time class="brief" datetime="2026-11-24T09:30:00+00:00" title='
    assert shown == [
        f'{head}"Tue 24 Nov 2026, 17:30 (UTC+08)">{english}</time>',
        f'{head}"2026年11月24日 周二 17:30 (UTC+08)">{chinese}</time>',
    ]


def test_date_time_in_chinese() -> None:
    assert wording_in("zh_Hans").date_time(AT, ZoneInfo("Asia/Shanghai")) == "2026年11月24日 周二 17:30 (UTC+08)"


@pytest.mark.parametrize(
    ("bytes_count", "size"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (1549, "1.5 kB"),
        (999_949, "999.9 kB"),
        (999_999, "1 MB"),
        (1_000_000, "1 MB"),
        (20_480_000, "20.5 MB"),
        (50_000_000, "50 MB"),
    ],
)
def test_file_size_as_mail_programs_show_it(bytes_count: int, size: str) -> None:
    assert [wording_in(language).file_size(bytes_count) for language in ("en", "zh_Hans")] == [size, size]


def test_both_languages_offer_the_same_countries() -> None:
    english, chinese = (wording_in(language).country_names for language in ("en", "zh_Hans"))

    assert set(english) == set(chinese)
    assert len(english) == 244


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [("CN", "China", "中国"), ("BR", "Brazil", "巴西"), ("CI", "Côte d’Ivoire", "科特迪瓦"), ("XX", "XX", "XX")],  # noqa: RUF001  # CLDR's apostrophe
)
def test_country_by_its_code(code: str, english: str, chinese: str) -> None:
    assert [wording_in(language).country(code) for language in ("en", "zh_Hans")] == [english, chinese]


@pytest.mark.parametrize("code", ["EU", "UN", "ZZ", "AQ", "XA", "001", "CQ"])
def test_what_is_no_country_is_not_offered(code: str) -> None:
    assert code not in wording_in("en").country_names


def test_countries_stand_where_readers_look_for_them() -> None:
    english = [name for _, name in wording_in("en").countries]
    chinese = [name for _, name in wording_in("zh_Hans").countries]

    assert english[:4] == ["Afghanistan", "Åland Islands", "Albania", "Algeria"]
    assert english[-1] == "Zimbabwe"
    assert chinese[:3] == ["阿尔巴尼亚", "阿尔及利亚", "阿富汗"]
    order = [chinese.index(name) for name in ("法国", "梵蒂冈", "菲律宾", "南非", "瑙鲁", "尼泊尔", "中国")]
    assert order == sorted(order)
    assert abs(chinese.index("斐济") - chinese.index("菲律宾")) <= 2


def read(field: str, typed: str, unit: str = "") -> Detail:
    return read_detail(DETAIL_FIELDS[field], typed, unit, date(2026, 11, 23))


@pytest.mark.parametrize(
    ("field", "typed", "unit", "given", "counterpart"),
    [
        ("capacity", "10", "t_h", "10 t/h", "7000 kW"),
        ("capacity", "7 MW", "t_h", "7 MW", "10 t/h"),
        ("pressure", "145", "psi", "145 psi", "10 bar"),
        ("altitude", "about 2,000", "ft", "about 2,000 ft", "610 m"),
        ("capacity", "quite a lot", "t_h", "quite a lot", ""),
        ("fuel", "natural_gas", "", "Natural gas", ""),
        ("incoterm", "FOB", "", "FOB", ""),
        ("power_supply", "400V-50Hz", "", "400 V / 50 Hz", ""),
        ("fuel", "peat", "", "peat", ""),
        ("needed_by", "2027-03-01", "", "1 Mar 2027", ""),
        ("needed_by", "by spring", "", "by spring", ""),
        ("site_visit", "yes", "", "Yes", ""),
        ("site_visit", "no", "", "No", ""),
        ("site_visit", "perhaps", "", "perhaps", ""),
        ("quantity", "2 sets", "", "2 sets", ""),
        ("model", "ZWNS 2.8 <b>", "", "ZWNS 2.8 <b>", ""),
    ],
)
def test_sheet_line_of_each_kind(*, field: str, typed: str, unit: str, given: str, counterpart: str) -> None:
    line = wording_in("en").sheet_line(read(field, typed, unit))

    assert (line.field, line.given, line.counterpart) == (field, given, counterpart)


def test_sheet_line_in_chinese() -> None:
    wording = wording_in("zh_Hans")

    fuel, needed_by = (wording.sheet_line(detail) for detail in (read("fuel", "lpg"), read("needed_by", "2027-03-01")))

    assert needed_by.given == "2027年3月1日"
    assert fuel.given == wording.gettext(CHOICES["fuel", "lpg"]) != "lpg"


def test_sheet_line_says_what_is_doubtful() -> None:
    wording = wording_in("en")
    doubtful = [wording.sheet_line(detail).is_doubtful for detail in (read("pressure", "10"), read("pressure", "9999"))]

    assert doubtful == [False, True]


def test_sheet_line_of_a_field_that_is_no_more() -> None:
    detail = Detail(field="whistle", typed="loud", canonical=3.0)

    assert wording_in("en").sheet_line(detail) == SheetLine(
        field="whistle", label="whistle", given="loud", counterpart="", is_doubtful=False
    )


def test_every_field_and_choice_has_words_in_each_language() -> None:
    for language in ("en", "zh_Hans"):
        wording = wording_in(language)
        for field in DETAIL_FIELDS.values():
            assert wording.field_label(field.id) not in {"", field.id}
            if field.kind is DetailKind.CHOICE:
                assert all(wording.choice(field.id, choice) for choice in field.choices)


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
@pytest.mark.parametrize("doubt", list(Doubt))
def test_every_doubt_is_a_question_about_what_was_typed(language: str, doubt: Doubt) -> None:
    detail = Detail(field="pressure", typed="10 % s", unit="bar", canonical=10.0, doubts=(doubt,))

    sentence = wording_in(language).doubt(detail)

    assert wording_in(language).field_label("pressure") in sentence
    assert "10 % s" in sentence


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("UY", "America/Montevideo"),
        ("AR", "America/Argentina/Buenos_Aires"),  # twelve zones by name, one clock
        ("DE", "Europe/Berlin"),
        ("CN", "Asia/Shanghai"),
        ("BR", "UTC"),
        ("CL", "UTC"),  # one clock in summer only
        ("XX", "UTC"),
        ("", "UTC"),
    ],
)
def test_a_country_has_a_zone_where_all_of_it_goes_by_one_clock(country: str, zone: str) -> None:
    assert str(zone_of_country(country, 2026, ZoneInfo("UTC"))) == zone
