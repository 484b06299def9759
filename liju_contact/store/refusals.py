"""The journal of what the public doors turned away: one entry for each thing that somebody wanted to send (D10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)

from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.page_mark import Mark
from liju_contact.domain.person import Person
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import Marks, RefusalOutcome, RefusalReason
from liju_contact.store.file_tables import BlobRow
from liju_contact.store.files import StoredFile
from liju_contact.store.refusal_tables import RefusalFileRow, RefusalRow
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


# Written out as the partial indexes have it: with a bound value SQLite could not know that they fit.
_IS_OPEN = text("refusal.settled_at IS NULL")
# A mark that is not known is NULL, which equals nothing.
_MARKS: Any = or_(
    and_(
        RefusalRow.nonce == bindparam("same_nonce"),
        or_(
            RefusalRow.email_folded == bindparam("same_email"),
            RefusalRow.name_folded == bindparam("same_name"),
            RefusalRow.text_digest == bindparam("same_text"),
            RefusalRow.inquiry_id == bindparam("same_inquiry"),
        ),
    ),
    and_(
        RefusalRow.text_digest == bindparam("same_text"),
        or_(RefusalRow.email_folded == bindparam("same_email"), RefusalRow.inquiry_id == bindparam("same_inquiry")),
    ),
)
_SAME = RefusalRow.door == bindparam("same_door"), _IS_OPEN, _MARKS
_FIND_SAME = select(RefusalRow.id).where(*_SAME).order_by(RefusalRow.id.desc()).limit(1)
_SETTLE_SAME = (
    update(RefusalRow)
    .where(*_SAME)
    .values(settled_at=bindparam("now"), outcome=RefusalOutcome.ACCEPTED.value, inquiry_id=bindparam("into"))
)
_ADD = insert(RefusalRow).returning(RefusalRow.id)
_RENEW = (
    update(RefusalRow).where(RefusalRow.id == bindparam("refusal_id")).values(tries_count=RefusalRow.tries_count + 1)
)
_DROP_FILES = delete(RefusalFileRow).where(RefusalFileRow.refusal_id == bindparam("refusal_id"))
_ADD_FILE = insert(RefusalFileRow)
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
    _PRODUCT.in_(bindparam("products", expanding=True)),
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
_COUNT = select(func.count()).select_from(
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
    )
    .join(BlobRow, BlobRow.id == RefusalFileRow.blob_id)
    .where(RefusalFileRow.refusal_id.in_(bindparam("ids", expanding=True)))
    .order_by(RefusalFileRow.refusal_id, RefusalFileRow.position)
)
_FILE = (
    select(RefusalFileRow.name, RefusalFileRow.kind, BlobRow.bytes_count, BlobRow.id)
    .join(BlobRow, BlobRow.id == RefusalFileRow.blob_id)
    .where(RefusalFileRow.refusal_id == bindparam("id"), RefusalFileRow.position == bindparam("position"))
)
_SETTLE = (
    update(RefusalRow)
    .where(RefusalRow.id == bindparam("refusal_id"), _IS_OPEN)
    .values(
        settled_at=bindparam("now"),
        outcome=bindparam("how"),
        settled_by=bindparam("who"),
        inquiry_id=func.coalesce(bindparam("into", type_=BigInteger()), RefusalRow.inquiry_id),
    )
)
_REOPEN = (
    update(RefusalRow)
    .where(RefusalRow.id == bindparam("refusal_id"), RefusalRow.outcome == RefusalOutcome.REMOVED.value)
    .values(settled_at=None, outcome=None, settled_by="")
)


def find_same_refusal(tx: Connection, door: PublicDoor, marks: Marks) -> int | None:
    """Return the newest open entry of the same thing, sent before."""
    return tx.execute(_FIND_SAME, _marked(door, marks)).scalar_one_or_none()


def add_refusal(tx: Connection, values: dict[str, Any]) -> int:
    """Write an entry of ``RefusalRow``'s columns and return its id."""
    id_: int = tx.execute(_ADD, values).scalar_one()
    return id_


