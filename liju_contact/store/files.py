"""The bytes of files, in chunks of 256 KiB, each file once whatever its name (D6).

Staging writes the chunks in short transactions of their own, so that a 50 MB drawing never holds the database for long;
a blob counts only once it has its digest. What was staged and never became part of a message is swept after a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, insert, select, update

from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.file_scan import FileScan
from liju_contact.store.desk_tables import ExportRow
from liju_contact.store.file_tables import BlobChunkRow, BlobRow, FileRow
from liju_contact.store.inbound_tables import InboundFileRow, InboundRow
from liju_contact.store.privacy_tables import PrivacyRequestRow
from liju_contact.store.refusal_tables import RefusalFileRow
from liju_contact.store.scan_tables import ScanRow
from liju_contact.store.scans import scan_of
from liju_contact.store.statements import insert_unless_taken
from liju_contact.store.tables import MessageRow

CHUNK_BYTES = 256 * 1024
_RENEW = (
    update(BlobRow)
    .where(BlobRow.sha256 == bindparam("digest"))
    .values(staged_at=bindparam("now"))
    .returning(BlobRow.id)
)
_RENEW_ALL = (
    update(BlobRow)
    .where(BlobRow.sha256.in_(bindparam("digests", expanding=True)))
    .values(staged_at=bindparam("now"))
    .returning(BlobRow.id, BlobRow.sha256)
)
_ADD_WHOLE = insert_unless_taken(BlobRow, BlobRow.id)
_ADD_CHUNK = insert(BlobChunkRow)
_CHUNK = select(BlobChunkRow.content).where(
    BlobChunkRow.blob_id == bindparam("blob_id"), BlobChunkRow.position == bindparam("position")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    name: str
    kind: FileKind
    bytes_count: int
    blob_id: int
    scan: FileScan


def find_blob(tx: Connection, sha256: str, now: datetime) -> int | None:
    """Return the id of a stored blob and keep it from being swept; None when it has to be written."""
    return tx.execute(_RENEW, {"digest": sha256, "now": now}).scalar_one_or_none()


def blobs_of(tx: Connection, digests: Sequence[str], now: datetime) -> dict[str, int]:
    """Return the ids of the blobs that are stored, by their SHA-256, and keep them from being swept."""
    rows = tx.execute(_RENEW_ALL, {"digests": list(digests), "now": now})
    return {row.sha256: row.id for row in rows}


def add_whole_blob(tx: Connection, sha256: str, content: bytes, now: datetime) -> int | None:
    """Write a blob within one transaction and return its id; None when the same bytes are stored already."""
    values = {"sha256": sha256, "bytes_count": len(content), "staged_at": now}
    id_: int | None = tx.execute(_ADD_WHOLE[tx.dialect.name], values).scalar_one_or_none()
    if id_ is not None:
        for position, start in enumerate(range(0, len(content), CHUNK_BYTES)):
            add_chunk(tx, id_, position, content[start : start + CHUNK_BYTES])
    return id_


def start_blob(tx: Connection, bytes_count: int, now: datetime) -> int:
    """Begin a blob; it counts for nothing until ``finish_blob``. Returns its id."""
    values = {"bytes_count": bytes_count, "staged_at": now}
    id_: int = tx.execute(insert(BlobRow).returning(BlobRow.id), values).scalar_one()
    return id_


def add_chunk(tx: Connection, blob_id: int, position: int, content: bytes) -> None:
    tx.execute(_ADD_CHUNK, {"blob_id": blob_id, "position": position, "content": content})


def set_blob_size(tx: Connection, blob_id: int, bytes_count: int) -> None:
    """Say how large a blob is whose size was not known when it was begun."""
    tx.execute(update(BlobRow).where(BlobRow.id == blob_id).values(bytes_count=bytes_count))


def blob_size(tx: Connection, blob_id: int) -> int:
    size: int = tx.execute(select(BlobRow.bytes_count).where(BlobRow.id == blob_id)).scalar_one()
    return size


def drop_blob(tx: Connection, blob_id: int) -> None:
    """Forget a blob that is unfinished."""
    tx.execute(delete(BlobRow).where(BlobRow.id == blob_id, BlobRow.sha256.is_(None)))


def finish_blob(tx: Connection, blob_id: int, sha256: str) -> None:
    """Make a blob count, or drop it when the same bytes were finished by somebody else meanwhile.

    Raises ``Conflict`` when that somebody commits at the same moment (PostgreSQL); calling again then settles it.
    """
    if tx.execute(select(BlobRow.id).where(BlobRow.sha256 == sha256)).first() is None:
        tx.execute(update(BlobRow).where(BlobRow.id == blob_id).values(sha256=sha256))
    else:
        tx.execute(delete(BlobRow).where(BlobRow.id == blob_id))


def chunk(tx: Connection, blob_id: int, position: int) -> bytes | None:
    """Return the chunk at ``position`` (0 = first); None after the last."""
    return tx.execute(_CHUNK, {"blob_id": blob_id, "position": position}).scalar_one_or_none()


def chunks(tx: Connection, blob_id: int) -> Iterator[bytes]:
    position = 0
    while (content := chunk(tx, blob_id, position)) is not None:
        yield content
        if len(content) < CHUNK_BYTES:  # only the last one is shorter
            return
        position += 1


def find_file(tx: Connection, file_id: int, inquiry_id: int) -> StoredFile | None:
    """Return a file if it belongs to this inquiry."""
    of_inquiry = _files().join(MessageRow, MessageRow.id == FileRow.message_id)
    row = tx.execute(of_inquiry.where(FileRow.id == file_id, MessageRow.inquiry_id == inquiry_id)).one_or_none()
    return _stored(row) if row else None


def files_of_message(tx: Connection, message_id: int) -> list[StoredFile]:
    """Return a message's files, in their order."""
    rows = tx.execute(_files().where(FileRow.message_id == message_id).order_by(FileRow.position))
    return [_stored(row) for row in rows]


def _files() -> Any:
    columns = (FileRow.name, FileRow.kind, BlobRow.bytes_count, BlobRow.id, ScanRow.state, ScanRow.signature)
    of_blob = select(*columns).join(BlobRow, BlobRow.id == FileRow.blob_id)
    return of_blob.outerjoin(ScanRow, ScanRow.blob_id == FileRow.blob_id)


def _stored(row: Any) -> StoredFile:
    return StoredFile(
        name=row.name,
        kind=FileKind(row.kind),
        bytes_count=row.bytes_count,
        blob_id=row.id,
        scan=scan_of(row),
    )


def is_nobodys() -> list[ColumnElement[bool]]:
    """Return what holds for a blob that no row refers to."""
    files = (FileRow.blob_id, InboundRow.blob_id, InboundFileRow.blob_id, RefusalFileRow.blob_id)
    made = (ExportRow.blob_id, PrivacyRequestRow.blob_id)
    return [~exists().where(column == BlobRow.id) for column in (*files, *made)]


def sweep_blobs(tx: Connection, staged_before: datetime, limit: int) -> int:
    """Delete blobs that no file refers to and that were staged long ago; returns how many, at most ``limit``.

    What is to go is said twice: PostgreSQL looks once more at a row that somebody has just changed, and not at a search
    for rows.
    """
    is_over = [BlobRow.staged_at < staged_before, *is_nobodys()]
    some = select(BlobRow.id).where(*is_over).limit(limit)
    return tx.execute(delete(BlobRow).where(BlobRow.id.in_(some), *is_over)).rowcount
