"""Mails as people's mail programs send them, in answer to letters of ours, and how they get into the program."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from liju_contact.domain.catalogue import Label, Staff
from liju_contact.domain.inbound import Door, Envelope
from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.letter import KEY_PLACE, LetterKind
from liju_contact.domain.reply_key import Place
from liju_contact.mail.reading.mail import read_mail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.mail_reader import Unreadable
from liju_contact.usecases.receive_mail import receive_mail
from tests.usecases.stories import rows
from tests.usecases.test_submit_inquiry import with_team

LI, WANG, CUSTOMER = "li.wei@liju.example", "wang.fang@liju.example", "Ana.Souza@usina.example"
LI_AT_HOME = "liwei@163.example"
PUBLIC = "inquiry@liju.example"
EVERYWHERE = frozenset(Place)
_numbers = itertools.count(1)


@dataclass
class DirectReader:
    """Reads in this process; ``faults`` are what it says about the next mails instead."""

    faults: list[Unreadable] = field(default_factory=list)

    def read(self, raw: bytes) -> InboundMail | Unreadable:
        return self.faults.pop(0) if self.faults else read_mail(raw)

    def close(self) -> None:
        """There is nothing to close."""


def with_staff(deps: Deps) -> Deps:
    """Return the same parts with a sales team of Li Wei, who has a second address, and Wang Fang."""
    deps = with_team(deps, LI, WANG)
    staff = (
        Staff(address=LI, name=Label({"en": "Li Wei", "zh_Hans": "李伟"}), aliases=(LI_AT_HOME,)),
        Staff(address=WANG, name=Label({"en": "Wang Fang", "zh_Hans": "王芳"})),
    )
    catalogue = replace(deps.settings.catalogue, staff=staff)
    return replace(deps, settings=replace(deps.settings, catalogue=catalogue))


def with_inbound(deps: Deps, **changes: Any) -> Deps:
    return replace(deps, settings=replace(deps.settings, inbound=replace(deps.settings.inbound, **changes)))


def letter_to(deps: Deps, address: str, kind: LetterKind | None = None) -> dict[str, Any]:
    """Return the newest letter to somebody, of one kind where it matters: its delivery and what it says."""
    letters = {letter["id"]: letter for letter in rows(deps.db, "letter")}
    found = [
        letters[row["letter_id"]] | row
        for row in rows(deps.db, "delivery")
        if row["recipient_address"] == address
        if kind is None or letters[row["letter_id"]]["kind"] == kind.value
    ]
    return found[-1]


def mail(sender: str, to: str, text: str, *, subject: str = "Boiler", **fields: str) -> EmailMessage:
    """Return a mail with a Message-ID of its own; underscores in the names of ``fields`` stand for hyphens."""
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = sender, to, subject
    written["Message-ID"] = f"<{next(_numbers)}@elsewhere.example>"
    for name, value in fields.items():
        written[name.replace("_", "-")] = value
    written.set_content(text)
    return written


def reply_to(
    letter: dict[str, Any], sender: str, text: str, *, places: Iterable[Place] = EVERYWHERE, **fields: str
) -> EmailMessage:
    """Return an answer to a letter of ours, with its key in some of the places a mail program keeps."""
    places = frozenset(places)
    to = letter["reply_to"] if Place.ADDRESS in places else PUBLIC
    if Place.ID in places:
        own_id = f"<{letter['reply_key']}@liju.example>"
        fields |= {"In_Reply_To": letter["message_id"], "References": f"{letter['message_id']} {own_id}"}
    body = letter["text"].replace(KEY_PLACE, letter["reply_key"])
    quoted = "\n".join(f"> {line}" for line in body.splitlines())
    whole = f"{text}\n\nOn Mon, 23 Nov 2026 at 10:00, LIJU Boilers wrote:\n{quoted}\n"
    return mail(sender, to, whole if Place.TEXT in places else text, subject=f"Re: {letter['subject']}", **fields)


def as_bytes(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=SMTP)


def receive(
    deps: Deps, message: EmailMessage | bytes, *, sender: str | None = None, recipients: Iterable[str] = ()
) -> int:
    raw = message if isinstance(message, bytes) else as_bytes(message)
    envelope = Envelope(door=Door.PIPE, sender=sender, recipients=tuple(recipients))
    return receive_mail(deps, raw, envelope, now=deps.now()).inbound_id


def entry(deps: Deps, inbound_id: int) -> dict[str, Any]:
    return next(row for row in rows(deps.db, "inbound") if row["id"] == inbound_id)


def judged(deps: Deps, message: EmailMessage | bytes, **envelope: Any) -> dict[str, Any]:
    """Receive a mail, have it judged, and return its entry."""
    inbound_id = receive(deps, message, **envelope)
    judge_waiting(deps, DirectReader())
    return entry(deps, inbound_id)


def messages(deps: Deps) -> list[tuple[str, str, str]]:
    """Return author, name and body of every message."""
    return [(row["author"], row["author_name"], row["body"]) for row in rows(deps.db, "message")]


def letters(deps: Deps) -> list[tuple[str, str]]:
    """Return kind and recipient of every delivery, in the order they were written."""
    kinds = {letter["id"]: letter["kind"] for letter in rows(deps.db, "letter")}
    return [(kinds[row["letter_id"]], row["recipient_address"]) for row in rows(deps.db, "delivery")]
