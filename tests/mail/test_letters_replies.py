"""What letters say of replying, where their key stands, and the letter in which a customer gets an answer."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from email.message import EmailMessage

import pytest

from liju_contact.domain.letter import KEY_PLACE, Addressee, LetterKind
from liju_contact.domain.staff_command import Command, read_staff_mail
from liju_contact.usecases.deps import FileLine
from tests.mail.letters import read
from tests.mail.written_letters import (
    ANSWERING,
    DEAF,
    FILES,
    INQUIRY,
    LANGUAGES,
    MESSAGE,
    STATUS_URL,
    WRITER,
    WRITERS,
    forms,
    hrefs,
    in_mail,
    texts,
    tree,
    typed_everywhere,
    writer_in,
    written,
)

KEY = "lj7k3f9q2x.a1z.0123456789abcdef0123456789"
KEYLESS = (
    LetterKind.STATUS_LINKS,
    LetterKind.ALARM,
    LetterKind.REMINDER_LIST,
    *(kind for kind in LetterKind if kind.is_about_account),
)
# The commands that a reply to a letter may begin with.
CONVERSATION = {Command.NOTE, Command.CLOSE, Command.ASSIGN_ME, Command.SPAM}
TAKES = {
    LetterKind.INQUIRY_FOR_TEAM: CONVERSATION,
    LetterKind.MESSAGE_FOR_TEAM: CONVERSATION,
    LetterKind.STATE_FOR_TEAM: CONVERSATION,
    LetterKind.ANSWER_FOR_TEAM: CONVERSATION,
    LetterKind.FAILURE_FOR_TEAM: CONVERSATION,
    LetterKind.ABSENCE_FOR_TEAM: CONVERSATION,
    LetterKind.REMINDER_FOR_TEAM: CONVERSATION,
    LetterKind.RATING_FOR_TEAM: CONVERSATION,
    LetterKind.NOTE_FOR_TEAM: CONVERSATION - {Command.NOTE},
    LetterKind.HELD_FOR_TEAM: {Command.SEND, Command.DROP},
}

every_language = pytest.mark.parametrize("language", LANGUAGES)
every_kind = pytest.mark.parametrize("kind", list(LetterKind))


def commands_in(form: str) -> set[Command]:
    """Return the commands a letter names, as this program itself reads them."""
    named = re.findall(r"#(?:assign me|\w+)", form)
    return {command for words in named for command in read_staff_mail(words).commands}


@every_language
@pytest.mark.parametrize("kind", [kind for kind in LetterKind if kind not in KEYLESS])
def test_letter_about_an_inquiry_ends_in_its_reference_and_the_place_of_the_key(
    kind: LetterKind, language: str
) -> None:
    letter = written(kind, language)

    for form in forms(letter):
        assert form.rstrip().endswith(f"{INQUIRY.reference} · {KEY_PLACE}")
        assert form.count(KEY_PLACE) == 1


@every_language
@pytest.mark.parametrize("kind", KEYLESS)
def test_letter_about_no_single_inquiry_has_no_place_for_a_key(kind: LetterKind, language: str) -> None:
    assert [form for form in forms(written(kind, language)) if KEY_PLACE in form] == []


@every_language
@every_kind
def test_letter_asks_for_no_reply_where_none_is_heard(kind: LetterKind, language: str) -> None:
    letter = written(kind, language, writer=DEAF[language])

    for form in forms(letter):
        assert KEY_PLACE not in form
        assert commands_in(form) == set()


@every_language
@every_kind
def test_key_place_that_somebody_types_stays_empty(kind: LetterKind, language: str) -> None:
    inquiry = typed_everywhere(iter([KEY_PLACE] * 100))
    letter = written(kind, language, inquiry, body=f"{KEY_PLACE} {KEY}")
    mail = read(in_mail(letter, Addressee(name="", address="li.wei@liju.example", reply_key="the-key")))

    expected = 0 if kind in KEYLESS else 1
    for subtype in ("plain", "html"):
        body = mail.get_body((subtype,))
        assert isinstance(body, EmailMessage)
        assert body.get_content().count("the-key") == expected
    assert KEY not in letter.text + letter.html


@every_language
@pytest.mark.parametrize("kind", TAKES)
def test_letter_to_the_team_says_what_a_reply_does(kind: LetterKind, language: str) -> None:
    letter = written(kind, language)

    assert [commands_in(form) for form in forms(letter)] == [TAKES[kind]] * 2


def test_letter_to_the_team_says_whom_a_reply_reaches() -> None:
    to_customer = "Reply to this letter to answer the customer. A first line #note keeps it internal;"

    for kind, taken in TAKES.items():
        says_so = [to_customer in form for form in forms(written(kind))]
        assert says_so == [taken == CONVERSATION] * 2


def test_confirmation_offers_a_reply_only_where_one_is_heard() -> None:
    offer = "To add something, reply to it or use your page."

    assert [offer in form for form in forms(written(LetterKind.INQUIRY_RECEIVED))] == [True, True]
    assert [offer in form for form in forms(written(LetterKind.INQUIRY_RECEIVED, writer=DEAF["en"]))] == [False, False]


def test_answer_is_what_staff_wrote_and_little_else() -> None:
    letter = written(LetterKind.ANSWER)

    assert letter.text == (
        "Dear Ms Cárdenas,\n"
        "\n"
        "  1. the quotation is attached\n"
        "  2. twelve weeks from your order\n"
        "\n"
        "Li Wei\n"
        "\n"
        "Files\n"
        "  4.8 MB, attached: layout.dwg\n"
        "  38 MB, too large for a letter, on your status page: boiler house.zip\n"
        "\n"
        "—\n"
        "LIJU Boilers\n"
        "\n"
        "Reply to this letter to write to us, or open your status page:\n"
        f"{STATUS_URL}\n"
        "\n"
        "On Fri 20 Nov 2026, 10:00 (UTC+08) you wrote:\n"
        "> Good afternoon,\n"
        "> \n"
        ">   1. please quote\n"
        ">   2. how long does it take?\n"
        "\n"
        f"LJ-7K3F-9Q2X · {KEY_PLACE}\n"
    )
    shown = texts(tree(letter))
    for line in ("  1. the quotation is attached", "38 MB · ", "On Fri 20 Nov 2026, 10:00 (UTC+08) you wrote:"):
        assert line in shown
    (quote,) = tree(letter).iter("blockquote")
    assert list(quote.itertext()) == [line for line in MESSAGE.body.splitlines() if line]


@every_language
def test_answer_comes_from_its_author_and_from_a_person(language: str) -> None:
    company = {"en": "LIJU Boilers", "zh_Hans": "力聚锅炉"}[language]

    named = WRITERS[language].answer(replace(INQUIRY, language=language), ANSWERING, files=())
    unnamed = WRITERS[language].answer(
        replace(INQUIRY, language=language), replace(ANSWERING, author_name=""), files=()
    )

    assert (named.sender_name, unnamed.sender_name) == (f"Li Wei · {company}", company)
    assert (named.headers, unnamed.headers) == ({}, {})


@every_language
def test_answer_continues_the_thread_of_the_confirmation(language: str) -> None:
    confirmation = written(LetterKind.INQUIRY_RECEIVED, language)

    assert written(LetterKind.ANSWER, language).subject == f"Re: {confirmation.subject}"


@pytest.mark.parametrize(
    ("thread_subject", "expected"),
    [("Steam boiler 10 t/h", "Re: Steam boiler 10 t/h"), ("回复\uff1aRe: 蒸汽锅炉", "Re: 蒸汽锅炉")],
)
def test_answer_continues_the_thread_of_the_customers_own_mail(thread_subject: str, expected: str) -> None:
    letter = WRITER.answer(INQUIRY, replace(ANSWERING, thread_subject=thread_subject), files=())

    assert letter.subject == expected


def test_answer_quotes_ten_lines_at_most_and_nothing_when_nothing_is_answered() -> None:
    long = replace(MESSAGE, body="\n".join(f"line {number}" for number in range(12)))

    quoting = WRITER.answer(INQUIRY, replace(ANSWERING, quoted=long), files=())
    alone = WRITER.answer(INQUIRY, replace(ANSWERING, quoted=None), files=())

    assert [line for line in quoting.text.splitlines() if line.startswith("> ")][-1] == "> line 9…"
    assert quoting.text.count("\n> ") == 10
    assert "line 10" not in quoting.html
    assert list(tree(alone).iter("blockquote")) == []
    assert "you wrote" not in alone.text + alone.html


def test_answer_of_files_alone_says_so() -> None:
    letter = WRITER.answer(INQUIRY, replace(ANSWERING, body=""), files=FILES[:1])

    assert letter.text.startswith("No text, only files.\n\nFiles\n")
    assert "No text, only files." in texts(tree(letter))


def test_file_that_is_too_large_for_an_answer_leads_to_the_status_page() -> None:
    large = FileLine(name="boiler house.zip", bytes_count=38_000_000, is_attached=False)

    counts = [hrefs(tree(WRITER.answer(INQUIRY, ANSWERING, files=files))) for files in ((), (large,))]

    assert counts == [[STATUS_URL], [STATUS_URL] * 2]


@every_language
def test_letters_to_the_customer_hold_nothing_of_a_note_or_of_the_inquiry(language: str) -> None:
    inquiry = typed_everywhere(f"sentinel{number}" for number in range(100))
    WRITERS[language].note_for_team(inquiry, author_name="sentinel", body="sentinel of a note", files=())

    letters = [written(kind, language, inquiry) for kind in LetterKind if kind.is_for_customer]

    assert len(letters) == 4
    for letter in letters:
        assert "sentinel" not in "\n".join(str(getattr(letter, field.name)) for field in fields(letter))


def test_answer_to_an_inquiry_in_a_language_no_longer_offered_is_in_the_first_one() -> None:
    letter = writer_in("en").answer(replace(INQUIRY, language="zh_Hans"), ANSWERING, files=())

    assert (letter.language, letter.sender_name) == ("en", "Li Wei · LIJU Boilers")
