"""What a mail program quotes comes out with ``> `` before it, and what a person wrote does not."""

from __future__ import annotations

from typing import Any

import pytest

from liju_contact.mail.reading.html_text import html_to_text
from tests.corpora import cases, content
from tests.mail.reading.html_replies import REPLIES, Reply

_PUBLIC = [case for case in cases("reply_talon") if "html" in case["files"]]


def _unquoted(text: str) -> list[str]:
    return [line for line in text.split("\n") if line and not line.startswith(">")]


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
def test_a_reply_shows_only_what_was_written_without_marks(reply: Reply) -> None:
    lines = html_to_text(reply.html).split("\n")
    first = next(place for place, line in enumerate(lines) if line.startswith(">"))
    assert [line for line in lines[:first] if line] == reply.above
    assert lines[first] == reply.quoted
    assert _unquoted("\n".join(lines[first:])) == list(reply.below)


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
def test_a_reply_keeps_the_quoted_text(reply: Reply) -> None:
    quoted = [line for line in html_to_text(reply.html).split("\n") if line.startswith(">")]
    assert any(word in line for line in quoted for word in ("steam flow", "蒸发量", "写道"))


@pytest.mark.parametrize("case", _PUBLIC, ids=[case["id"] for case in _PUBLIC])
def test_a_public_sample_is_told_apart(case: dict[str, Any]) -> None:
    written = "\n".join(_unquoted(html_to_text(content("reply_talon", case, "html").decode())))
    assert all(part in written for part in case["expected"]["contains"])
    assert not any(part in written for part in case["expected"]["not_contains"])


def test_the_public_samples_are_five() -> None:
    assert len(_PUBLIC) == 5


def test_an_attribution_stands_directly_above_its_quote() -> None:
    text = html_to_text("Yes.<br><br>On Tuesday LIJU wrote:<br><br><blockquote type=cite>Which fuel?</blockquote>")
    assert text == "Yes.\n\nOn Tuesday LIJU wrote:\n> Which fuel?"


def test_quotes_in_quotes_have_a_mark_for_each_level() -> None:
    text = html_to_text("<blockquote>one<blockquote>two</blockquote>one again</blockquote>none")
    assert text == "> one\n>\n> > two\n>\n> one again\n\nnone"


def test_a_chain_of_outlook_headers_gets_deeper() -> None:
    header = "<p>From: Ana<br>Sent: Monday<br>Subject: RE: fuel</p>"
    text = html_to_text(f"<div><p>newest</p>{header}<p>older</p>{header}<p>oldest</p></div>")
    assert text.split("\n") == [
        "newest",
        "",
        *["> From: Ana", "> Sent: Monday", "> Subject: RE: fuel", ">", "> older", ">"],
        *["> > From: Ana", "> > Sent: Monday", "> > Subject: RE: fuel", "> >", "> > oldest"],
    ]


def test_an_answer_below_a_quote_stays_unquoted() -> None:
    text = html_to_text("<div><blockquote type=cite>Which fuel?</blockquote></div><div>Gas.</div>")
    assert text == "> Which fuel?\n\nGas."


def test_a_mail_that_is_only_forwarded_is_all_there() -> None:
    text = html_to_text(
        '<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>'
        "From: Ana</div>boiler</div>"
    )
    assert text == "> ---------- Forwarded message ---------\n> From: Ana\n> boiler"


def test_a_mail_inside_a_foxmail_element_is_no_quote_when_nothing_stands_before_it() -> None:
    assert html_to_text('<div class="FoxDiv2026">boiler</div>') == "boiler"


def test_the_marks_of_a_quoted_mail_program_count_under_its_readers_prefix() -> None:
    assert html_to_text('new<div class="x_yahoo_quoted">old</div>') == "new\n> old"


@pytest.mark.parametrize(
    "written",
    [
        "Ship it<br>From: Shanghai<br>To: Hamburg<br>Date: 5 May<br>thanks",
        "--- Specification ---<br>steam: 2 t/h<br>fuel: gas",
        "Date: 5 May<br>Subject: boiler<br>no sender here",
        "<div id=quotation>price</div><div class=quote_request>please</div>",
        "<div style='border-top:solid #E1E1E1 1.0pt'>Ana<br>Sales</div>",
        "<hr tabindex=-1>Ana<br>Sales",
    ],
)
def test_what_only_resembles_a_quote_stays_unquoted(written: str) -> None:
    assert ">" not in html_to_text(f"<p>Hello</p>{written}")
