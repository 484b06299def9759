"""Notes: what only staff see. No function here is used by what shows a page or writes a letter to a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from liju_contact.store.search_documents import note_search_due
from liju_contact.store.statements import insert_unless_taken
from liju_contact.store.tables import NoteRow

_ADD = insert_unless_taken(NoteRow, NoteRow.id)
_OF_INQUIRY = (
    select(NoteRow.id, NoteRow.author_name, NoteRow.author_address, NoteRow.body, NoteRow.written_at)
    .where(NoteRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(NoteRow.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    id: int
    author_name: str
    author_address: str
    body: str
    written_at: datetime


def add_note(
    tx: Connection, inquiry_id: int, *, author_name: str, author_address: str, body: str, nonce: str, now: datetime
) -> int | None:
    """Write a note and return its id; None when ``nonce`` was used before, and then nothing is written."""
    values = {
        "inquiry_id": inquiry_id,
        "author_name": author_name,
        "author_address": author_address,
        "body": body,
        "nonce": nonce,
        "written_at": now,
    }
    id_: int | None = tx.execute(_ADD[tx.dialect.name], values).scalar_one_or_none()
    if id_ is not None:
        note_search_due(tx, inquiry_id)
    return id_


def notes_of(tx: Connection, inquiry_id: int) -> list[Note]:
    """Return an inquiry's notes, oldest first."""
    return [Note(**row._mapping) for row in tx.execute(_OF_INQUIRY, {"inquiry_id": inquiry_id})]  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping


def remove_note(tx: Connection, note_id: int) -> tuple[datetime, int]:
    """Take a note away; returns when and to which inquiry it was written. The mail it came by stays stored."""
    removed = delete(NoteRow).where(NoteRow.id == note_id)
    row = tx.execute(removed.returning(NoteRow.written_at, NoteRow.inquiry_id, NoteRow.moved_from_id)).one()
    note_search_due(tx, row.inquiry_id)
    return row.written_at, row.moved_from_id or row.inquiry_id
