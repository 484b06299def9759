"""What a virus scanner said of files: asked for when a file is added, answered by the worker, shown with the file.

An answer belongs to a blob, so the same file sent ten times is looked at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select, update

from liju_contact.domain.file_scan import UNSCANNED, FileScan, ScanState
from liju_contact.store.file_tables import BlobRow, FileRow
from liju_contact.store.inbound_tables import InboundFileRow
from liju_contact.store.scan_tables import ScanRow
from liju_contact.store.statements import insert_unless_taken

_ASK = insert_unless_taken(ScanRow)
_WAITING = (
    select(ScanRow.blob_id, ScanRow.attempt_count, BlobRow.bytes_count)
    .join(BlobRow, BlobRow.id == ScanRow.blob_id)
    .where(ScanRow.settled_at.is_(None))
    .limit(1)
)
# The newest first, for a letter waits for it; what failed before comes after everything that is fresh.
_FRESH = _WAITING.where(ScanRow.attempt_count == 0).order_by(ScanRow.blob_id.desc())
_TRIED = _WAITING.order_by(ScanRow.attempt_count, ScanRow.blob_id)
_NOTE_ATTEMPT = (
    update(ScanRow).where(ScanRow.blob_id == bindparam("scanned_id")).values(attempt_count=ScanRow.attempt_count + 1)
)
_SETTLE = (
    update(ScanRow)
    .where(ScanRow.blob_id == bindparam("scanned_id"))
    .values(state=bindparam("to_state"), signature=bindparam("to_signature"), settled_at=bindparam("to_settled_at"))
)
_COUNT_WAITING = select(func.count()).select_from(ScanRow).where(ScanRow.settled_at.is_(None))
_IS_WAITED_FOR = select(
    exists(
        select(FileRow.id)
        .join(ScanRow, ScanRow.blob_id == FileRow.blob_id)
        .where(FileRow.message_id == bindparam("message_id"), ScanRow.settled_at.is_(None))
    )
)
_INFECTED_IN_MAIL = (
    select(ScanRow.signature)
    .join(InboundFileRow, InboundFileRow.blob_id == ScanRow.blob_id)
    .where(InboundFileRow.inbound_id == bindparam("inbound_id"), ScanRow.state == ScanState.INFECTED.value)
    .order_by(InboundFileRow.position)
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedScan:
    """``attempt_count`` counts the attempts before."""

    blob_id: int
    attempt_count: int
    bytes_count: int


def ask_for_scans(tx: Connection, blob_ids: Sequence[int]) -> None:
    """Have these blobs looked at; of one that was asked for before, nothing follows."""
    if blob_ids:
        tx.execute(_ASK[tx.dialect.name], [{"blob_id": blob_id} for blob_id in sorted(set(blob_ids))])


def find_wanted_scan(tx: Connection) -> WantedScan | None:
    row = tx.execute(_FRESH).one_or_none() or tx.execute(_TRIED).one_or_none()
    return WantedScan(**row._mapping) if row else None  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping


def note_scan_attempt(tx: Connection, blob_id: int) -> None:
    tx.execute(_NOTE_ATTEMPT, {"scanned_id": blob_id})


def settle_scan(tx: Connection, blob_id: int, scan: FileScan, now: datetime) -> None:
    values = {"scanned_id": blob_id, "to_state": scan.state.value, "to_signature": scan.signature}
    tx.execute(_SETTLE, {**values, "to_settled_at": now})


def count_waiting_scans(tx: Connection) -> int:
    count: int = tx.execute(_COUNT_WAITING).scalar_one()
    return count


def is_waited_for(tx: Connection, message_id: int) -> bool:
    """Tell whether a scanner has still to look at one of the files of a message."""
    return bool(tx.execute(_IS_WAITED_FOR, {"message_id": message_id}).scalar_one())


def found_in_mail(tx: Connection, inbound_id: int) -> str | None:
    """Return what was found in the first infected file of a mail, None when nothing was."""
    signature: str | None = tx.execute(_INFECTED_IN_MAIL, {"inbound_id": inbound_id}).scalar_one_or_none()
    return signature


def scan_of(row: Any) -> FileScan:
    """Return the scan of a row that has ``state`` and ``signature``, or nothing where no row was joined."""
    return FileScan(state=ScanState(row.state), signature=row.signature or "") if row.state else UNSCANNED
