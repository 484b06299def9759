"""Somebody at the desk answers the customer or writes a note, on the sight of the inquiry they had.

Whoever answers must have seen what was said before: where somebody spoke meanwhile, nothing is sent and the writer is
told what was said. The same form sent twice is one answer, also when somebody else spoke between the two clicks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.change import KEEP, Change, Step
from liju_contact.domain.errors import Conflict
from liju_contact.domain.inquiry import Inquiry, InquiryState, StagedFile
from liju_contact.domain.message import Author
from liju_contact.domain.person import Person
from liju_contact.store.drafts import forget_drafts
from liju_contact.store.events import next_version
from liju_contact.store.messages import has_message
from liju_contact.store.sheet_lines import MessageLine, message_lines
from liju_contact.usecases.answer_customer import Answer, answer_customer, message_nonce
from liju_contact.usecases.apply_change import planned, write_steps
from liju_contact.usecases.change_inquiry import refuse_stale
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.usecases.staff_directory import staff_of
from liju_contact.usecases.write_note import NewNote, write_note

ANSWER, NOTE, PREVIEW = "answer", "note", "preview"
"""The kinds of drafts there are."""


class SpokenMeanwhile(Conflict):
    """Somebody wrote what the author of an answer has not seen: ``messages``, oldest first."""

    def __init__(self, messages: list[MessageLine]) -> None:
        super().__init__("Somebody wrote to this inquiry meanwhile.")
        self.messages = tuple(messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAnswer:
    """``seen_message_id`` and ``version`` say what its author had before them; ``nonce`` is that of the form."""

    body: str
    files: tuple[StagedFile, ...]
    nonce: str
    seen_message_id: int
    version: int
    closes: bool = False
    takes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """``event_ids`` are those of what the author had done besides, for taking it back."""

    event_ids: tuple[int, ...]


def answer_at_desk(deps: Deps, person: Person, reference: str, answer: DeskAnswer, *, now: datetime) -> Answered:
    """Send an answer, and close or take the inquiry with it where that was asked.

    Raises ``NotFound``, ``SpokenMeanwhile``, ``StaleChange``, ``FilesGone``, ``StoreBusy`` or ``StoreFull``, and then
    nothing is stored.
    """
    nonce = _nonce(person, reference, answer)
    with deps.db.begin() as tx:
        inquiry = open_for_staff(tx, person, reference, for_update=True)
        if has_message(tx, message_nonce(nonce)):
            return Answered(event_ids=())
        if inquiry.state is InquiryState.MERGED:
            raise Conflict("The conversation goes on in another inquiry.")
        _refuse_unseen(tx, person, inquiry, answer.seen_message_id)
        steps = _besides(deps, tx, person, inquiry, answer, now=now)
        refuse_stale(tx, inquiry, steps, answer.version, person)
        author = staff_of(deps, person)
        new = Answer(author=author, body=answer.body, files=answer.files, nonce=nonce)
        answer_customer(deps, tx, inquiry, new, now=now)
        forget_drafts(tx, inquiry.id, person.id, (ANSWER, PREVIEW))
        return Answered(event_ids=write_steps(deps, tx, inquiry, steps, author=author, now=now))


def note_at_desk(deps: Deps, person: Person, reference: str, *, body: str, nonce: str, now: datetime) -> None:
    """Write a note. Raises ``NotFound`` or ``StoreBusy``."""
    with deps.db.begin() as tx:
        inquiry = open_for_staff(tx, person, reference, for_update=True)
        note = NewNote(author=staff_of(deps, person), body=body, files=(), nonce=f"{person.id}\n{nonce}\n{body}")
        if write_note(deps, tx, inquiry, note, now=now) is not None:
            next_version(tx, inquiry.id)
        forget_drafts(tx, inquiry.id, person.id, (NOTE,))


def _nonce(person: Person, reference: str, answer: DeskAnswer) -> str:
    """Count what was written too: somebody who goes back and changes the text has said something new."""
    parts = [reference, str(person.id), answer.nonce, answer.body, *(file.sha256 for file in answer.files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _refuse_unseen(tx: Connection, person: Person, inquiry: Inquiry, seen_message_id: int) -> None:
    """Refuse an answer to a conversation that has gone on; what the author said elsewhere they know."""
    own = person.address.casefold()
    unseen = [
        message
        for message in message_lines(tx, inquiry.id)
        if message.id > seen_message_id
        if message.author is not Author.STAFF or message.author_address.casefold() != own
    ]
    if unseen:
        raise SpokenMeanwhile(unseen)


def _besides(
    deps: Deps, tx: Connection, person: Person, inquiry: Inquiry, answer: DeskAnswer, *, now: datetime
) -> Sequence[Step]:
    """Return what the answer has done besides, as it stands once the answer is written."""
    change = Change(
        state=InquiryState.CLOSED if answer.closes else None,
        assignee=person.address if answer.takes else KEEP,
    )
    return planned(deps, tx, replace(inquiry, state=InquiryState.ANSWERED), change, now=now)
