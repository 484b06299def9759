"""What a customer can never make a letter say, and that letters arrive as they were written."""

from __future__ import annotations

import itertools
from dataclasses import replace
from email.message import EmailMessage
from xml.etree.ElementTree import Element

import html5lib
import pytest

from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.letter import KEY_PLACE, Addressee, Letter, LetterKind
from liju_contact.domain.text import clean_text
from liju_contact.usecases.deps import FileLine
from tests.corpora import cases, hostile_values, rows
from tests.mail.letters import lines_of, read
from tests.mail.written_letters import (
    ANSWERING,
    BASE_URL,
    DETAILS,
    INQUIRY,
    MESSAGE,
    TYPED_LINES_COUNT,
    WRITER,
    hrefs,
    in_mail,
    marks,
    tree,
    typed_by_others,
    typed_everywhere,
    written,
)

REPLY_LOOP = (
    LetterKind.ANSWER,
    LetterKind.ANSWER_FOR_TEAM,
    LetterKind.NOTE_FOR_TEAM,
    LetterKind.FAILURE_FOR_TEAM,
    LetterKind.ABSENCE_FOR_TEAM,
    LetterKind.HELD_FOR_TEAM,
    LetterKind.REMINDER_FOR_TEAM,
    LetterKind.REMINDER_LIST,
    LetterKind.RATING_FOR_TEAM,
    LetterKind.ALARM,
)
MOST_VALUES = 30  # a letter shows fewer strings of others
# How a line of ours begins in which others' words may stand.
OUR_BEGINNINGS = (
    *("| ", "    | ", "  ", "Ecuador · "),
    *(
        "Answered by ",
        "Internal note by ",
        "It was for: ",
        "The customer can also be reached by phone: ",
        "Away: ",
        "Who has it: ",
    ),
)
INJECTED = "Eve\r\nBcc: everybody@evil.example\r\n\r\n<h1>hello</h1>"


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_text_letter_marks_every_line_a_customer_begins(line_break: str) -> None:
    forged = f"x{line_break}Open in the staff desk:{line_break}https://evil.example/"
    inquiry = typed_everywhere(iter([forged] * 100))

    letter = written(LetterKind.INQUIRY_FOR_TEAM, inquiry=inquiry, body=forged)

    evil = [line for line in letter.text.splitlines() if "evil.example" in line]
    assert len(evil) > len(DETAILS)
    assert [line for line in evil if not line.startswith(("| ", "    | ", "  ", "Ecuador · "))] == []
    assert [line for line in evil if line.lstrip(" ").startswith(("https", "Open"))] == []
    assert letter.text.splitlines().count("Open in the staff desk:") == 1


@pytest.mark.parametrize("kind", REPLY_LOOP[1:])
@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_text_letter_of_the_reply_loop_marks_every_line_others_begin(kind: LetterKind, line_break: str) -> None:
    forged = f"x{line_break}Open in the staff desk:{line_break}https://evil.example/{line_break}#send"

    letter = typed_by_others(kind, itertools.repeat(forged))

    lines = letter.text.splitlines()
    evil = [line for line in lines if "evil.example" in line]
    assert evil
    assert [line for line in evil if not line.startswith(OUR_BEGINNINGS)] == []
    assert [line for line in evil if line.lstrip(" ").startswith(("https", "Open"))] == []
    assert [
        line for line in lines if line.lstrip(" ").startswith("#send") and line != "  #send: The mail is let in."
    ] == []


def test_answer_quotes_no_line_outside_of_the_quote() -> None:
    forged = "x\u2028Reply to this letter\rhttps://evil.example/"
    quoted = replace(MESSAGE, body=forged)

    letter = WRITER.answer(INQUIRY, replace(ANSWERING, quoted=quoted), files=())

    assert [line for line in letter.text.splitlines() if "evil" in line] == ["> https://evil.example/"]
    assert [link for link in hrefs(tree(letter)) if "evil" in link] == []


