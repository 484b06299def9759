"""Staff answer: the answer joins the conversation, goes to the customer by letter, and to the colleagues as a copy."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Staff
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState, StagedFile
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.message import Author, Message
from liju_contact.domain.reply_key import without_keys
from liju_contact.store.absences import end_absence
from liju_contact.store.events import add_event
from liju_contact.store.inbound_lines import newest_customer_mail
from liju_contact.store.inquiries import note_newest_message, set_state
from liju_contact.store.letters import Posting, post_letters
from liju_contact.store.messages import add_files, add_message, newest_message_of
from liju_contact.store.participants import participants_of
from liju_contact.usecases.deps import Answering, Deps
from liju_contact.usecases.post_letters import file_lines, files_to_attach, team_of, to_customer
from liju_contact.usecases.tell_team import postings_of_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a staff member says to the customer; ``nonce`` makes the same answer, sent twice, one message."""

    author: Staff
    body: str
    files: tuple[StagedFile, ...]
    nonce: str


def answer_customer(deps: Deps, tx: Connection, inquiry: Inquiry, answer: Answer, *, now: datetime) -> int | None:
    """Write an answer and its letters; returns the message's id, None when ``nonce`` brought the same one before."""
    quoted = newest_message_of(tx, inquiry.id, Author.CUSTOMER)
    name = name_for_customer(deps, inquiry, answer.author)
    body = without_keys(answer.body)
    message_id = add_message(
        tx,
        inquiry.id,
        author=Author.STAFF,
        author_name=name,
        author_address=answer.author.address,
        body=body,
        nonce=message_nonce(answer.nonce),
        now=now,
    )
    if message_id is None:
        return None
    add_files(tx, message_id, answer.files)
    add_event(
        tx, inquiry.id, EventKind.MESSAGE_ADDED, Actor.STAFF, now, actor_name=name, actor_address=answer.author.address
    )
    set_state(tx, inquiry.id, InquiryState.ANSWERED, now)
    note_newest_message(tx, inquiry.id, body, author=Author.STAFF, has_files=bool(answer.files), now=now)
    end_absence(tx, answer.author.address)
    message = Message(id=message_id, author=Author.STAFF, author_name=name, body=body, written_at=now, files=())
    _post(deps, tx, inquiry, answer=answer, message=message, quoted=quoted, now=now)
    return message_id


def message_nonce(nonce: str) -> str:
    """Return the nonce of the message an answer with this one becomes."""
    return hashlib.sha256(f"answer\n{nonce}".encode()).hexdigest()[:40]


def name_for_customer(deps: Deps, inquiry: Inquiry, staff: Staff) -> str:
    """Return by which name the customer knows a staff member: their own, else the team's."""
    return staff.name.in_language(inquiry.language) or team_of(deps, inquiry).label.in_language(inquiry.language)


def _post(
    deps: Deps,
    tx: Connection,
    inquiry: Inquiry,
    *,
    answer: Answer,
    message: Message,
    quoted: Message | None,
    now: datetime,
) -> None:
    lines = file_lines(deps, answer.files)
    attached = files_to_attach(lines, message.id)
    mail_id, subject = newest_customer_mail(tx, inquiry.id)
    answering = Answering(
        author_name=answer.author.name.in_language(inquiry.language),
        body=message.body,
        thread_subject=subject,
        quoted=quoted,
        status_url=deps.status_url(inquiry.reference, inquiry.key_version),
    )
    to_them = to_customer(
        deps,
        deps.letters.answer(inquiry, answering, files=lines),
        inquiry,
        letter_key=f"answer/{message.id}/{message.written_at.isoformat()}",
        number=message.id,
        answers=f"<{mail_id}>" if mail_id else "",
        message_files_id=attached,
        participants=[participant.address for participant in participants_of(tx, inquiry.id)],
    )
    copies = _copies(deps, tx, inquiry, answer, message)
    post_letters(tx, [to_them, *copies], inquiry_id=inquiry.id, now=now)


def _copies(deps: Deps, tx: Connection, inquiry: Inquiry, answer: Answer, message: Message) -> list[Posting | None]:
    return postings_of_message(
        deps,
        tx,
        inquiry,
        message,
        answer.files,
        write=lambda lines: deps.letters.answer_for_team(inquiry, message, files=lines),
        kind=LetterKind.ANSWER_FOR_TEAM,
        besides=answer.author.address,
    )
