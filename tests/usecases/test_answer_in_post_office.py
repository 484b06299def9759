"""Somebody answers in the demo's post office: what the mail says, where it goes in, and that the loop closes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

import pytest

from liju_contact.domain.errors import NotFound
from liju_contact.domain.reply_key import Purpose
from liju_contact.mail.carrier import mail_of
from liju_contact.mail.maildir import Envelope, keep_letter, read_letter
from liju_contact.mail.message import mail_bytes
from liju_contact.store.deliveries import Claimed
from liju_contact.store.files import chunks
from liju_contact.usecases.answer_in_post_office import (
    Correspondent,
    Replying,
    Written,
    answer_letter,
    find_replying,
    is_own_address,
    post_office_of,
    take_in,
    write_to_us,
)
from liju_contact.usecases.deliver_letters import deliver_letters
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.read_post_office import KeptFile, KeptLetter, Unwritable
from tests.conftest import ONE_DATABASE, Clock
from tests.usecases.mails import CUSTOMER, LI, PUBLIC, DirectReader, messages, with_staff
from tests.usecases.stories import ScriptedCarrier, rows, status_of, submit

pytestmark = ONE_DATABASE

OPENED_AT = datetime(2026, 11, 23, 1, 58, tzinfo=UTC)
ANSWER = Written(text="LSS2-1.0 does it.\n-- \nLi", files=(), nonce="aB3_-xYz90qwerty", begun_at=OPENED_AT)
DRAWING = KeptFile(name="图纸 1.pdf", media_type="application/pdf", content=b"%PDF-1.7 " + bytes(range(256)))


def deliver(deps: Deps) -> None:
    """Put every letter that waits into the post office."""

    def keep(claimed: Claimed) -> None:
        addresses = Envelope(sender=PUBLIC, recipients=(claimed.addressee.address,))
        keep_letter(deps.settings.instance / "post", addresses, mail_bytes(mail_of(claimed, [])))

    deliver_letters(deps, ScriptedCarrier(when_carrying=keep), holder="w")


def newest_to(deps: Deps, recipient: str) -> KeptLetter:
    office = post_office_of(deps)
    found = next(line for line in office.list_letters(50) if line.recipients == (recipient,))
    return office.get_letter(found.id)


def kept(deps: Deps, *, sender: str = PUBLIC, to: str = CUSTOMER, **fields: str) -> KeptLetter:
    """Keep a letter of a single line, and return how it reads."""
    message = EmailMessage(policy=SMTP)
    for name, value in {"From": sender, "Subject": "Hello", **fields}.items():
        message[name.replace("_", "-")] = value
    message.set_content("A line.")
    return kept_bytes(deps, message.as_bytes(), to)


def kept_bytes(deps: Deps, raw: bytes, to: str = CUSTOMER) -> KeptLetter:
    letter_id = keep_letter(deps.settings.instance / "post", Envelope(sender=PUBLIC, recipients=(to,)), raw)
    return post_office_of(deps).get_letter(letter_id)


def raw_mails(deps: Deps) -> list[bytes]:
    with deps.db.read() as tx:
        return [b"".join(chunks(tx, row["blob_id"])) for row in rows(deps.db, "inbound")]


def only_mail(deps: Deps) -> EmailMessage:
    [raw] = raw_mails(deps)
    return message_from_bytes(raw, policy=default)


def envelope_of(row: dict[str, Any]) -> tuple[str, str, list[str]]:
    return row["door"], row["envelope_sender"], row["envelope_recipients"]


def test_an_answer_is_written_as_a_mail_program_would(deps: Deps, clock: Clock) -> None:
    deps = with_staff(deps)
    submit(deps)
    deliver(deps)
    letter = newest_to(deps, LI)

    answer_letter(deps, letter.line.id, replace(ANSWER, files=(DRAWING,)), now=clock.at)

    answer = only_mail(deps)
    assert (answer["From"], answer["To"]) == (LI, letter.header("Reply-To").strip("<>"))
    assert answer["Subject"] == f"Re: {letter.line.subject}"
    assert answer["In-Reply-To"] == letter.header("Message-ID")
    assert answer["References"].split() == [*letter.header("References").split(), letter.header("Message-ID")]
    assert answer["Message-ID"] == "<aB3_-xYz90qwerty@post-office.localhost>"
    assert answer["Date"].datetime == OPENED_AT
    [file] = answer.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == (DRAWING.name, "application/pdf")
    assert file.get_content() == DRAWING.content


def test_what_was_written_stands_above_the_quoted_letter(deps: Deps) -> None:
    letter = kept(deps, sender=f"LIJU Boilers <{PUBLIC}>")

    answer_letter(deps, letter.line.id, ANSWER, now=deps.now())

    lines = only_mail(deps).get_content().splitlines()
    zone = deps.settings.company.working_hours.zone
    at = letter.line.kept_at.astimezone(zone)
    attribution = f"On {at:%a}, {at.day} {at:%b %Y} at {at:%H:%M}, LIJU Boilers <{PUBLIC}> wrote:"
    assert lines == ["LSS2-1.0 does it.", "-- ", "Li", "", attribution, "", "> A line."]


def test_an_answer_comes_in_by_the_door_of_the_post_office_and_shows_in_its_list(deps: Deps) -> None:
    letter = kept(deps)

    answer_letter(deps, letter.line.id, ANSWER, now=deps.now())

    [row] = rows(deps.db, "inbound")
    newest = post_office_of(deps).list_letters(1)[0]
    envelope, shown = read_letter(deps.settings.instance / "post", newest.id)
    assert (row["state"], envelope_of(row)) == ("waiting", ("post_office", CUSTOMER, [PUBLIC]))
    assert envelope == Envelope(sender=CUSTOMER, recipients=(PUBLIC,))
    assert [shown] == raw_mails(deps)


def test_a_form_sent_twice_at_once_is_one_mail(deps: Deps, clock: Clock) -> None:
    letter = kept(deps)

    for _ in range(2):
        answer_letter(deps, letter.line.id, replace(ANSWER, files=(DRAWING,)), now=deps.now())
        clock.move(seconds=2)

    assert len(rows(deps.db, "inbound")) == 1
    assert len(post_office_of(deps).list_letters(10)) == 2


def test_the_loop_closes_from_answer_to_reply(deps: Deps) -> None:
    deps = with_staff(deps)
    submitted = submit(deps)
    deliver(deps)

    answer_letter(deps, newest_to(deps, LI).line.id, replace(ANSWER, files=(DRAWING,)), now=deps.now())
    judge_waiting(deps, DirectReader())
    deliver(deps)
    back = replace(ANSWER, text="谢谢", nonce="other")
    answer_letter(deps, newest_to(deps, CUSTOMER).line.id, back, now=deps.now())
    judge_waiting(deps, DirectReader())

    assert [(author, name) for author, name, _ in messages(deps)] == [
        ("customer", "Ana Souza"),
        ("staff", "Li Wei"),
        ("customer", "Ana Souza"),
    ]
    assert messages(deps)[2][2] == "谢谢"
    assert [file.name for file in status_of(deps, submitted).messages[1].files] == ["图纸 1.pdf"]


def test_a_mail_to_us_opens_an_inquiry(deps: Deps) -> None:
    author = Correspondent(name="林 Wei, Ltd", address="wei@newcomer.example")

    write_to_us(deps, author, "Two boilers", replace(ANSWER, text="What do they cost?"), now=deps.now())
    judge_waiting(deps, DirectReader())

    [inquiry] = rows(deps.db, "inquiry")
    assert (inquiry["name"], inquiry["email"]) == (author.name, author.address)
    assert messages(deps) == [("customer", author.name, "Two boilers\n\nWhat do they cost?")]
    assert only_mail(deps)["To"] == PUBLIC


def test_an_address_that_plain_mail_cannot_carry_is_told_and_nothing_is_kept(deps: Deps) -> None:
    with pytest.raises(Unwritable):
        write_to_us(deps, Correspondent(name="", address="josé@x.example"), "", ANSWER, now=deps.now())

    assert rows(deps.db, "inbound") == []
    assert post_office_of(deps).list_letters(1) == ()


@pytest.mark.parametrize(
    ("reply_to", "purpose"),
    [
        (PUBLIC, Purpose.CONVERSATION),
        ("inquiry+lj7k3f9q2x.a1.0123456789abcdef0123456789@liju.example", Purpose.CONVERSATION),
        ("inquiry+lj7k3f9q2x.n1.0123456789abcdef0123456789@liju.example", Purpose.NOTE),
        ("inquiry+lj7k3f9q2x.h1.0123456789abcdef0123456789@liju.example", Purpose.HELD),
    ],
)
def test_staff_are_told_what_an_answer_of_theirs_would_be(deps: Deps, reply_to: str, purpose: Purpose) -> None:
    deps = with_staff(deps)

    to_staff = find_replying(deps, kept(deps, to=LI, Reply_To=reply_to))
    to_customer = find_replying(deps, kept(deps, Reply_To=reply_to))

    assert to_staff == Replying(sender=LI, recipient=reply_to, staff_purpose=purpose)
    assert to_customer == Replying(sender=CUSTOMER, recipient=reply_to, staff_purpose=None)


def test_a_name_before_an_address_is_not_taken_for_it(deps: Deps) -> None:
    letter = kept(deps, sender=f'"trap@elsewhere.example, LIJU" <{PUBLIC}>', to=f"Ana <{CUSTOMER}>")

    assert find_replying(deps, letter) == Replying(sender=CUSTOMER, recipient=PUBLIC, staff_purpose=None)


@pytest.mark.parametrize(
    ("sender", "to"),
    [
        (CUSTOMER, PUBLIC),  # what somebody wrote to the program
        ("a@elsewhere.example", "b@elsewhere.example"),  # a developer's own mail
        ("nobody at all", CUSTOMER),
    ],
)
def test_a_letter_that_is_not_of_this_program_has_no_answer(deps: Deps, sender: str, to: str) -> None:
    letter = kept_bytes(deps, f"From: {sender}\r\nSubject: x\r\n\r\nA line.\r\n".encode(), to)

    assert find_replying(deps, letter) is None
    with pytest.raises(NotFound):
        answer_letter(deps, letter.line.id, ANSWER, now=deps.now())
    assert rows(deps.db, "inbound") == []


def test_odd_headers_make_an_answer_all_the_same(deps: Deps) -> None:
    """An encoded word may hide a line break, a thread may be endless, and a letter may be HTML alone."""
    thread = " ".join(f"<{number}@x.example>" for number in range(500))
    raw = (
        f"From: {PUBLIC}\r\nSubject: =?utf-8?Q?a=0D=0ABcc:_x?=\r\nMessage-ID: =?utf-8?Q?=3C1=0A@x=3E?=\r\n"
        f"References: {thread}\r\nContent-Type: text/html\r\n\r\n<p>Only HTML.</p>\r\n"
    )

    answer_letter(deps, kept_bytes(deps, raw.encode()).line.id, ANSWER, now=deps.now())

    answer = only_mail(deps)
    assert answer["Subject"] == "Re: a Bcc: x"
    assert "Bcc" not in answer
    assert len(answer["References"].split()) <= 52
    lines, typed = answer.get_content().splitlines(), ANSWER.text.splitlines()
    assert (lines[: len(typed)], lines[-1]) == (typed, "> Only HTML.")


def test_nobody_answers_where_there_is_no_post_office(deps: Deps) -> None:
    letter = kept(deps)
    deps = replace(deps, post_office=None)

    with pytest.raises(NotFound):
        answer_letter(deps, letter.line.id, ANSWER, now=deps.now())
    with pytest.raises(NotFound):
        write_to_us(deps, Correspondent(name="", address=CUSTOMER), "", ANSWER, now=deps.now())


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("inquiry@liju.example", True),
        (" Inquiry@LIJU.example", True),
        ("inquiry+anything.at-all@liju.example", True),
        ("inquiry+@liju.example", False),
        ("inquiry+a@elsewhere.example@liju.example", False),
        ("sales@liju.example", False),
        ("inquiryXliju.example", False),
        ("inquiry@liju.example.elsewhere.example", False),
        ("", False),
    ],
)
def test_own_addresses_are_known_with_any_key(deps: Deps, address: str, is_own: bool) -> None:  # noqa: FBT001  # a case
    assert is_own_address(deps.settings.mail, address) is is_own


@pytest.mark.parametrize(
    ("reply_address", "bounce_address", "own", "foreign"),
    [
        ("{key}@reply.liju.example", "b-{key}@bounce.liju.example", "k.1@reply.liju.example", "k@liju.example"),
        ("{key}@reply.liju.example", "b-{key}@bounce.liju.example", "B-7.x@bounce.liju.example", "b-@liju.example"),
        (None, None, "inquiry@liju.example", "inquiry+k@liju.example"),
    ],
)
def test_own_addresses_follow_the_settings(
    deps: Deps, reply_address: str | None, bounce_address: str | None, own: str, foreign: str
) -> None:
    mail = replace(deps.settings.mail, reply_address=reply_address, bounce_address=bounce_address)

    assert [is_own_address(mail, address) for address in (own, foreign)] == [True, False]


def test_mail_to_the_program_by_smtp_is_taken_in_once_and_other_mail_is_not(deps: Deps) -> None:
    raw = b"From: a@x.example\r\nSubject: x\r\n\r\nA line.\r\n"

    take_in(deps, PUBLIC, (CUSTOMER,), raw + b"a letter to the customer")
    take_in(deps, "", (CUSTOMER, "inquiry+b7.0@liju.example"), raw)
    take_in(deps, "", (CUSTOMER, "inquiry+b7.0@liju.example"), raw)

    [row] = rows(deps.db, "inbound")
    assert envelope_of(row) == ("post_office", "", [CUSTOMER, "inquiry+b7.0@liju.example"])
    assert raw_mails(deps) == [raw]
