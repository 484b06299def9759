"""What staff are told and asked by letter: answers of colleagues, notes, failures, absences, held mail, trouble."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liju_contact.domain.inbound import HoldReason
from liju_contact.domain.letter import KEY_PLACE, LetterKind
from liju_contact.mail.letters import TemplateLetterWriter
from liju_contact.vocabulary import HOLD_REASONS
from liju_contact.wording import wording_in
from tests.mail.written_letters import (
    ANSWER,
    ANSWERING,
    DEAF,
    FAILURE,
    FILES,
    HELD,
    INQUIRY,
    LANGUAGES,
    TROUBLE,
    WRITER,
    WRITERS,
    forms,
    hrefs,
    texts,
    tree,
    written,
)

every_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.mark.parametrize(("name", "shown"), [("Li Wei", "Li Wei"), ("", "a colleague")])
def test_copy_of_an_answer_names_who_answered(name: str, shown: str) -> None:
    letter = WRITER.answer_for_team(INQUIRY, replace(ANSWER, author_name=name), files=FILES)

    assert letter.subject == (f"[LJ-7K3F-9Q2X] Answered by {shown} · Steam boilers · Cervecería Andina S.A. (Ecuador)")
    for form in forms(letter):
        for fact in (f"Answered by {shown}", "There is nothing to do.", "twelve weeks from your order", "layout.dwg"):
            assert fact in form


@pytest.mark.parametrize(
    ("writer", "sentence"),
    [
        (WRITER, "The customer does not see this; a reply to this letter becomes a note too."),
        (DEAF["en"], "The customer does not see this. Please do not reply to this letter: a reply would go to them."),
    ],
    ids=["heard", "unheard"],
)
def test_note_says_that_it_is_internal_and_what_a_reply_would_be(writer: TemplateLetterWriter, sentence: str) -> None:
    letter = written(LetterKind.NOTE_FOR_TEAM, writer=writer)

    assert letter.subject.startswith("[LJ-7K3F-9Q2X] Internal note by Li Wei · ")
    for form in forms(letter):
        assert sentence in form
        assert "answer the customer" not in form


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (LetterKind.ANSWER, "An answer did not reach the customer"),
        (LetterKind.INQUIRY_RECEIVED, "The confirmation did not reach the customer"),
        (LetterKind.STATUS_LINKS, "A letter did not reach the customer"),
    ],
)
def test_failure_says_what_did_not_reach_whom_and_why(kind: LetterKind, title: str) -> None:
    letter = WRITER.failure_for_team(INQUIRY, replace(FAILURE, kind=kind, recipient="colleague@andina.example"))

    for form in forms(letter):
        for fact in (title, "colleague@andina.example", "User unknown", "The status page asks"):
            assert fact in form
        assert ("twelve weeks" in form) == (kind is LetterKind.ANSWER)
    assert "\n| User unknown\n" in letter.text


@every_language
def test_failure_of_an_answer_holds_no_status_link(language: str) -> None:
    writer = WRITERS[language]
    answer = writer.answer(replace(INQUIRY, language=language), ANSWERING, files=[])

    letter = writer.failure_for_team(INQUIRY, replace(FAILURE, kind=LetterKind.ANSWER, body=answer.text))

    assert ANSWERING.status_url in answer.text
    for form in forms(letter):
        assert ANSWERING.body.splitlines()[0] in form
        assert ANSWERING.status_url not in form


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        ("+593 4 555", "The customer can also be reached by phone: +593 4 555"),
        ("", "The inquiry holds no phone number."),
    ],
)
def test_failure_names_the_phone_where_there_is_one(phone: str, sentence: str) -> None:
    letter = WRITER.failure_for_team(replace(INQUIRY, phone=phone), replace(FAILURE, words="", body=""))

    for form in forms(letter):
        assert sentence in form
        assert "They gave no reason." in form
        assert "What did not arrive" not in form


def test_absence_says_who_is_away_and_what_is_to_be_done() -> None:
    letter = WRITER.absence_for_team(INQUIRY, name="Li Wei", words="Out of office\n" * 12)

    assert letter.subject.startswith("[LJ-7K3F-9Q2X] Away: Li Wei · ")
    assert letter.text.count("\n| Out of office") == 10
    for form in forms(letter):
        assert "This inquiry is assigned to them, so somebody else should look at it." in form


@every_language
@pytest.mark.parametrize("reason", list(HoldReason))
def test_held_mail_is_shown_with_its_reason(reason: HoldReason, language: str) -> None:
    letter = WRITERS[language].held_for_team(INQUIRY, replace(HELD, reason=reason))

    sentences = {other: wording_in(language).gettext(HOLD_REASONS[other]) for other in HoldReason}
    for form in forms(letter):
        assert [other for other, sentence in sentences.items() if sentence in form] == [reason]
        for fact in (HELD.sender, HELD.subject, "I am taking over from María.", "mail accept 17"):
            assert fact in form


def test_late_answer_names_who_was_faster_and_what_sending_does() -> None:
    late = replace(HELD, reason=HoldReason.LATE_ANSWER, answered_by="Chen Jing")

    for form in forms(WRITER.held_for_team(INQUIRY, late)):
        assert "Answered meanwhile by" in form
        assert "Chen Jing" in form
        assert "This answer goes to the customer anyway." in form
    for form in forms(WRITER.held_for_team(INQUIRY, HELD)):
        assert "Answered meanwhile by" not in form
        assert "The mail is let in." in form


@every_language
def test_held_mail_without_an_inquiry_is_decided_on_the_server(language: str) -> None:
    letter = WRITERS[language].held_for_team(None, replace(HELD, sender="", subject="", body=""))

    assert (hrefs(tree(letter)), INQUIRY.reference in letter.html) == ([], False)
    for form in forms(letter):
        assert KEY_PLACE not in form
        assert "#" not in form
        assert "liju-contact mail accept 17" in form
        assert "liju-contact mail discard 17" in form


def test_held_mail_of_a_colleague_needs_an_inquiry_first() -> None:
    letter = WRITER.held_for_team(None, replace(HELD, reason=HoldReason.STAFF_WITHOUT_KEY))

    for form in forms(letter):
        assert "liju-contact mail attach 17 LJ-…" in form
        assert "mail accept" not in form


def test_held_mail_is_shown_short() -> None:
    letter = WRITER.held_for_team(INQUIRY, replace(HELD, body="word " * 5000))

    assert len(letter.text) < 5000
    assert "word…\n" in letter.text


def test_alarm_has_a_line_for_each_sentence_and_the_first_in_its_subject() -> None:
    letter = WRITER.alarm(TROUBLE)

    assert letter.subject == f"Trouble with the inquiries: {TROUBLE[0]}"
    assert [line for line in letter.text.splitlines() if line.startswith("| ")] == [f"| {line}" for line in TROUBLE]
    for sentence in TROUBLE:
        assert sentence in texts(tree(letter))
    assert len(WRITER.alarm(["x" * 1000]).subject) < 160
