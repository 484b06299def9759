"""What staff read of one inquiry beside its row: who wrote what and by which way it came. A fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, union
from sqlalchemy.orm import aliased

from liju_contact.domain.inbound import Door, HoldReason, InboundState, Verdict
from liju_contact.domain.message import Author, MessageFile
from liju_contact.store.inbound_tables import InboundRow
from liju_contact.store.messages import files_by_message
from liju_contact.store.tables import AttemptRow, DeliveryRow, InquiryRow, LetterRow, MessageRow, NoteRow

_Before = aliased(InquiryRow)
_MESSAGES = (
    select(
        MessageRow.id,
        MessageRow.author,
        MessageRow.author_name,
        MessageRow.author_address,
        MessageRow.body,
        MessageRow.written_at,
        _Before.reference.label("moved_from"),
    )
    .outerjoin(_Before, _Before.id == MessageRow.moved_from_id)
    .where(MessageRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(MessageRow.id)
)
_NOTES = (
    select(
        NoteRow.id,
        NoteRow.author_name,
        NoteRow.author_address,
        NoteRow.body,
        NoteRow.written_at,
        _Before.reference.label("moved_from"),
    )
    .outerjoin(_Before, _Before.id == NoteRow.moved_from_id)
    .where(NoteRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(NoteRow.id)
)
_WORDS = (
    select(AttemptRow.delivery_id, AttemptRow.code, AttemptRow.words)
    .join(DeliveryRow, DeliveryRow.id == AttemptRow.delivery_id)
    .join(LetterRow, LetterRow.id == DeliveryRow.letter_id)
    .where(LetterRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(AttemptRow.id)
)
# A mail belongs to the inquiry it was judged for; what it became may have been moved here from another.
_MAIL_IDS = union(
    select(InboundRow.id).where(InboundRow.inquiry_id == bindparam("inquiry_id")),
    select(InboundRow.id)
    .join(MessageRow, MessageRow.id == InboundRow.message_id)
    .where(MessageRow.inquiry_id == bindparam("inquiry_id")),
    select(InboundRow.id)
    .join(NoteRow, NoteRow.id == InboundRow.note_id)
    .where(NoteRow.inquiry_id == bindparam("inquiry_id")),
)
_MAILS = (
    select(
        InboundRow.id,
        InboundRow.state,
        InboundRow.door,
        InboundRow.verdict,
        InboundRow.rule,
        InboundRow.reason,
        InboundRow.sender,
        InboundRow.subject,
        InboundRow.received_at,
        InboundRow.message_id,
        InboundRow.note_id,
        InboundRow.decided_by,
    )
    .where(InboundRow.id.in_(_MAIL_IDS))
    .order_by(InboundRow.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """A message with who wrote it; ``moved_from`` is the reference of the inquiry it was written to, or empty."""

    id: int
    author: Author
    author_name: str
    author_address: str
    body: str
    written_at: datetime
    moved_from: str
    files: tuple[MessageFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    id: int
    author_name: str
    author_address: str
    body: str
    written_at: datetime
    moved_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLine:
    """A received mail that has to do with the inquiry, and what was made of it."""

    id: int
    state: InboundState
    door: Door
    verdict: Verdict | None
    rule: str
    reason: HoldReason | None
    sender: str
    subject: str
    received_at: datetime
    message_id: int | None
    note_id: int | None
    decided_by: str


def message_lines(tx: Connection, inquiry_id: int) -> list[MessageLine]:
    """Return the conversation, oldest first, with its files."""
    files = files_by_message(tx, inquiry_id)
    rows = tx.execute(_MESSAGES, {"inquiry_id": inquiry_id})
    return [
        MessageLine(
            id=id_,
            author=Author(author),
            author_name=name,
            author_address=address,
            body=body,
            written_at=at,
            moved_from=moved_from or "",
            files=tuple(files.get(id_, ())),
        )
        for id_, author, name, address, body, at, moved_from in rows
    ]


def note_lines(tx: Connection, inquiry_id: int) -> list[NoteLine]:
    rows = tx.execute(_NOTES, {"inquiry_id": inquiry_id})
    return [
        NoteLine(
            id=id_,
            author_name=name,
            author_address=address,
            body=body,
            written_at=at,
            moved_from=moved_from or "",
        )
        for id_, name, address, body, at, moved_from in rows
    ]


def words_by_delivery(tx: Connection, inquiry_id: int) -> dict[int, str]:
    """Return what the mail server said last about each letter of an inquiry, with its reply code."""
    rows = tx.execute(_WORDS, {"inquiry_id": inquiry_id})
    return {delivery_id: f"{code or ''} {words}".strip() for delivery_id, code, words in rows}


def mail_lines(tx: Connection, inquiry_id: int) -> list[MailLine]:
    return [_mail(row) for row in tx.execute(_MAILS, {"inquiry_id": inquiry_id})]


def _mail(row: Any) -> MailLine:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping
    values["state"] = InboundState(values["state"])
    values["door"] = Door(values["door"])
    values["verdict"] = Verdict(values["verdict"]) if values["verdict"] else None
    values["reason"] = HoldReason(values["reason"]) if values["reason"] else None
    return MailLine(**values)
