"""The process that makes HTML harmless: within its limits, and nothing of it is believed that can be no answer."""

from __future__ import annotations

import sys
import time

import pytest

from liju_contact.mail.guarded_viewer import view_html
from liju_contact.usecases.mail_viewer import NoView
from tests.mail.reading.test_html_hostile import HOSTILE

HTML = b"From: a@b.example\nContent-Type: text/html; charset=gb2312\n\n<p>\xc1\xbd\xcc\xa8<script>alert(1)</script></p>"
FAULTY = """
from liju_contact.mail.reading import shown

def faulty(raw):
    {fault}

shown.shown_html = faulty
import liju_contact.mail.showing.__main__
"""


def test_html_of_a_mail_is_made_harmless_elsewhere() -> None:
    assert view_html(HTML) == "<p>两台</p>"
    assert view_html(b"From: a@b.example\n\nplain") is NoView.NONE_THERE


@pytest.mark.parametrize("fault", ["while True: pass", "return 'x' * 500_000_000", "import os; os.abort()"])
def test_mail_that_breaks_a_limit_is_given_up(fault: str) -> None:
    command = (sys.executable, "-c", FAULTY.format(fault=fault))

    assert view_html(HTML, command=command, wall_seconds=20) is NoView.TOO_MUCH


@pytest.mark.parametrize("command", [("yes",), ("true",), ("cat",)])
def test_nonsense_is_no_answer(command: tuple[str, ...]) -> None:
    assert view_html(HTML, command=command, wall_seconds=1) is NoView.TOO_MUCH


# nh3 and the parser behind it take a time that grows with the square of these; the limit of the process is what holds.
BOMBS = {name: HOSTILE[name] for name in ("lists in lists", "divisions", "end tags of what is not open")} | {
    "elements in elements": "<div>" * 100_000,
    "words in words": "<b><i>" * 50_000 + "x",
    "tables in tables": "<table><tr><td>" * 30_000,
    "tags without end": "<a " * 150_000,
    "links": "<a href=https://x.example>x</a>" * 16_000,
    "half a status link": "/inquiry/LJ-7K3F-9Q2X" * 20_000,
    "half keys": "/inquiry/LJ-7K3F-9Q2X/0123456789a" * 15_000,
    "attributes": "<a " + 'b="' * 100_000,
}


@pytest.mark.parametrize("html", BOMBS.values(), ids=BOMBS)
def test_hostile_html_is_shown_or_given_up_soon(html: str) -> None:
    began = time.monotonic()

    shown = view_html(HTML.partition(b"<p>")[0] + html.encode())

    assert shown is NoView.TOO_MUCH or (isinstance(shown, str) and "<script" not in shown)
    assert time.monotonic() - began < 8.0  # six are allowed, and the machine may be busy
