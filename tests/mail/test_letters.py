"""What the letters say, to whom, and that they hold only what every mail program shows."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from liju_contact.domain.event import EventKind
from liju_contact.domain.letter import LetterKind
from tests.mail.letters import lines_of
from tests.mail.written_letters import (
    BASE_URL,
    DETAILS,
    FILES,
    INQUIRY,
    LANGUAGES,
    MESSAGE,
    RESET_URL,
    STATUS_URL,
    TYPED_LINES_COUNT,
    WRITER,
    hrefs,
    marks,
    texts,
    tree,
    typed_everywhere,
    writer_in,
    written,
)

HARMLESS_TAGS = {
    *("html", "head", "meta", "title", "body", "div", "table", "tbody", "tr", "th", "td"),
    *("h1", "h2", "p", "a", "br", "bdi", "span", "strong", "blockquote"),
}

ABOUT_NO_INQUIRY = {LetterKind.ALARM, *(kind for kind in LetterKind if kind.is_about_account)}

every_language = pytest.mark.parametrize("language", LANGUAGES)
every_kind = pytest.mark.parametrize("kind", list(LetterKind))


@every_language
@every_kind
def test_letter_of_every_kind_holds_only_what_mail_programs_show(kind: LetterKind, language: str) -> None:
    letter = written(kind, language)

    root = tree(letter)

    assert {str(node.tag) for node in root.iter()} <= HARMLESS_TAGS
    assert {name for _, name in marks(root)} & {"src", "srcset", "background", "class", "id"} == set()
    assert "url(" not in letter.html
    assert root.attrib["lang"] == {"en": "en", "zh_Hans": "zh-Hans"}[language]


@every_language
@every_kind
def test_letter_of_every_kind_is_whole(kind: LetterKind, language: str) -> None:
    letter = written(kind, language)

    assert (letter.kind, letter.language) == (kind, language)
    assert (letter.headers.get("Auto-Submitted") == "auto-generated") is (kind is not LetterKind.ANSWER)
    assert (INQUIRY.reference in letter.subject) is (kind not in {*ABOUT_NO_INQUIRY, LetterKind.REMINDER_LIST})
    assert letter.subject == letter.subject.strip()
    assert "%(" not in letter.subject + letter.text + letter.html
    assert "{{" not in letter.subject + letter.text + letter.html


@every_language
@every_kind
def test_links_lead_to_the_configured_address_or_to_the_customer(kind: LetterKind, language: str) -> None:
    letter = written(kind, language)

    links = hrefs(tree(letter))

    assert {link.partition("?lang=")[0] for link in links} == expected_links(kind)
    assert [link for link in links[-1:] if f"\n{link}\n" not in letter.text] == []


def expected_links(kind: LetterKind) -> set[str]:
    if kind is LetterKind.ALARM:
        return set()
    if kind is LetterKind.REMINDER_LIST:
        return {f"{BASE_URL}/staff/inquiry/{INQUIRY.reference}", f"{BASE_URL}/staff"}
    if kind in {LetterKind.PASSWORD_RESET, LetterKind.INVITATION}:
        return {RESET_URL}
    if kind.is_about_account:
        return {f"{BASE_URL}/staff"}
    if kind.is_for_customer:
        return {STATUS_URL} if kind is LetterKind.ANSWER else {STATUS_URL, f"{BASE_URL}/privacy"}
    return {f"{BASE_URL}/staff/inquiry/{INQUIRY.reference}", f"mailto:{INQUIRY.email}"}


@every_language
@pytest.mark.parametrize("kind", [LetterKind.INQUIRY_RECEIVED, LetterKind.STATUS_LINKS])
def test_letter_that_no_person_sends_shows_the_customer_nothing_a_customer_typed(
    kind: LetterKind, language: str
) -> None:
    inquiry = typed_everywhere(f"sentinel{number}" for number in range(100))

    letter = written(kind, language, inquiry, body="sentinel")

    assert "sentinel" not in "\n".join(str(getattr(letter, field.name)) for field in fields(letter))


def test_letter_to_the_team_shows_everything_the_customer_typed() -> None:
    inquiry = typed_everywhere(f"sentinel{number}." for number in range(100))

    letter = written(LetterKind.INQUIRY_FOR_TEAM, inquiry=inquiry, body="sentinel-body")

    shown = texts(tree(letter))
    for number in range(len(DETAILS) + TYPED_LINES_COUNT):
        assert f"sentinel{number}." in letter.text
        assert f"sentinel{number}." in shown
    assert "\n| sentinel-body\n" in letter.text
    assert "sentinel-body" in shown


def test_letter_to_the_team_is_a_data_sheet_in_both_forms() -> None:
    letter = written(LetterKind.INQUIRY_FOR_TEAM)

    assert letter.subject == "[LJ-7K3F-9Q2X] Quotation · Steam boilers · Cervecería Andina S.A. (Ecuador)"
    assert letter.text.startswith(
        "Quotation · Steam boilers\n"
        "Ecuador · Cervecería Andina S.A. · María Cárdenas\n"
        "Answer promised by Tue 24 Nov 2026, 17:30 (UTC+08)\n"
        "\n"
        "| Good afternoon,\n"
        "| \n"
        "|   1. please quote\n"
        "|   2. how long does it take?\n"
        "\n"
        "Technical data\n"
        "  Heat output or steam flow: 10 t/h\n"
        "    = 7000 kW\n"
        "  Working pressure: 900 bar\n"
        "    = 90 MPa\n"
        "    (worth checking)\n"
        "  Fuel: Natural gas\n"
        "  Fuel analysis: CH4 94 %\n"
        "    | C2H6 6 %\n"
    )
    assert "  4.8 MB, attached: layout.dwg\n" in letter.text
    assert "  38 MB, too large to attach, on the inquiry\u2019s page: boiler house.zip\n" in letter.text
    shown = texts(tree(letter))
    for fact in ("10 t/h", "= 7000 kW", "worth checking", "C2H6 6 %", "4.8 MB · attached", "17:30 (UTC+08)", "Ecuador"):
        assert fact in shown


def test_letter_to_the_customer_says_who_has_it_and_when_the_answer_comes() -> None:
    letter = written(LetterKind.INQUIRY_RECEIVED)

    assert letter.subject == "[LJ-7K3F-9Q2X] Your inquiry has reached LIJU Boilers"
    for form in (letter.text, texts(tree(letter))):
        for fact in ("LJ-7K3F-9Q2X", "Boiler sales", "Tue 24 Nov 2026, 17:30 (UTC+08)", STATUS_URL):
            assert fact in form


def test_letter_in_a_language_no_longer_offered_is_in_the_first_one() -> None:
    writer = writer_in("en")

    letter = writer.inquiry_received(replace(INQUIRY, language="zh_Hans"), status_url=STATUS_URL, team="Boiler sales")

    assert letter.language == "en"
    assert letter.sender_name == "LIJU Boilers"


@pytest.mark.parametrize("count", [1, 3])
def test_status_links_has_one_line_for_each_inquiry(count: int) -> None:
    pairs = [(replace(INQUIRY, reference=f"LJ-AAAA-000{n}"), f"{STATUS_URL}{n}") for n in range(count)]

    letter = WRITER.status_links(pairs, language="en")

    urls = [*(url for _, url in pairs), f"{BASE_URL}/privacy?lang=en"]
    assert hrefs(tree(letter)) == urls
    assert [line for line in lines_of(letter.text) if line.startswith(BASE_URL)] == urls
    assert letter.text.count(" · Steam boilers · ") == count
    assert letter.subject == (
        "[LJ-AAAA-0000] The link to your inquiry" if count == 1 else "The links to your inquiries at LIJU Boilers"
    )


def test_state_letter_tells_closing_from_reopening() -> None:
    closed = WRITER.state_for_team(INQUIRY, EventKind.INQUIRY_CLOSED)
    reopened = WRITER.state_for_team(INQUIRY, EventKind.INQUIRY_REOPENED)

    assert closed.subject == "[LJ-7K3F-9Q2X] Closed by the customer · Steam boilers · Cervecería Andina S.A. (Ecuador)"
    assert reopened.subject == closed.subject.replace("Closed", "Reopened")
    assert "reopened" in texts(tree(reopened))
    assert "No text, only files." not in closed.text


def test_message_without_a_text_says_that_there_are_only_files() -> None:
    letter = WRITER.message_for_team(INQUIRY, replace(MESSAGE, body=""), files=FILES)

    assert "\nNo text, only files.\n" in letter.text
    assert "No text, only files." in texts(tree(letter))
