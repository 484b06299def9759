"""Browsers in words."""

from __future__ import annotations

import pytest

from liju_contact.domain.browser import Browser, read_browser

MOZILLA = "Mozilla/5.0 "
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"


@pytest.mark.parametrize(
    ("header", "program", "system"),
    [
        (f"{MOZILLA}(Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/131.0", "Edge", "Windows"),
        (f"{MOZILLA}(Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", "Chrome", "Windows"),
        (f"{MOZILLA}(Macintosh; Intel Mac OS X 10_15) Version/18.1 Safari/605.1.15", "Safari", "macOS"),
        (f"{MOZILLA}(X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox", "Linux"),
        (f"{MOZILLA}(iPhone; CPU iPhone OS 18_1) MicroMessenger/8.0.53(0x1800352e)", "WeChat", "iPhone"),
        (f"{MOZILLA}(Linux; Android 14; SM-S918B) {CHROME} Mobile Safari/537.36", "Chrome", "Android"),
        (f"{MOZILLA}(Linux; Android 12; HarmonyOS; NOH-AN00) {CHROME} HuaweiBrowser/14", "Huawei Browser", "HarmonyOS"),
        ("curl/8.5", "", ""),
        ("", "", ""),
    ],
)
def test_header_is_read(header: str, program: str, system: str) -> None:
    assert read_browser(header) == Browser(program=program, system=system)
