"""The file parts of received mails, and the pictures that come with every mail of a company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from liju_contact.domain.errors import FilesGone
from liju_contact.domain.file_kind import FileKind, may_be_pictured
from liju_contact.domain.file_scan import UNSCANNED, FileScan
from liju_contact.domain.inquiry import StagedFile
from liju_contact.store.file_tables import BlobRow
from liju_contact.store.files import StoredFile
from liju_contact.store.inbound_tables import InboundFileRow, PictureRow
from liju_contact.store.scan_tables import ScanRow
from liju_contact.store.scans import ask_for_scans, scan_of
from liju_contact.store.statements import insert_or_change
from liju_contact.store.thumbnails import ask_for_thumbnails

_COUNT_PICTURE = insert_or_change(
    PictureRow,
    ["domain", "sha256"],
    lambda _new: {"seen_count": PictureRow.seen_count + 1},
    returning=PictureRow.seen_count,
)
_CLEAR = delete(InboundFileRow).where(InboundFileRow.inbound_id == bindparam("of_inbound"))
_OF_INBOUND = (
    select(
        InboundFileRow.name,
        InboundFileRow.kind,
        InboundFileRow.media_type,
        InboundFileRow.is_folded,
        BlobRow.bytes_count,
        BlobRow.sha256,
        ScanRow.state,
        ScanRow.signature,
    )
    .join(BlobRow, BlobRow.id == InboundFileRow.blob_id)
    .outerjoin(ScanRow, ScanRow.blob_id == InboundFileRow.blob_id)
    .where(InboundFileRow.inbound_id == bindparam("inbound_id"))
    .order_by(InboundFileRow.position)
)


_AT_POSITION: Any = (
    select(
        InboundFileRow.name,
        InboundFileRow.kind,
        BlobRow.bytes_count,
        InboundFileRow.blob_id,
        ScanRow.state,
        ScanRow.signature,
    )
    .join(BlobRow, BlobRow.id == InboundFileRow.blob_id)
    .outerjoin(ScanRow, ScanRow.blob_id == InboundFileRow.blob_id)
    .where(InboundFileRow.inbound_id == bindparam("inbound_id"), InboundFileRow.position == bindparam("position"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFile:
    """``is_folded`` files are kept with the mail and not shown in the conversation."""

    file: StagedFile
    media_type: str
    is_folded: bool
    scan: FileScan = UNSCANNED


def put_inbound_files(tx: Connection, inbound_id: int, files: Sequence[InboundFile]) -> None:
    """Write the files of a mail in their order, in place of those written before; raises ``FilesGone``."""
    tx.execute(_CLEAR, {"of_inbound": inbound_id})
    if not files:
        return
    digests = {file.file.sha256 for file in files}
    blobs = tx.execute(select(BlobRow.sha256, BlobRow.id).where(BlobRow.sha256.in_(digests)))
    blob_ids = {row.sha256: row.id for row in blobs}
    if gone := [file.file.name for file in files if file.file.sha256 not in blob_ids]:
        raise FilesGone(gone)
    rows: list[dict[str, Any]] = [
        {
            "inbound_id": inbound_id,
            "position": position,
            "blob_id": blob_ids[file.file.sha256],
            "name": file.file.name,
            "kind": file.file.kind.value,
            "media_type": file.media_type,
            "is_folded": file.is_folded,
        }
        for position, file in enumerate(files)
    ]
    tx.execute(insert(InboundFileRow), rows)
    ask_for_scans(tx, list(blob_ids.values()))
    pictured = [file.file for file in files if not file.is_folded and may_be_pictured(file.file.kind, file.file.name)]
    ask_for_thumbnails(tx, [blob_ids[file.sha256] for file in pictured])


def inbound_files_of(tx: Connection, inbound_id: int) -> list[InboundFile]:
    return [
        InboundFile(
            file=StagedFile(
                sha256=row.sha256 or "", name=row.name, kind=FileKind(row.kind), bytes_count=row.bytes_count
            ),
            media_type=row.media_type,
            is_folded=row.is_folded,
            scan=scan_of(row),
        )
        for row in tx.execute(_OF_INBOUND, {"inbound_id": inbound_id})
    ]


def find_inbound_file(tx: Connection, inbound_id: int, position: int) -> StoredFile | None:
    """Return the file of a mail at ``position`` (0 = first)."""
    row = tx.execute(_AT_POSITION, {"inbound_id": inbound_id, "position": position}).one_or_none()
    if row is None:
        return None
    return StoredFile(
        name=row.name,
        kind=FileKind(row.kind),
        bytes_count=row.bytes_count,
        blob_id=row.blob_id,
        scan=scan_of(row),
    )


def count_picture(tx: Connection, domain: str, sha256: str) -> int:
    """Count a picture once more for a domain and return how often it has come from there, this time included."""
    values = {"domain": domain, "sha256": sha256, "seen_count": 1}
    count: int = tx.execute(_COUNT_PICTURE[tx.dialect.name], values).scalar_one()
    return count
