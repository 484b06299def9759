"""Turns the verdict about a received mail into what it means: one function per verdict, all in one transaction.

Nothing here decides (``domain.verdict``) and nothing here reads (``mail.reading``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Staff
from liju_contact.domain.inbound import Envelope, InboundState
from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.inquiry import Inquiry, InquiryState, StagedFile
from liju_contact.domain.reply_key import without_keys
from liju_contact.domain.staff_command import Command, StaffMail, own_words, read_staff_mail
from liju_contact.domain.text import clean_line, clean_text
from liju_contact.domain.verdict import Judgement
from liju_contact.store.inbound import Conclusion
from liju_contact.store.inquiries import get_end_for_update
from liju_contact.store.participants import Participant, add_participant
from liju_contact.usecases.add_message import CustomerMessage, join_message
from liju_contact.usecases.answer_customer import Answer, answer_customer
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.follow_command import follow_commands
from liju_contact.usecases.write_note import NewNote, write_note

LONGEST_BODY = 100_000  # characters of a mail that stand in the conversation; the whole of it is kept raw
_LONGEST_SUBJECT = 300
_LONGEST_ID = 998  # RFC 5322 section 2.1.1: no longer line exists
_CUT = "\n[…]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail being judged: as it reads, and what is stored of it. ``files`` are those the conversation shows."""

    inbound_id: int
    sha256: str
    envelope: Envelope
    mail: InboundMail
    files: tuple[StagedFile, ...]

    @property
    def body(self) -> str:
        """What the writer wrote now, as a message shows it."""
        text = without_keys(clean_text(self.mail.visible)).strip()
        return text if len(text) <= LONGEST_BODY else text[:LONGEST_BODY] + _CUT

    @property
    def told(self) -> StaffMail:
        """What a staff member wrote, apart from their commands."""
        return read_staff_mail(own_words(self.mail.visible) and self.body)

    @property
    def opening(self) -> str:
        """What a mail that opens an inquiry says: its subject is part of that."""
        subject = without_keys(clean_line(self.mail.subject))
        return self.body if subject in self.body else f"{subject}\n\n{self.body}".strip()

    @property
    def sender_address(self) -> str:
        return clean_line(self.mail.sender.address) if self.mail.sender else ""

    @property
    def sender_name(self) -> str:
        return clean_line(self.mail.sender.name) if self.mail.sender else ""


def conclusion(incoming: Incoming, judgement: Judgement, state: InboundState, *, words: str = "") -> Conclusion:
    """Return what every mail's entry says, whatever became of it."""
    return Conclusion(
        state=state,
        verdict=judgement.verdict,
        rule=judgement.rule,
        reason=judgement.reason,
        words=words,
        sender=incoming.sender_address,
        subject=clean_line(incoming.mail.subject)[:_LONGEST_SUBJECT],
        mail_id=clean_line(incoming.mail.message_id)[:_LONGEST_ID],
        holder=judgement.key.holder if judgement.key else "",
    )


def apply_reply(
    deps: Deps, tx: Connection, incoming: Incoming, inquiry: Inquiry, *, joins: bool, now: datetime
) -> int | None:
    """Add the customer's reply to the conversation; a colleague who ``joins`` may speak for them from now on."""
    is_customer = incoming.sender_address.casefold() == inquiry.email.strip().casefold()
    name = incoming.sender_name or incoming.sender_address
    if joins and not is_customer:
        add_participant(tx, inquiry.id, Participant(address=incoming.sender_address, name=name), now)
    new = CustomerMessage(
        body=incoming.body,
        files=incoming.files,
        nonce=f"{inquiry.reference}\n{incoming.sha256}",
        author_name="" if is_customer else name,
        author_address="" if is_customer else incoming.sender_address,
    )
    return join_message(deps, tx, inquiry, new, now=now)


def apply_answer(
    deps: Deps, tx: Connection, incoming: Incoming, inquiry: Inquiry, author: Staff, *, now: datetime
) -> int | None:
    """Send what staff wrote to the customer, then do what its commands say."""
    told = incoming.told
    answer = Answer(author=author, body=told.text, files=incoming.files, nonce=incoming.sha256)
    message_id = answer_customer(deps, tx, inquiry, answer, now=now)
    answered = replace(inquiry, state=InquiryState.ANSWERED)
    follow_commands(deps, tx, answered, told.commands, author=author, now=now)
    return message_id


def apply_note(
    deps: Deps, tx: Connection, incoming: Incoming, inquiry: Inquiry, author: Staff, *, now: datetime
) -> int | None:
    """Keep what staff wrote among staff, then do what its commands say."""
    told = incoming.told
    note = NewNote(author=author, body=told.text, files=incoming.files, nonce=incoming.sha256)
    note_id = write_note(deps, tx, inquiry, note, now=now)
    follow_commands(deps, tx, inquiry, told.commands - {Command.NOTE}, author=author, now=now)
    return note_id


def apply_command(
    deps: Deps, tx: Connection, incoming: Incoming, inquiry: Inquiry, author: Staff, *, now: datetime
) -> None:
    follow_commands(deps, tx, inquiry, incoming.told.commands, author=author, now=now)


def inquiry_of(tx: Connection, judgement: Judgement) -> Inquiry | None:
    """Return the inquiry of the key that decided, and keep it from changing under us."""
    return get_end_for_update(tx, judgement.key.reference) if judgement.key else None
