"""Messages, and the files that came with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from liju_contact.domain.errors import FilesGone
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.message import Author, Message, MessageFile
from liju_contact.store.tables import BlobRow, FileRow, MessageRow


def add_message(
    tx: Connection, inquiry_id: int, *, author: Author, author_name: str, body: str, nonce: str, now: datetime
) -> int | None:
    """Write a message and return its id; None when ``nonce`` was used before, and then nothing is written."""
    values = {
        "inquiry_id": inquiry_id,
        "author": author.value,
        "author_name": author_name,
        "body": body,
        "nonce": nonce,
        "written_at": now,
    }
    insert_one = sqlite_insert if tx.dialect.name == "sqlite" else postgresql_insert
    statement = insert_one(MessageRow).on_conflict_do_nothing().returning(MessageRow.id)
    return tx.execute(statement, values).scalar_one_or_none()


def add_files(tx: Connection, message_id: int, files: Sequence[StagedFile]) -> None:
    """Make staged files part of a message, in their order; raises ``FilesGone`` when a blob is not there (any more)."""
    if not files:
        return
    wanted = {file.sha256 for file in files}
    blobs = tx.execute(select(BlobRow.sha256, BlobRow.id).where(BlobRow.sha256.in_(wanted)))
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
    tx.execute(insert(FileRow), rows)


def messages_of(tx: Connection, inquiry_id: int) -> list[Message]:
    """Return the conversation, oldest first, with its files, in two queries."""
    files = files_by_message(tx, inquiry_id)
    columns = (MessageRow.id, MessageRow.author, MessageRow.author_name, MessageRow.body, MessageRow.written_at)
    rows = tx.execute(select(*columns).where(MessageRow.inquiry_id == inquiry_id).order_by(MessageRow.id))
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
    columns = (FileRow.message_id, FileRow.id, FileRow.name, FileRow.kind, BlobRow.bytes_count, BlobRow.sha256)
    rows = tx.execute(
        select(*columns)
        .join(BlobRow, BlobRow.id == FileRow.blob_id)
        .join(MessageRow, MessageRow.id == FileRow.message_id)
        .where(MessageRow.inquiry_id == inquiry_id)
        .order_by(FileRow.message_id, FileRow.position)
    )
    files: dict[int, list[MessageFile]] = {}
    for message_id, id_, name, kind, bytes_count, sha256 in rows:
        file = MessageFile(id=id_, name=name, kind=FileKind(kind), bytes_count=bytes_count, sha256=sha256 or "")
        files.setdefault(message_id, []).append(file)
    return files
