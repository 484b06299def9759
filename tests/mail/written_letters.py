"""One letter of every kind to look at, and ways to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib

from liju_contact.config import Settings, read_settings
from liju_contact.domain.detail import DETAIL_FIELDS, Detail, read_detail
from liju_contact.domain.event import EventKind
from liju_contact.domain.inbound import HoldReason
from liju_contact.domain.inquiry import Inquiry, InquiryState
from liju_contact.domain.letter import Addressee, Letter, LetterKind
from liju_contact.domain.message import Author, Message
from liju_contact.domain.person import Person, Role
from liju_contact.domain.rating import Rating
from liju_contact.domain.reminder import ReminderStep
from liju_contact.mail.account_letters import TemplateAccountLetterWriter
from liju_contact.mail.carrier import mail_of
from liju_contact.mail.letters import TemplateLetterWriter
from liju_contact.mail.message import mail_bytes
from liju_contact.store.deliveries import Claimed
from liju_contact.templating import template_environments
from liju_contact.usecases.deps import Answering, FileLine, HeldMail, LetterFailure, Reminding

BASE_URL = "https://contact.liju.example"
STATUS_URL = f"{BASE_URL}/inquiry/LJ-7K3F-9Q2X/8sQ0vJmZkq3mYyTtBq1v0w5e"
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)
BODY = "Good afternoon,\n\n  1. please quote\n  2. how long does it take?"
TYPED_LINES_COUNT = 4  # name, company, phone, e-mail
ANSWER_BODY = "Dear Ms Cárdenas,\n\n  1. the quotation is attached\n  2. twelve weeks from your order\n\nLi Wei"
AUTHOR = "Li Wei"
LANGUAGES = ("en", "zh_Hans")
TYPED = {
    "capacity": ("10", "t_h"),
    "pressure": ("900", "bar"),
    "fuel": ("natural_gas", ""),
    "fuel_analysis": ("CH4 94 %\nC2H6 6 %", ""),
    "port": ("Guayaquil", ""),
    "needed_by": ("2027-03-15", ""),
}
DETAILS = tuple(read_detail(DETAIL_FIELDS[field], typed, unit, TODAY) for field, (typed, unit) in TYPED.items())
INQUIRY = Inquiry(
    id=1,
    reference="LJ-7K3F-9Q2X",
    key_version=1,
    state=InquiryState.RECEIVED,
    language="en",
    name="María Cárdenas",
    email="m.cardenas+boilers@andina.example",
    country="EC",
    product="steam",
    topic="quotation",
    team="sales",
    company="Cervecería Andina S.A.",
    phone="+593 4 555 0123",
    details=DETAILS,
    received_at=NOW,
    answer_due_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
)
MESSAGE = Message(id=1, author=Author.CUSTOMER, author_name="María", body=BODY, written_at=NOW, files=())
ANSWER = Message(id=2, author=Author.STAFF, author_name=AUTHOR, body=ANSWER_BODY, written_at=NOW, files=())
ANSWERING = Answering(author_name=AUTHOR, body=ANSWER_BODY, thread_subject="", quoted=MESSAGE, status_url=STATUS_URL)
FAILURE = LetterFailure(
    kind=LetterKind.ANSWER,
    recipient=INQUIRY.email,
    words="550 5.1.1 <m.cardenas+boilers@andina.example>: Recipient address rejected:\nUser unknown",
    body=ANSWER_BODY,
)
HELD = HeldMail(
    inbound_id=17,
    reason=HoldReason.COLLEAGUE,
    sender="jorge.paz@andina.example",
    subject="Re: steam boilers",
    body="Hello,\nI am taking over from María.",
    answered_by="",
)
REMINDING = Reminding(inquiry=INQUIRY, step=ReminderStep.OVERDUE, promised_at=INQUIRY.answer_due_at)
RATING = Rating(stars=2, words="Nobody called back.\nI had to ask twice.")
ABSENCE = "I am back on Monday."
PERSON = Person(id=1, address="li.wei@liju.example", name="Li Wei", role=Role.AGENT)
RESET_URL = f"{BASE_URL}/staff/reset/8sQ0vJmZkq3mYyTtBq1v0w5e"
TROUBLE = ("No mail could be fetched for 15 minutes.", "The mailbox answers: LOGIN failed.")
FILES = (
    FileLine(name="layout.dwg", bytes_count=4_812_334, is_attached=True),
    FileLine(name="boiler house.zip", bytes_count=38_000_000, is_attached=False),
)


def settings_in(*languages: str) -> Settings:
    example = Path(__file__).parents[2] / "instance" / "config.example.toml"
    text = example.read_text("utf-8").replace('languages = ["en", "zh_Hans"]', f"languages = {list(languages)}")
    environment = {"LIJU_SECRET": "s" * 64, "LIJU_WEB_BASE_URL": BASE_URL}
    return read_settings(text, instance=example.parent, environment=environment)


def writer_in(*languages: str, hears_replies: bool = True) -> TemplateLetterWriter:
    settings = settings_in(*languages)
    if not hears_replies:
        settings = replace(settings, mail=replace(settings.mail, host="smtp.liju.example"))
    return TemplateLetterWriter(settings, template_environments(settings.web.languages, {}))


WRITERS = {"en": writer_in("en", "zh_Hans"), "zh_Hans": writer_in("zh_Hans", "en")}
WRITER = WRITERS["en"]
DEAF = {language: writer_in(language, hears_replies=False) for language in LANGUAGES}


def account_writer_in(*languages: str) -> TemplateAccountLetterWriter:
    settings = settings_in(*languages)
    return TemplateAccountLetterWriter(settings, template_environments(settings.web.languages, {}))


ACCOUNT_WRITERS = {"en": account_writer_in("en", "zh_Hans"), "zh_Hans": account_writer_in("zh_Hans", "en")}


def written(
    kind: LetterKind,
    language: str = "en",
    inquiry: Inquiry = INQUIRY,
    *,
    body: str = "",
    writer: TemplateLetterWriter | None = None,
) -> Letter:
    """Write any letter; the teams' language is the settings' first one. Without a ``body`` it has one of its kind."""
    writer, inquiry = writer or WRITERS[language], replace(inquiry, language=language)
    letters: dict[LetterKind, Callable[[], Letter]] = {
        LetterKind.INQUIRY_RECEIVED: lambda: writer.inquiry_received(
            inquiry, status_url=STATUS_URL, team="Boiler sales"
        ),
        LetterKind.INQUIRY_FOR_TEAM: lambda: writer.inquiry_for_team(inquiry, body=body or BODY, files=FILES),
        LetterKind.MESSAGE_FOR_TEAM: lambda: writer.message_for_team(
            inquiry, replace(MESSAGE, body=body or BODY), files=FILES
        ),
        LetterKind.STATE_FOR_TEAM: lambda: writer.state_for_team(inquiry, EventKind.INQUIRY_CLOSED),
        LetterKind.NEW_STATUS_LINK: lambda: writer.new_status_link(inquiry, status_url=STATUS_URL),
        LetterKind.STATUS_LINKS: lambda: writer.status_links([(inquiry, STATUS_URL)], language=language),
    }
    if kind.is_about_account:
        return _written_about_account(kind, language)
    return letters[kind]() if kind in letters else _written_for_replies(kind, writer, inquiry, body)


def _written_about_account(kind: LetterKind, language: str, person: Person = PERSON) -> Letter:
    writer, person = ACCOUNT_WRITERS[language], replace(person, language=language)
    letters: dict[LetterKind, Callable[[], Letter]] = {
        LetterKind.PASSWORD_RESET: lambda: writer.password_reset(person, url=RESET_URL, ends_at=NOW, language="en"),
        LetterKind.INVITATION: lambda: writer.invitation(person, url=RESET_URL, ends_at=NOW, invited_by=AUTHOR),
        LetterKind.PASSWORD_CHANGED: lambda: writer.password_changed(person, at=NOW, network="192.0.2.0/24"),
        LetterKind.SECOND_FACTOR_OFF: lambda: writer.second_factor_off(person, at=NOW, network=""),
        LetterKind.PASSKEY_ADDED: lambda: writer.passkey_added(person, at=NOW, network="192.0.2.0/24"),
        LetterKind.ADMINISTRATOR_ADDED: lambda: writer.administrator_added(
            person, at=NOW, added=person, by=person.name
        ),
    }
    return letters[kind]()


def _written_for_replies(kind: LetterKind, writer: TemplateLetterWriter, inquiry: Inquiry, body: str) -> Letter:
    text = body or ANSWER_BODY
    letters: dict[LetterKind, Callable[[], Letter]] = {
        LetterKind.ANSWER: lambda: writer.answer(inquiry, replace(ANSWERING, body=text), files=FILES),
        LetterKind.ANSWER_FOR_TEAM: lambda: writer.answer_for_team(inquiry, replace(ANSWER, body=text), files=FILES),
        LetterKind.NOTE_FOR_TEAM: lambda: writer.note_for_team(inquiry, author_name=AUTHOR, body=text, files=FILES),
        LetterKind.FAILURE_FOR_TEAM: lambda: writer.failure_for_team(inquiry, replace(FAILURE, body=text)),
        LetterKind.ASSIGNED_FOR_TEAM: lambda: writer.assigned_for_team(
            inquiry, author_name=AUTHOR, body=body or MESSAGE.body
        ),
        LetterKind.ABSENCE_FOR_TEAM: lambda: writer.absence_for_team(inquiry, name=AUTHOR, words=body or ABSENCE),
        LetterKind.HELD_FOR_TEAM: lambda: writer.held_for_team(inquiry, replace(HELD, body=body or HELD.body)),
        LetterKind.REMINDER_FOR_TEAM: lambda: writer.reminder_for_team(replace(REMINDING, inquiry=inquiry)),
        LetterKind.REMINDER_LIST: lambda: writer.reminder_list([replace(REMINDING, inquiry=inquiry)]),
        LetterKind.RATING_FOR_TEAM: lambda: writer.rating_for_team(
            inquiry, replace(RATING, words=body or RATING.words)
        ),
        LetterKind.ALARM: lambda: writer.alarm([body] if body else TROUBLE),
    }
    return letters[kind]()


def typed_by_others(kind: LetterKind, values: Iterator[str]) -> Letter:
    """Write a letter of the reply loop with the next of ``values`` wherever a customer, colleague or stranger types."""
    inquiry, value = typed_everywhere(values), partial(next, values)
    files = [FileLine(name=value(), bytes_count=1, is_attached=attached) for attached in (True, False)]
    answering = replace(ANSWERING, author_name=value(), body=value(), thread_subject=value())
    letters: dict[LetterKind, Callable[[], Letter]] = {
        LetterKind.ANSWER: lambda: WRITER.answer(
            inquiry, replace(answering, quoted=replace(MESSAGE, body=value())), files=files
        ),
        LetterKind.ANSWER_FOR_TEAM: lambda: WRITER.answer_for_team(
            inquiry, replace(ANSWER, author_name=value(), body=value()), files=files
        ),
        LetterKind.NOTE_FOR_TEAM: lambda: WRITER.note_for_team(inquiry, author_name=value(), body=value(), files=files),
        LetterKind.FAILURE_FOR_TEAM: lambda: WRITER.failure_for_team(
            inquiry, replace(FAILURE, recipient=value(), words=value(), body=value())
        ),
        LetterKind.ASSIGNED_FOR_TEAM: lambda: WRITER.assigned_for_team(inquiry, author_name=value(), body=value()),
        LetterKind.ABSENCE_FOR_TEAM: lambda: WRITER.absence_for_team(inquiry, name=value(), words=value()),
        LetterKind.HELD_FOR_TEAM: lambda: WRITER.held_for_team(
            inquiry, replace(HELD, sender=value(), subject=value(), body=value(), answered_by=value())
        ),
        LetterKind.REMINDER_FOR_TEAM: lambda: WRITER.reminder_for_team(
            replace(REMINDING, inquiry=replace(inquiry, assignee=value()))
        ),
        LetterKind.REMINDER_LIST: lambda: WRITER.reminder_list([replace(REMINDING, inquiry=inquiry)]),
        LetterKind.RATING_FOR_TEAM: lambda: WRITER.rating_for_team(inquiry, replace(RATING, words=value())),
        LetterKind.ALARM: lambda: WRITER.alarm([value(), value()]),
    }
    return letters[kind]()


def tree(letter: Letter) -> Element:
    """Parse as a mail program does, and raise where it would have to mend something."""
    parsed: Element = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True).parse(letter.html)
    return parsed


def marks(root: Element) -> set[tuple[str, str]]:
    """Return each element with each of its attributes, whatever is written in them."""
    return {(str(node.tag), name) for node in root.iter() for name in ("", *node.keys())}


def texts(root: Element) -> str:
    return "\n".join(root.itertext())


def forms(letter: Letter) -> tuple[str, str]:
    """Return both bodies as a reader sees them."""
    return letter.text, texts(tree(letter))


def hrefs(root: Element) -> list[str]:
    return [node.attrib["href"] for node in root.iter("a")]


def in_mail(letter: Letter, addressee: Addressee) -> bytes:
    claimed = Claimed(
        delivery_id=1,
        letter=letter,
        addressee=addressee,
        message_id="<7k3f9q2x.1@liju.example>",
        message_files_id=None,
        attempt_count=0,
        queued_at=NOW,
        written_at=NOW,
        lease_until=NOW,
    )
    return mail_bytes(mail_of(claimed, ()))


def typed_everywhere(values: Iterator[str], inquiry: Inquiry = INQUIRY) -> Inquiry:
    """Return the inquiry with the next of ``values`` in each field that a customer types."""
    details = tuple(Detail(field=detail.field, typed=next(values)) for detail in DETAILS)
    name, company, phone, email = (next(values) for _ in range(TYPED_LINES_COUNT))
    return replace(inquiry, details=details, name=name, company=company, phone=phone, email=email)
