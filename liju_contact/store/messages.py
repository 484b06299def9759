"""Messages, and the files that came with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from liju_contact.domain.errors import FilesGone
from liju_contact.domain.file_kind import FileKind, may_be_pictured
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.message import Author, Message, MessageFile
from liju_contact.store.file_tables import BlobRow, FileRow
from liju_contact.store.inquiries import refresh_conversation
from liju_contact.store.scan_tables import ScanRow
from liju_contact.store.scans import ask_for_scans, scan_of
from liju_contact.store.search_documents import note_message_due, note_search_due
from liju_contact.store.statements import insert_unless_taken
from liju_contact.store.tables import LetterRow, MessageRow
from liju_contact.store.thumbnails import ask_for_thumbnails

_ADD = insert_unless_taken(MessageRow, MessageRow.id)
_ADD_FILES = insert(FileRow)
# The lock keeps a sweep from deleting a blob between this look and our commit (PostgreSQL; SQLite has one writer).
_BLOBS = (
    select(BlobRow.sha256, BlobRow.id)
    .where(BlobRow.sha256.in_(bindparam("digests", expanding=True)))
    .with_for_update(read=True, key_share=True)
)
_OF_INQUIRY = (
    select(
        MessageRow.id,
        MessageRow.author,
        MessageRow.author_name,
        MessageRow.body,
        MessageRow.written_at,
    )
    .where(MessageRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(MessageRow.written_at, MessageRow.id)
)
_NEWEST_BY = (
    select(MessageRow.id, MessageRow.author_name, MessageRow.body, MessageRow.written_at)
    .where(MessageRow.inquiry_id == bindparam("inquiry_id"), MessageRow.author == bindparam("author"))
    .order_by(MessageRow.id.desc())
    .limit(1)
)
_STAFF_AFTER = (
    select(MessageRow.author_name, MessageRow.author_address)
    .where(
        MessageRow.inquiry_id == bindparam("inquiry_id"),
        MessageRow.id > bindparam("number"),
        MessageRow.author == Author.STAFF.value,
        MessageRow.author_address != bindparam("besides"),
    )
    .order_by(MessageRow.id.desc())
    .limit(1)
)
_ANY_NUMBER = 2**63 - 1
_STAFF_UNTIL = (
    select(MessageRow.author_address)
    .where(
        MessageRow.inquiry_id == bindparam("inquiry_id"),
        MessageRow.id <= bindparam("number"),
        MessageRow.author == Author.STAFF.value,
        MessageRow.written_at <= bindparam("written_at"),
    )
    .order_by(MessageRow.id.desc())
    .limit(1)
)
_NEWEST_ID = select(func.max(MessageRow.id)).where(MessageRow.inquiry_id == bindparam("inquiry_id"))
_BY_NONCE = select(MessageRow.id).where(MessageRow.nonce == bindparam("nonce"))
_NEWEST_IDS = (
    select(MessageRow.inquiry_id, func.max(MessageRow.id))
    .where(MessageRow.inquiry_id.in_(bindparam("inquiry_ids", expanding=True)))
    .group_by(MessageRow.inquiry_id)
)
_FILES_OF_INQUIRY = (
    select(
        FileRow.message_id,
        FileRow.id,
        FileRow.name,
        FileRow.kind,
        BlobRow.bytes_count,
        BlobRow.sha256,
        ScanRow.state,
        ScanRow.signature,
    )
    .join(BlobRow, BlobRow.id == FileRow.blob_id)
    .outerjoin(ScanRow, ScanRow.blob_id == FileRow.blob_id)
    .join(MessageRow, MessageRow.id == FileRow.message_id)
    .where(MessageRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(FileRow.message_id, FileRow.position)
)


def add_message(
    tx: Connection,
    inquiry_id: int,
    *,
    author: Author,
    author_name: str,
    body: str,
    nonce: str,
    now: datetime,
    author_address: str = "",
) -> int | None:
    """Write a message and return its id; None when ``nonce`` was used before, and then nothing is written."""
    values = {
        "inquiry_id": inquiry_id,
        "author": author.value,
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


def has_message(tx: Connection, nonce: str) -> bool:
    """Tell whether a message with this nonce was written before."""
    return tx.execute(_BY_NONCE, {"nonce": nonce}).first() is not None


def add_files(tx: Connection, message_id: int, files: Sequence[StagedFile]) -> None:
    """Make staged files part of a message, in their order; raises ``FilesGone`` when a blob is not there (any more)."""
    if not files:
        return
    wanted = {file.sha256 for file in files}
    blobs = tx.execute(_BLOBS, {"digests": list(wanted)})
    blob_ids = {row.sha256: row.id for row in blobs}
    if gone := [file.name for file in files if file.sha256 not in blob_ids]:
        raise FilesGone(gone)
    rows: list[dict[str, Any]] = [
        {
            "message_id": message_id,
            "position": position,
            "blob_id": blob_ids[file.sha256],
            "name": file.name,
            "kind": file.kind.value,
        }
        for position, file in enumerate(files)
    ]
    tx.execute(_ADD_FILES, rows)
    ask_for_scans(tx, list(blob_ids.values()))
    ask_for_thumbnails(tx, [blob_ids[file.sha256] for file in files if may_be_pictured(file.kind, file.name)])


def staff_message_after(tx: Connection, inquiry_id: int, number: int, besides: str) -> str:
    """Return who of the staff wrote after message ``number``, other than ``besides``: name or address; "" if nobody."""
    values = {"inquiry_id": inquiry_id, "number": number, "besides": besides}
    row = tx.execute(_STAFF_AFTER, values).one_or_none()
    return row.author_name or row.author_address if row else ""


def author_of_answer(tx: Connection, inquiry_id: int, number: int | None, written_at: datetime) -> str:
    """Return the address of whoever of the staff wrote the answer in a letter of that moment; "" when nobody did.

    That is the newest answer then, up to message ``number`` where it is known: it may have been sent once more since.
    """
    values = {"inquiry_id": inquiry_id, "written_at": written_at, "number": _ANY_NUMBER if number is None else number}
    return tx.execute(_STAFF_UNTIL, values).scalar_one_or_none() or ""


def change_body(tx: Connection, message_id: int, body: str) -> None:
    """Show another part of the same mail: the rules that fold quotes have changed."""
    tx.execute(update(MessageRow).where(MessageRow.id == message_id).values(body=body))
    note_message_due(tx, message_id)


def written_at_of(tx: Connection, message_id: int) -> datetime | None:
    return tx.execute(select(MessageRow.written_at).where(MessageRow.id == message_id)).scalar_one_or_none()


def body_of(tx: Connection, message_id: int) -> str:
    return tx.execute(select(MessageRow.body).where(MessageRow.id == message_id)).scalar_one_or_none() or ""


def remove_message(tx: Connection, message_id: int) -> None:
    """Take a message out of the conversation, with its files; letters that carried them stay as they were sent."""
    note_message_due(tx, message_id)
    carrying = update(LetterRow).where(LetterRow.message_files_id == message_id)
    tx.execute(carrying.values(message_files_id=None))
    removed = delete(MessageRow).where(MessageRow.id == message_id).returning(MessageRow.inquiry_id)
    refresh_conversation(tx, tx.execute(removed).scalar_one())


def home_of_message(tx: Connection, message_id: int) -> tuple[int, int] | None:
    """Return the inquiries a message is in and was written to, which may be the same; None when it is gone."""
    home = select(MessageRow.inquiry_id, MessageRow.moved_from_id).where(MessageRow.id == message_id)
    row = tx.execute(home).one_or_none()
    return (row.inquiry_id, row.moved_from_id or row.inquiry_id) if row else None


def first_message_id(tx: Connection, inquiry_id: int) -> int | None:
    """Return the message an inquiry began with: the first that was written to it, else the first there is."""
    of_inquiry = select(MessageRow.id).where(MessageRow.inquiry_id == inquiry_id)
    in_order = of_inquiry.order_by(MessageRow.moved_from_id.is_not(None), MessageRow.id)
    return tx.execute(in_order.limit(1)).scalar_one_or_none()


def find_message_id(tx: Connection, nonce: str) -> int | None:
    return tx.execute(select(MessageRow.id).where(MessageRow.nonce == nonce)).scalar_one_or_none()


def newest_message_of(tx: Connection, inquiry_id: int, author: Author) -> Message | None:
    """Return the last thing one side said, without its files."""
    row = tx.execute(_NEWEST_BY, {"inquiry_id": inquiry_id, "author": author.value}).one_or_none()
    if row is None:
        return None
    return Message(
        id=row.id, author=author, author_name=row.author_name, body=row.body, written_at=row.written_at, files=()
    )


def newest_message_id(tx: Connection, inquiry_id: int) -> int:
    return tx.execute(_NEWEST_ID, {"inquiry_id": inquiry_id}).scalar_one() or 0


def newest_message_ids(tx: Connection, inquiry_ids: Sequence[int]) -> dict[int, int]:
    """Return the id of the newest message of each inquiry that has any."""
    rows = tx.execute(_NEWEST_IDS, {"inquiry_ids": list(inquiry_ids)}) if inquiry_ids else ()
    return {row[0]: row[1] for row in rows}


def messages_of(tx: Connection, inquiry_id: int, *, has_files: bool = True) -> list[Message]:
    """Return the conversation, oldest first, with its files, in two queries.

    Whoever knows that no message ``has_files`` saves one.
    """
    files = files_by_message(tx, inquiry_id) if has_files else {}
    rows = tx.execute(_OF_INQUIRY, {"inquiry_id": inquiry_id})
    return [
        Message(
            id=id_,
            author=Author(author),
            author_name=author_name,
            body=body,
            written_at=written_at,
            files=tuple(files.get(id_, ())),
        )
        for id_, author, author_name, body, written_at in rows
    ]


def files_by_message(tx: Connection, inquiry_id: int) -> dict[int, list[MessageFile]]:
    """Return the files of an inquiry by the message they came with."""
    rows = tx.execute(_FILES_OF_INQUIRY, {"inquiry_id": inquiry_id})
    files: dict[int, list[MessageFile]] = {}
    for row in rows:
        file = MessageFile(
            id=row.id,
            name=row.name,
            kind=FileKind(row.kind),
            bytes_count=row.bytes_count,
            sha256=row.sha256 or "",
            scan=scan_of(row),
        )
        files.setdefault(row.message_id, []).append(file)
    return files
