"""A customer follows up on the status page: a further message, with files, for the team."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.event import Actor, EventKind, promised_anew
from liju_contact.domain.inquiry import Inquiry, StagedFile, has_same_customer, state_after_customer_message
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.message import Author, Message
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import get_end_for_update, note_newest_message, set_state
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import add_files, add_message
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Gate, open_gate
from liju_contact.usecases.open_inquiry import open_for_reading
from liju_contact.usecases.promise_answer import renew_promise
from liju_contact.usecases.release_inquiry import release_if_held
from liju_contact.usecases.tell_team import postings_of_message


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMessage:
    """What a customer says; ``author_name`` and ``author_address`` are those of a colleague who writes for them.

    ``nonce`` is what makes the same message, sent twice, one.
    """

    body: str
    files: tuple[StagedFile, ...]
    nonce: str
    author_name: str = ""
    author_address: str = ""

    @property
    def digest(self) -> str:
        parts = [self.nonce, self.body, *(file.sha256 for file in self.files)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def add_customer_message(
    deps: Deps,
    reference: str,
    key: str,
    *,
    body: str,
    files: Sequence[StagedFile],
    nonce: str,
    now: datetime,
    gate: Gate = open_gate,
) -> None:
    """Add a message to the inquiry ``key`` opens, or where that goes on; the same form sent twice is one message.

    ``nonce`` is that of the form token. It counts together with what was written: somebody who goes back, changes the
    text and sends the old form once more has said something new.

    Raises ``NotFound``, ``FilesGone``, ``TooOften`` (by ``gate``), ``StoreBusy`` or ``StoreFull``, and then nothing
    was stored.
    """
    with deps.db.begin() as tx:
        written_to = open_for_reading(deps, tx, reference, key)
        inquiry = get_end_for_update(tx, reference)
        new = message_of_customer(written_to, inquiry, body=body, files=tuple(files), nonce=f"{reference}\n{nonce}")
        if join_message(deps, tx, inquiry, new, now=now) is not None:
            gate(tx, written_to.id)


def message_of_customer(
    written_to: Inquiry, inquiry: Inquiry, *, body: str, files: tuple[StagedFile, ...], nonce: str
) -> CustomerMessage:
    """Return what the customer of ``written_to`` says; they have a name of their own where it is part of another's."""
    is_theirs = has_same_customer(written_to, inquiry)
    return CustomerMessage(
        body=body,
        files=files,
        nonce=nonce,
        author_name="" if is_theirs else written_to.name,
        author_address="" if is_theirs else written_to.email,
    )


def join_message(
    deps: Deps, tx: Connection, inquiry: Inquiry, new: CustomerMessage, *, now: datetime, stays_held: bool = False
) -> int | None:
    """Write the customer's message, its event and the team's letter; returns the message's id.

    None when the same message was brought before, and then nothing is written. Whoever writes on an inquiry that is
    held as spam is a person, which releases it; a form that is merely sent again ``stays_held``.
    """
    name = new.author_name or inquiry.name
    message_id = add_message(
        tx,
        inquiry.id,
        author=Author.CUSTOMER,
        author_name=name,
        author_address=new.author_address,
        body=new.body,
        nonce=new.digest,
        now=now,
    )
    if message_id is None:
        return None
    add_files(tx, message_id, new.files)
    note_newest_message(tx, inquiry.id, new.body, author=Author.CUSTOMER, has_files=bool(new.files), now=now)
    promise = inquiry.answer_due_at if stays_held else _owe_answer(deps, tx, inquiry, now)
    facts = promised_anew(inquiry.answer_due_at, promise)
    add_event(tx, inquiry.id, EventKind.MESSAGE_ADDED, Actor.CUSTOMER, now, actor_name=new.author_name, facts=facts)
    if stays_held:
        return message_id
    message = Message(id=message_id, author=Author.CUSTOMER, author_name=name, body=new.body, written_at=now, files=())
    _tell_team(deps, tx, inquiry, message, new.files)
    return message_id


def _owe_answer(deps: Deps, tx: Connection, inquiry: Inquiry, now: datetime) -> datetime:
    """Have the inquiry wait for an answer, released if it was held; returns until when one is promised."""
    inquiry = release_if_held(deps, tx, inquiry, now=now)
    set_state(tx, inquiry.id, state_after_customer_message(inquiry.state), now)
    return renew_promise(deps, tx, inquiry, now)


def _tell_team(deps: Deps, tx: Connection, inquiry: Inquiry, message: Message, files: Sequence[StagedFile]) -> None:
    postings = postings_of_message(
        deps,
        tx,
        inquiry,
        message,
        files,
        write=lambda lines: deps.letters.message_for_team(inquiry, message, files=lines),
        kind=LetterKind.MESSAGE_FOR_TEAM,
    )
    post_letters(tx, postings, inquiry_id=inquiry.id, now=message.written_at)