def renew_refusal(tx: Connection, refusal_id: int, values: dict[str, Any]) -> None:
    """Put a later try in the place of the earlier; its files are written anew."""
    tx.execute(_RENEW.values(**values), {"refusal_id": refusal_id})
    tx.execute(_DROP_FILES, {"refusal_id": refusal_id})


def add_refused_files(tx: Connection, refusal_id: int, files: Sequence[tuple[int, StagedFile]]) -> None:
    """Keep files, each with the id of its blob, as long as the entry."""
    rows = [
        {"refusal_id": refusal_id, "position": place, "blob_id": blob_id, "name": file.name, "kind": file.kind.value}
        for place, (blob_id, file) in enumerate(files)
    ]
    if rows:
        tx.execute(_ADD_FILE, rows)


def settle_same_refusals(tx: Connection, door: PublicDoor, marks: Marks, *, inquiry_id: int, now: datetime) -> int:
    """Settle what was turned away of the same thing now that it was accepted; returns how many entries."""
    return tx.execute(_SETTLE_SAME, {**_marked(door, marks), "into": inquiry_id, "now": now}).rowcount


def settle_refusal(
    tx: Connection, refusal_id: int, outcome: RefusalOutcome, *, by: str, inquiry_id: int | None, now: datetime
) -> bool:
    """Settle an open entry by staff's hand; False when it is settled already."""
    values = {"refusal_id": refusal_id, "how": outcome.value, "who": by, "into": inquiry_id, "now": now}
    return tx.execute(_SETTLE, values).rowcount == 1


def reopen_refusal(tx: Connection, refusal_id: int) -> bool:
    """Bring back an entry that was removed; False when there is none such."""
    return tx.execute(_REOPEN, {"refusal_id": refusal_id}).rowcount == 1


def page_of_refusals(
    tx: Connection, person: Person, *, before: Mark, calm_before: datetime, limit: int
) -> list[RefusalEntry]:
    """Return what is lost until somebody takes it, the newest first.

    What a person can put right is among it when it happened before ``calm_before``.
    """
    values = {**_served_by(person), "before_at": before.at, "before_id": before.id, "limit": limit}
    return [_entry(row) for row in tx.execute(_PAGE, {**values, "calm_before": calm_before})]


def count_refusals(tx: Connection, person: Person, *, calm_before: datetime, most: int) -> int:
    """Return how many entries such a list has; beyond ``most`` nobody counts."""
    count: int = tx.execute(_COUNT, {**_served_by(person), "calm_before": calm_before, "most": most}).scalar_one()
    return count


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
        file = RefusedFile(refusal_id=row.refusal_id, position=row.position, staged=staged)
        found.setdefault(file.refusal_id, []).append(file)
    return found


def find_refused_file(tx: Connection, refusal_id: int, position: int) -> StoredFile | None:
    row = tx.execute(_FILE, {"id": refusal_id, "position": position}).one_or_none()
    if row is None:
        return None
    name, kind, bytes_count, blob_id = row
    return StoredFile(name=name, kind=FileKind(kind), bytes_count=bytes_count, blob_id=blob_id)


def sweep_refusals(tx: Connection, before: datetime) -> int:
    """Forget entries of before, settled or not; returns how many. Their files are swept as nobody's afterwards."""
    return tx.execute(delete(RefusalRow).where(RefusalRow.happened_at < before)).rowcount


def _marked(door: PublicDoor, marks: Marks) -> dict[str, Any]:
    return {
        "same_door": door.value,
        "same_nonce": marks.nonce or None,
        "same_email": marks.email or None,
        "same_name": marks.name or None,
        "same_text": marks.text_digest or None,
        "same_inquiry": marks.inquiry_id,
    }


def _served_by(person: Person) -> dict[str, Any]:
    return {
        "serves_all": not person.product_lines,
        "products": sorted(person.product_lines),
        "address": person.address.casefold(),
    }


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
