"""Languages are negotiated as people mean them, not as tags happen to be spelled."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.language import html_tag, negotiate, read_language
from tests.corpora import hostile_values

OFFERED = ("en", "zh_Hans")


@pytest.mark.parametrize(
    "tag", ["zh", "zh-CN", "zh-Hans", "zh-Hans-CN", "zh-SG", "zh-HK", "zh-TW", "zh-Hant-TW", "ZH-cn", "zh_CN", "zh-MO"]
)
def test_every_chinese_gets_the_only_chinese_offered(tag: str) -> None:
    assert negotiate(tag, OFFERED) == "zh_Hans"
    assert read_language(tag, OFFERED) == "zh_Hans"


@pytest.mark.parametrize(("tag", "expected"), [("zh-TW", "zh_Hant"), ("zh-HK", "zh_Hant"), ("zh", "zh_Hans")])
def test_chinese_scripts_are_told_apart_when_both_are_offered(tag: str, expected: str) -> None:
    assert negotiate(tag, ("en", "zh_Hant", "zh_Hans")) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("en-GB,en;q=0.9,zh-CN;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_Hans"),
        ("de-DE,de;q=0.9,zh;q=0.1", "zh_Hans"),
        ("en;q=0.5, zh;q=0.6", "zh_Hans"),
        ("en ; q = 0.5 , zh ; q = 0.6", "zh_Hans"),
        ("en;q=0.5, zh;q=0.5", "en"),
        ("fr, *;q=0.5", "en"),
        ("*", "en"),
        ("en;q=0, *", "zh_Hans"),
        ("zh;q=0, *;q=0.1", "en"),
        ("en-GB;q=0, en", "en"),
        ("*;q=0", None),
        ("en;q=0", None),
        ("fr, de", None),
        ("", None),
        ("en;q=2, zh;q=0.1", "zh_Hans"),
        ("en;q=nan, zh;q=0.1", "zh_Hans"),
        ("en;q=-1,;;;,,=,zh", "zh_Hans"),
        ("eng", None),
        ("english", None),
    ],
)
def test_negotiate_follows_the_qualities(header: str, expected: str | None) -> None:
    assert negotiate(header, OFFERED) == expected


def test_negotiate_prefers_the_nearer_region() -> None:
    assert negotiate("pt-BR", ("pt", "pt_BR")) == "pt_BR"
    assert negotiate("pt-PT", ("pt_BR", "en")) == "pt_BR"
    assert negotiate("pt-PT", ("pt_AO", "pt_BR")) == "pt_AO"


@given(st.text() | st.text("zhenq=;,.-_*019 "), st.lists(st.sampled_from(["en", "zh_Hans", "ar", "pt_BR"]), max_size=3))
def test_negotiate_never_raises_and_only_offers_what_is_offered(header: str, offered: list[str]) -> None:
    assert negotiate(header, offered) in [*offered, None]


def test_negotiate_and_read_language_survive_hostile_values() -> None:
    for value in hostile_values():
        assert negotiate(value, OFFERED) in {*OFFERED, None}
        assert read_language(value, OFFERED) in {*OFFERED, None}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("EN", "en"),
        (" en-us ", "en"),
        ("zh_Hans", "zh_Hans"),
        ("fr", None),
        ("", None),
        ("*", None),
        ("../en", None),
        ("en\n", "en"),
        ("zhx", None),
    ],
)
def test_read_language_from_an_address(typed: str, expected: str | None) -> None:
    assert read_language(typed, OFFERED) == expected


@pytest.mark.parametrize(("language", "tag"), [("zh_Hans", "zh-Hans"), ("en", "en"), ("pt_BR", "pt-BR")])
def test_html_tag_uses_hyphens(language: str, tag: str) -> None:
    assert html_tag(language) == tag


@pytest.mark.parametrize("part", ["zh,", "a-", "en;q=0.1,", "-", " ", ";q=", "zh-hans-"])
def test_negotiate_is_quick_with_hostile_length(part: str) -> None:
    started = time.process_time()

    negotiate(part * (100_000 // len(part)), OFFERED)
    read_language(part * (100_000 // len(part)), OFFERED)

    assert time.process_time() - started < 2
