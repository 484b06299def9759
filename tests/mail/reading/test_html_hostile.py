"""Whatever the HTML is, reading it ends soon, needs little memory, raises nothing and keeps the text."""

from __future__ import annotations

import random
import time
import tracemalloc

import pytest

from liju_contact.mail.reading.html_reader import MOST_ELEMENTS
from liju_contact.mail.reading.html_text import LONGEST_READ, html_to_text

_SIZE = 50_000
_SQUARE_SECONDS = 5.0  # A reader that is not linear needs far longer for some of these; ours a fraction of a second.


_MARKUP = (  # pieces with a space between them, and _ for a space inside
    "<div> </div> <p> </p> <table> <tr> <td> </td> </table> <ul> <ol> <li> </ul> <a_href=http://x/> </a> <pre> </pre>"
    " <br> <hr> <hr_tabindex=-1> <blockquote> </blockquote> <span_hidden> </span> <b_style='font-size:0'> </b>"
    " <includetail> <div_class=FoxDiv> <div_class=yahoo~quoted> <div_id=divRplyFwdMsg> <div_id=appendonsend>"
    " <img_alt=x> From:_a@b Sent:_x Subject:_y To:_z wrote: ---Original_Message--- <!-- --> <style> </style> <![if]"
    " &amp; &# \" ' = < > \n \xa0 \u200d text"
)


def _filled(piece: str) -> str:
    return piece * (_SIZE // len(piece))


HOSTILE = {
    "tags without end": _filled("<a "),
    "comments without end": _filled("<!--"),
    "comments of one dash": _filled("<!-- -- "),
    "declarations": _filled("<![><img"),
    "instructions": _filled("<?x "),
    "less-than signs": _filled("<"),
    "quotation marks": _filled('<a b="'),
    "mixed quotation marks": _filled("<a b='x\" "),
    "equals signs": "<a " + _filled("="),
    "many attributes": "<a " + _filled("b=1 ") + ">x",
    "one huge attribute": "<a href='" + _filled("h") + "'>x</a>",
    "a huge style": "<p style='" + _filled("display: ") + "'>x",
    "all attributes different": "".join(f"<p id={number}>x" for number in range(_SIZE // 14)),
    "divisions": _filled("<div>"),
    "divisions with text": _filled("<div>x"),
    "paragraphs": _filled("<p>"),
    "stray end tags": _filled("</p>"),
    "end tags of what is not open": "<x>" * (_SIZE // 6) + "</y>" * (_SIZE // 8),
    "end tags that reach nothing": "<div>" * (_SIZE // 10) + "</b>" * (_SIZE // 8),
    "crossed tags": "<b><i>" * (_SIZE // 24) + "</b></i>" * (_SIZE // 16),
    "crossed hidden tags": _filled("<span hidden><div></span>"),
    "tables in tables": _filled("<table><tr><td>x<td>"),
    "cells": "<table><tr>" + _filled("<td>x"),
    "lists in lists": _filled("<ol><li>x"),
    "links in cells": _filled("<a href=http://x.example/>x<td>"),
    "links in one line": _filled("<a href=http://x.example/>x</a>"),
    "blockquotes": _filled("<blockquote>x"),
    "envelopes": _filled("<div class=gmail_quote>x"),
    "marks for the rest": _filled("<hr id=zwchr>x"),
    "marks for a second look": _filled("x<div class=FoxDiv>x"),
    "marks of last resort": _filled("<div id=appendonsend></div>x"),
    "headers": _filled("From: a@b.example<br>Date: x<br>Subject: y<br>z<br>"),
    "senders": _filled("From: a@b.example<br>"),
    "headers in divisions": "<div>" * (_SIZE // 10) + "From: a<br>Date: b<br>Subject: c<br>" * (_SIZE // 80),
    "separators": _filled("---- Original Message ----<br>"),
    "dashes": _filled("-"),
    "rules": _filled("<hr>"),
    "line breaks": _filled("<br>"),
    "typed line breaks": "<pre>" + _filled("x\n"),
    "white space": _filled(" ") + "x",
    "joiners": _filled("\u200d"),
    "joiners between letters": _filled("a\u200c"),
    "references": _filled("&#"),
    "an endless reference": "&#" + _filled("9") + ";",
    "an endless hexadecimal reference": "&#x" + _filled("f") + ";",
    "unknown references": _filled("&" + "a" * 32),
    "styles": _filled("<style>"),
    "half end tags": "<title>" + _filled("</titl"),
    "nulls": _filled("\0a"),
    "surrogates": _filled("\ud800"),
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_html_is_read_in_no_time(html: str) -> None:
    start = time.process_time()
    text = html_to_text(html)
    assert time.process_time() - start < _SQUARE_SECONDS
    text.encode()


@pytest.mark.parametrize("name", ["divisions with text", "blockquotes", "lists in lists"])
def test_hostile_html_needs_little_memory(name: str) -> None:
    tracemalloc.start()
    html_to_text(HOSTILE[name])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000


@pytest.mark.parametrize("tag", ["span", "blockquote", "table", "ul", "unknown", "p"])
def test_deep_nesting_loses_no_text(tag: str) -> None:
    html = f"<{tag}>" * 25_000 + "deep" + f"</{tag}>" * 25_000
    text = html_to_text(f"first{html}last")
    assert "deep" in text
    assert text.endswith("last")


def test_a_hundred_thousand_divisions_lose_no_text() -> None:
    html = "<div>" * MOST_ELEMENTS + "deep" + "</div>" * MOST_ELEMENTS
    assert html_to_text(f"first{html}last") == "first\ndeep\nlast"


def test_more_than_two_million_characters_are_cut_and_the_cut_is_noted() -> None:
    text = html_to_text("a" * LONGEST_READ + "b")
    assert text == "a" * LONGEST_READ + "\n[…]"


def test_two_million_characters_are_read_whole() -> None:
    assert html_to_text("a" * LONGEST_READ) == "a" * LONGEST_READ


def test_more_elements_than_a_person_writes_are_cut_and_the_cut_is_noted() -> None:
    text = html_to_text("x<br>" * (MOST_ELEMENTS + 1))
    assert text.endswith("\nx\n[…]")
    assert text.count("x") == MOST_ELEMENTS + 1


def test_random_markup_raises_nothing() -> None:
    chance = random.Random(20261103)
    for _ in range(2_000):
        html = "".join(chance.choices(_MARKUP.split(" "), k=chance.randint(1, 60))).replace("_", " ").replace("~", "_")
        lines = html_to_text(html).split("\n")
        assert all(line == line.rstrip() or line.endswith("-- ") for line in lines), html