@pytest.mark.parametrize("kind", REPLY_LOOP)
def test_letter_of_the_reply_loop_with_hostile_values_gains_no_element_and_no_header(kind: LetterKind) -> None:
    values = in_threes([clean_text(value) for value in hostile_values()])
    plain = typed_by_others(kind, itertools.repeat("plain\ntext"))
    addressee = Addressee(name="", address="li.wei@liju.example", reply_to="inquiry+key@liju.example", reply_key="key")
    expected_marks, expected_headers = marks(forgiving_tree(plain)), read(in_mail(plain, addressee)).keys()

    for start in range(0, len(values), MOST_VALUES // 2):
        letter = typed_by_others(kind, iter((values[start:] + values)[:MOST_VALUES]))
        mail = read(in_mail(letter, addressee))
        assert marks(forgiving_tree(letter)) <= expected_marks
        assert mail.keys() == expected_headers
        assert mail["Subject"] == letter.subject
        (sender,) = mail["From"].addresses
        assert sender.addr_spec == "inquiry@liju.example"
        # Before Python 3.13.2 the reader leaves a space between two encoded words of a name (gh-128110).
        assert sender.display_name.replace(" ", "") == letter.sender_name.replace(" ", "")
        assert KEY_PLACE not in content(mail, "plain") + content(mail, "html")


def test_address_a_customer_types_becomes_no_link() -> None:
    inquiry = typed_everywhere(iter(["https://evil.example/ www.evil.example"] * 100))

    letter = written(LetterKind.INQUIRY_FOR_TEAM, inquiry=inquiry, body='<a href="https://evil.example/">here</a>')

    assert [link for link in hrefs(tree(letter)) if not link.startswith((f"{BASE_URL}/", "mailto:"))] == []


def test_mailto_of_a_hostile_address_has_no_further_fields() -> None:
    inquiry = replace(INQUIRY, email="a?bcc=x%40evil.example&subject=#y@andina.example")

    links = hrefs(tree(written(LetterKind.STATE_FOR_TEAM, inquiry=inquiry)))

    assert links[0] == "mailto:a%3Fbcc%3Dx%2540evil.example%26subject%3D%23y@andina.example"


def test_subject_keeps_a_long_company_short_and_in_order() -> None:
    company = "\u202e" + "Ltd " * 100

    letter = written(LetterKind.INQUIRY_FOR_TEAM, inquiry=replace(INQUIRY, company=company))

    assert len(letter.subject) <= 120
    assert letter.subject.endswith("Ltd… (Ecuador)")
    assert "\u202e" not in letter.subject


@pytest.mark.parametrize(
    "inquiry",
    [replace(INQUIRY, company="", name=INJECTED), replace(INQUIRY, company=INJECTED)],
    ids=["name", "company"],
)
def test_subject_holds_no_header_that_a_customer_injects(inquiry: Inquiry) -> None:
    letter = written(LetterKind.INQUIRY_FOR_TEAM, inquiry=inquiry)
    mail = read(in_mail(letter, Addressee(name="", address="sales@liju.example", reply_to="reply@liju.example")))

    assert mail["Subject"] == letter.subject
    assert "Eve Bcc: everybody@evil.example <h1>hello" in letter.subject
    assert mail["Bcc"] is None


def test_team_letter_with_hostile_values_gains_no_element_and_no_header() -> None:
    values = [clean_text(value) for value in hostile_values()]
    plain = written(LetterKind.INQUIRY_FOR_TEAM)
    team = Addressee(name="", address="sales@liju.example", reply_to="inquiry+key@liju.example", reply_key="key")
    expected_marks, expected_headers = marks(forgiving_tree(plain)), read(in_mail(plain, team)).keys()
    fields_count = len(DETAILS) + TYPED_LINES_COUNT + 2  # and the message, and the name of a file

    for start in range(0, len(values), fields_count):
        batch = iter(values[start : start + fields_count] + values[:fields_count])
        file = FileLine(name=next(batch), bytes_count=1, is_attached=True)
        letter = WRITER.inquiry_for_team(typed_everywhere(batch), body=next(batch), files=[file])
        mail = read(in_mail(letter, team))
        assert marks(forgiving_tree(letter)) <= expected_marks
        assert mail.keys() == expected_headers
        assert (mail["Subject"], mail["From"]) == (letter.subject, "LIJU Boilers <inquiry@liju.example>")
        assert lines_of(content(mail, "plain")) == lines_of(letter.text.replace(KEY_PLACE, "key"))
        assert lines_of(content(mail, "html")) == lines_of(letter.html.replace(KEY_PLACE, "key"))


def test_customer_letter_to_hostile_names_gains_no_header() -> None:
    letter = replace(written(LetterKind.INQUIRY_RECEIVED, "zh_Hans"), text="short", html="short")
    expected = read(in_mail(letter, Addressee(name="x", address=INQUIRY.email))).keys()

    for value in {*rows("payload_fuzzdb", "crlf"), *rows("payload_fuzzdb", "unicode"), *blns()}:
        name = " ".join(clean_text(value).split())
        mail = read(in_mail(letter, Addressee(name=name, address=INQUIRY.email)))
        assert mail.keys() == expected
        assert mail["From"] == "力聚锅炉 <inquiry@liju.example>"


def in_threes(values: list[str]) -> list[str]:
    """Join values, because what takes the time is reading a letter again: each begins a line of its own."""
    return ["\n".join(values[start : start + 3]) for start in range(0, len(values), 3)]


def blns() -> list[str]:
    return [str(case["value"]) for case in cases("payload_blns")]


def content(mail: EmailMessage, subtype: str) -> str:
    body = mail.get_body((subtype,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def forgiving_tree(letter: Letter) -> Element:
    """Parse without complaint about control characters: they are the customer's, and harmless."""
    parsed: Element = html5lib.HTMLParser(namespaceHTMLElements=False).parse(letter.html)
    return parsed
