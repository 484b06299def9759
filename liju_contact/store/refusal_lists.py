"""What the desk shows of the journal: entries in pages, each with the inquiry it is about and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Connection, and_, bindparam, func, literal, or_, select, text, tuple_

from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.file_scan import FileScan
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.page_mark import Mark
from liju_contact.domain.person import Person
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import RefusalOutcome, RefusalReason
from liju_contact.store.file_tables import BlobRow
from liju_contact.store.files import StoredFile
from liju_contact.store.refusal_tables import RefusalFileRow, RefusalRow
from liju_contact.store.scan_tables import ScanRow
from liju_contact.store.scans import scan_of
from liju_contact.store.staff import served_by
from liju_contact.store.statements import is_one_of
from liju_contact.store.table import UtcDateTime
from liju_contact.store.tables import InquiryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalEntry:
    """``reference`` and ``key_version`` are of the inquiry it was written to or became; empty and 0 without one."""

    id: int
    door: PublicDoor
    reason: RefusalReason
    typed: dict[str, str]
    product: str
    assignee: str | None
    language: str
    network: str
    nonce: str
    tries_count: int
    left_out_count: int
    happened_at: datetime
    outcome: RefusalOutcome | None
    settled_by: str
    reference: str
    key_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedFile:
    """``position`` is its place within the entry."""

    refusal_id: int
    position: int
    staged: StagedFile
    scan: FileScan


# Written out as the partial index has it: with a bound value SQLite could not know that it fits.
_IS_OPEN = text("refusal.settled_at IS NULL")
_ENTRIES: Any = select(
    RefusalRow,
    InquiryRow.reference,
    InquiryRow.key_version,
    InquiryRow.assignee,
    InquiryRow.product.label("inquiry_product"),
).outerjoin(InquiryRow, InquiryRow.id == RefusalRow.inquiry_id)
_PRODUCT = func.coalesce(InquiryRow.product, RefusalRow.product)
_SERVED = or_(
    bindparam("serves_all", type_=Boolean()),
    _PRODUCT == "",
    is_one_of(_PRODUCT, "products"),
    func.lower(InquiryRow.assignee) == bindparam("address"),
)
_SHOWN = and_(
    _IS_OPEN,
    or_(
        RefusalRow.reason.not_in([reason.value for reason in RefusalReason if reason.is_mendable]),
        RefusalRow.happened_at < bindparam("calm_before", type_=UtcDateTime()),
    ),
    _SERVED,
)
_BEFORE: tuple[Any, Any] = (bindparam("before_at", type_=UtcDateTime()), bindparam("before_id"))
_PAGE = (
    _ENTRIES.where(_SHOWN, tuple_(RefusalRow.happened_at, RefusalRow.id) < tuple_(*_BEFORE))
    .order_by(RefusalRow.happened_at.desc(), RefusalRow.id.desc())
    .limit(bindparam("limit"))
)
COUNT = select(func.count()).select_from(
    select(literal(1))
    .select_from(RefusalRow)
    .outerjoin(InquiryRow, InquiryRow.id == RefusalRow.inquiry_id)
    .where(_SHOWN)
    .limit(bindparam("most"))
    .subquery()
)
_BY_ID = _ENTRIES.where(RefusalRow.id == bindparam("id"))
_FILES = (
    select(
        RefusalFileRow.refusal_id,
        RefusalFileRow.position,
        RefusalFileRow.name,
        RefusalFileRow.kind,
        BlobRow.sha256,
        BlobRow.bytes_count,
        ScanRow.state,
        ScanRow.signature,
    )
    .join(BlobRow, BlobRow.id == RefusalFileRow.blob_id)
    .outerjoin(ScanRow, ScanRow.blob_id == RefusalFileRow.blob_id)
    .where(RefusalFileRow.refusal_id.in_(bindparam("ids", expanding=True)))
    .order_by(RefusalFileRow.refusal_id, RefusalFileRow.position)
)
_FILE = (
    select(RefusalFileRow.name, RefusalFileRow.kind, BlobRow.bytes_count, BlobRow.id, ScanRow.state, ScanRow.signature)
    .join(BlobRow, BlobRow.id == RefusalFileRow.blob_id)
    .outerjoin(ScanRow, ScanRow.blob_id == RefusalFileRow.blob_id)
    .where(RefusalFileRow.refusal_id == bindparam("id"), RefusalFileRow.position == bindparam("position"))
)


def page_of_refusals(
    tx: Connection, person: Person, *, before: Mark, calm_before: datetime, limit: int
) -> list[RefusalEntry]:
    """Return what is lost until somebody takes it, the newest first.

    What a person can put right is among it when it happened before ``calm_before``.
    """
    values = {**served_by(person), "before_at": before.at, "before_id": before.id, "limit": limit}
    return [_entry(row) for row in tx.execute(_PAGE, {**values, "calm_before": calm_before})]


def find_refusal(tx: Connection, refusal_id: int) -> RefusalEntry | None:
    row = tx.execute(_BY_ID, {"id": refusal_id}).one_or_none()
    return _entry(row) if row else None


def files_of_refusals(tx: Connection, ids: Sequence[int]) -> dict[int, list[RefusedFile]]:
    """Return the files of several entries, in their order."""
    found: dict[int, list[RefusedFile]] = {}
    for row in tx.execute(_FILES, {"ids": list(ids)}) if ids else ():
        staged = StagedFile(
            sha256=row.sha256 or "",
            name=row.name,
            kind=FileKind(row.kind),
            bytes_count=row.bytes_count,
        )
        file = RefusedFile(refusal_id=row.refusal_id, position=row.position, staged=staged, scan=scan_of(row))
        found.setdefault(file.refusal_id, []).append(file)
    return found


def find_refused_file(tx: Connection, refusal_id: int, position: int) -> StoredFile | None:
    row = tx.execute(_FILE, {"id": refusal_id, "position": position}).one_or_none()
    if row is None:
        return None
    kind, scan = FileKind(row.kind), scan_of(row)
    return StoredFile(name=row.name, kind=kind, bytes_count=row.bytes_count, blob_id=row.id, scan=scan)


def _entry(row: Any) -> RefusalEntry:
    return RefusalEntry(
        id=row.id,
        door=PublicDoor(row.door),
        reason=RefusalReason(row.reason),
        typed={str(name): str(value) for name, value in row.typed.items()},
        product=row.product if row.inquiry_product is None else row.inquiry_product,
        assignee=row.assignee,
        language=row.language,
        network=row.network,
        nonce=row.nonce,
        tries_count=row.tries_count,
        left_out_count=row.left_out_count,
        happened_at=row.happened_at,
        outcome=RefusalOutcome(row.outcome) if row.outcome else None,
        settled_by=row.settled_by,
        reference=row.reference or "",
        key_version=row.key_version or 0,
    )
