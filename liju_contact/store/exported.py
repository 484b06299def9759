"""Inquiries as an export has them: by windows of ids, the newest first, so that every page costs the same.

A window is read by the primary key alone. Any other index could be the wrong one for a million rows, and a whole list
is read once, so nothing is gained by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, literal_column, select

from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.store.desk_tables import InquiryTagRow, TagRow
from liju_contact.store.file_tables import BlobRow, FileRow
from liju_contact.store.list_term import DISGUISED, PLAIN, Reader
from liju_contact.store.list_terms import terms_of
from liju_contact.store.tables import InquiryRow, MessageRow

_COLUMNS = (
    InquiryRow.id,
    InquiryRow.reference,
    InquiryRow.state,
    InquiryRow.priority,
    InquiryRow.language,
    InquiryRow.name,
    InquiryRow.email,
    InquiryRow.company,
    InquiryRow.phone,
    InquiryRow.country,
    InquiryRow.product,
    InquiryRow.topic,
    InquiryRow.team,
    InquiryRow.assignee,
    InquiryRow.details,
    InquiryRow.received_at,
    InquiryRow.answer_due_at,
    InquiryRow.due_at,
    InquiryRow.first_answered_at,
    InquiryRow.changed_at,
    InquiryRow.has_files,
    InquiryRow.preview,
)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_NEWEST_ID = select(func.coalesce(func.max(InquiryRow.id), 0))
_TAGS = (
    select(InquiryTagRow.inquiry_id, TagRow.name)
    .join(TagRow, TagRow.id == InquiryTagRow.tag_id)
    .where(InquiryTagRow.inquiry_id.in_(_IDS))
    .order_by(InquiryTagRow.inquiry_id, TagRow.name)
)
_MESSAGES = (
    select(
        MessageRow.inquiry_id,
        MessageRow.id,
        MessageRow.author,
        MessageRow.author_name,
        MessageRow.author_address,
        MessageRow.written_at,
        MessageRow.body,
    )
    .where(MessageRow.inquiry_id.in_(_IDS))
    .order_by(MessageRow.id)
)
_FILES = (
    select(FileRow.message_id, FileRow.name, FileRow.kind, BlobRow.bytes_count)
    .join(BlobRow, BlobRow.id == FileRow.blob_id)
    .join(MessageRow, MessageRow.id == FileRow.message_id)
    .where(MessageRow.inquiry_id.in_(_IDS))
    .order_by(FileRow.message_id, FileRow.position)
)


@dataclass(slots=True, kw_only=True)
class ExportedMessage:
    author: str
    author_name: str
    author_address: str
    written_at: datetime
    body: str
    files: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass(slots=True)
class ExportedInquiry:
    """One row of an export. ``details`` are as stored; ``messages`` are there only where the export has them."""

    id: int
    reference: str
    state: str
    priority: str
    language: str
    name: str
    email: str
    company: str
    phone: str
    country: str
    product: str
    topic: str
    team: str
    assignee: str | None
    details: list[Mapping[str, Any]]
    received_at: datetime
    answer_due_at: datetime
    due_at: datetime | None
    first_answered_at: datetime | None
    changed_at: datetime
    has_files: bool
    preview: str
    tags: list[str] = field(default_factory=list)
    messages: list[ExportedMessage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Window:
    """A statement that takes the ids it lies between, and everything else it takes."""

    statement: Select[Any]
    values: Mapping[str, Any]


BY_IDS = Window(select(*_COLUMNS).where(InquiryRow.id.in_(_IDS)).order_by(InquiryRow.id.desc()), {})


def window_of(dialect: str, query: ListQuery, reader: Reader) -> Window:
    """Return what reads the inquiries of a list window by window; its words of search are not looked at."""
    terms = terms_of(query, reader)
    columns = DISGUISED if dialect == "sqlite" else PLAIN
    id_: Any = literal_column("inquiry.id")
    between = (id_ > bindparam("above"), id_ <= bindparam("upto"))
    found = select(*_COLUMNS).where(*between, *(term.condition(columns) for term in terms)).order_by(id_.desc())
    return Window(found, {name: value for term in terms for name, value in term.values.items()})


def chosen_of(query: ListQuery, reader: Reader) -> Window:
    """Return what reads the inquiries named by ``references`` that are also in the list."""
    terms = terms_of(query, reader)
    named = InquiryRow.reference.in_(bindparam("references", expanding=True))
    found = select(*_COLUMNS).where(named, *(term.condition(PLAIN) for term in terms)).order_by(InquiryRow.id.desc())
    return Window(found, {name: value for term in terms for name, value in term.values.items()})


def newest_id(tx: Connection) -> int:
    return tx.execute(_NEWEST_ID).scalar_one()


def inquiries_in(tx: Connection, window: Window, **place: Any) -> list[ExportedInquiry]:
    """Return the inquiries of one window, newest first, with their tags."""
    rows = [ExportedInquiry(*row) for row in tx.execute(window.statement, {**window.values, **place})]
    if rows:
        known = {row.id: row for row in rows}
        for inquiry_id, name in tx.execute(_TAGS, {"ids": list(known)}):
            known[inquiry_id].tags.append(name)
    return rows


def add_messages(tx: Connection, rows: Sequence[ExportedInquiry]) -> None:
    """Give inquiries their conversation, with what came along, in two queries."""
    ids = {"ids": [row.id for row in rows]}
    files: dict[int, list[tuple[str, str, int]]] = {}
    for message_id, name, kind, bytes_count in tx.execute(_FILES, ids):
        files.setdefault(message_id, []).append((name, kind, bytes_count))
    known = {row.id: row for row in rows}
    for inquiry_id, id_, author, name, address, written_at, body in tx.execute(_MESSAGES, ids):
        said = ExportedMessage(
            author=author,
            author_name=name,
            author_address=address,
            written_at=written_at,
            body=body,
            files=files.get(id_, []),
        )
        known[inquiry_id].messages.append(said)
