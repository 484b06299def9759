"""Inquiries as an export has them: by windows of ids, the newest first, so that every page costs the same.

A window is read by the primary key alone. Any other index could be the wrong one for a million rows, and a whole list
is read once, so nothing is gained by it. Within a window the oldest is read first, because a disk is read ahead but not
back; then it is turned round.

Times and technical facts stay the texts that they are stored as: to make objects of them that a format makes a text of
again takes longer than all the rest of a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute

from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.store.desk_tables import InquiryTagRow, TagRow
from liju_contact.store.file_tables import BlobRow, FileRow
from liju_contact.store.list_term import DISGUISED, PLAIN, Reader
from liju_contact.store.list_terms import terms_of
from liju_contact.store.tables import InquiryRow, MessageRow

_TIME = len("2026-11-23 02:00:00.000000")
_PLAIN_COLUMNS = (
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
    InquiryRow.preview,
    case((InquiryRow.has_files, 1), else_=0),
    cast(type_coerce(InquiryRow.details, Text()), Text),
)
_TIMES = (
    InquiryRow.received_at,
    InquiryRow.answer_due_at,
    InquiryRow.due_at,
    InquiryRow.first_answered_at,
    InquiryRow.changed_at,
)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_NEWEST_ID = select(func.coalesce(func.max(InquiryRow.id), 0))
_ABOVE: BindParameter[int] = bindparam("above")
_UPTO: BindParameter[int] = bindparam("upto")
_TAG_COLUMNS: tuple[Any, ...] = (InquiryTagRow.inquiry_id, TagRow.name)
_SAID: tuple[Any, ...] = (
    MessageRow.inquiry_id,
    MessageRow.id,
    MessageRow.author,
    MessageRow.author_name,
    MessageRow.author_address,
)
_FILE_COLUMNS: tuple[Any, ...] = (FileRow.message_id, FileRow.name, FileRow.kind, BlobRow.bytes_count)
_DENSE = 4
"""Of how many inquiries side by side one has to be wanted, for what belongs to all of them to be read in one go."""

FileFacts = tuple[str, str, int]
"""Name, kind and size in bytes."""
_NO_TAGS: tuple[str, ...] = ()
_NO_FILES: tuple[FileFacts, ...] = ()


class ExportedMessage(NamedTuple):
    author: str
    author_name: str
    author_address: str
    written_at: str
    body: str
    files: Sequence[FileFacts]


class ExportedInquiry(NamedTuple):
    """One row of an export.

    Times are in UTC, written ``2026-11-23 02:00:00.000000``; ``details`` is the JSON as it is stored.
    """

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
    preview: str
    has_files: int
    details: str
    received_at: str
    answer_due_at: str
    due_at: str | None
    first_answered_at: str | None
    changed_at: str
    tags: Sequence[str]


@dataclass(slots=True)
class ExportedPage:
    """Inquiries, newest first; ``messages`` are there, by inquiry, only where the export has them."""

    inquiries: list[ExportedInquiry]
    messages: Mapping[int, list[ExportedMessage]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """A statement that takes the ids it lies between, and everything else it takes."""

    statement: Select[Any]
    values: Mapping[str, Any]


def by_ids(dialect: str) -> Window:
    return Window(_inquiries(dialect).where(InquiryRow.id.in_(_IDS)).order_by(InquiryRow.id), {})


def window_of(dialect: str, query: ListQuery, reader: Reader) -> Window:
    """Return what reads the inquiries of a list window by window; its words of search are not looked at."""
    terms = terms_of(query, reader)
    columns = DISGUISED if dialect == "sqlite" else PLAIN
    id_: Any = literal_column("inquiry.id")
    between = (id_ > _ABOVE, id_ <= _UPTO)
    found = _inquiries(dialect).where(*between, *(term.condition(columns) for term in terms)).order_by(id_)
    return Window(found, {name: value for term in terms for name, value in term.values.items()})


def chosen_of(dialect: str, query: ListQuery, reader: Reader) -> Window:
    """Return what reads the inquiries named by ``references`` that are also in the list."""
    terms = terms_of(query, reader)
    named = InquiryRow.reference.in_(bindparam("references", expanding=True))
    found = _inquiries(dialect).where(named, *(term.condition(PLAIN) for term in terms))
    ordered = found.order_by(InquiryRow.id)
    return Window(ordered, {name: value for term in terms for name, value in term.values.items()})


def newest_id(tx: Connection) -> int:
    return tx.execute(_NEWEST_ID).scalar_one()


def page_of_window(tx: Connection, window: Window, place: Mapping[str, object], *, has_messages: bool) -> ExportedPage:
    """Return the inquiries of one window with their tags, and with their conversations where these are wanted."""
    rows = tx.execute(window.statement, {**window.values, **place}).all()[::-1]
    if not rows:
        return ExportedPage([])
    ids = [row[0] for row in rows]
    is_dense = ids[0] - ids[-1] < _DENSE * len(ids)
    values = {"above": ids[-1] - 1, "upto": ids[0]} if is_dense else {"ids": ids}
    tags: dict[int, list[str]] = {}
    for inquiry_id, name in tx.execute(_tags(is_dense), values).all():
        tags.setdefault(inquiry_id, []).append(name)
    inquiries = [ExportedInquiry._make((*row, tags.get(row[0], _NO_TAGS))) for row in rows]
    return ExportedPage(inquiries, _conversations(tx, values, is_dense=is_dense) if has_messages else {})


def _conversations(tx: Connection, values: Mapping[str, object], *, is_dense: bool) -> dict[int, list[ExportedMessage]]:
    """Return messages by inquiry, with what came along, in two queries."""
    files: dict[int, list[FileFacts]] = {}
    for message_id, name, kind, bytes_count in tx.execute(_files(is_dense), values).all():
        files.setdefault(message_id, []).append((name, kind, bytes_count))
    found: dict[int, list[ExportedMessage]] = {}
    for inquiry_id, id_, *said in tx.execute(_messages(is_dense, tx.dialect.name), values).all():
        found.setdefault(inquiry_id, []).append(ExportedMessage._make((*said, files.get(id_, _NO_FILES))))
    return found


def _meant(inquiry_id: Any, is_dense: bool) -> ColumnElement[bool]:  # noqa: FBT001  # ``cache`` tells by place
    return and_(inquiry_id > _ABOVE, inquiry_id <= _UPTO) if is_dense else inquiry_id.in_(_IDS)


@cache
def _inquiries(dialect: str) -> Select[Any]:
    return select(*_PLAIN_COLUMNS, *(_as_text(column, dialect) for column in _TIMES))


@cache
def _tags(is_dense: bool) -> Select[Any]:  # noqa: FBT001
    tagged: Select[Any] = select(*_TAG_COLUMNS).join(TagRow, TagRow.id == InquiryTagRow.tag_id)
    return tagged.where(_meant(InquiryTagRow.inquiry_id, is_dense)).order_by(*_TAG_COLUMNS)


@cache
def _messages(is_dense: bool, dialect: str) -> Select[Any]:  # noqa: FBT001
    said: Select[Any] = select(*_SAID, _as_text(MessageRow.written_at, dialect), MessageRow.body)
    return said.where(_meant(MessageRow.inquiry_id, is_dense)).order_by(MessageRow.inquiry_id, MessageRow.id)


@cache
def _files(is_dense: bool) -> Select[Any]:  # noqa: FBT001
    found: Select[Any] = select(*_FILE_COLUMNS).join(BlobRow, BlobRow.id == FileRow.blob_id)
    of_inquiries = found.join(MessageRow, MessageRow.id == FileRow.message_id)
    return of_inquiries.where(_meant(MessageRow.inquiry_id, is_dense)).order_by(FileRow.message_id, FileRow.position)


def _as_text(column: InstrumentedAttribute[Any], dialect: str) -> ColumnElement[str]:
    """Return a time as SQLite stores it, on PostgreSQL too."""
    if dialect == "sqlite":
        return func.substr(type_coerce(column, Text()), 1, _TIME)
    return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")
