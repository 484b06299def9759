"""Letters that let somebody choose a password: who asked for one, and the digests of those that are still good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from liju_contact.store.staff_tables import PasswordResetRow, ResetRequestRow

_REQUEST = insert(ResetRequestRow)
_OLDEST = select(ResetRequestRow.id).order_by(ResetRequestRow.id).limit(1)
_TAKE_OLDEST = _OLDEST.with_for_update(skip_locked=True)
_TAKE = (
    delete(ResetRequestRow)
    .where(ResetRequestRow.id == bindparam("id_"))
    .returning(ResetRequestRow.address_folded, ResetRequestRow.language, ResetRequestRow.asked_at)
)
_ADD = insert(PasswordResetRow)
_FIND = select(PasswordResetRow.staff_id).where(
    PasswordResetRow.digest == bindparam("digest"), PasswordResetRow.ends_at > bindparam("now")
)
_TAKE_RESET = (
    delete(PasswordResetRow)
    .where(PasswordResetRow.digest == bindparam("digest"), PasswordResetRow.ends_at > bindparam("now"))
    .returning(PasswordResetRow.staff_id)
)
_END = delete(PasswordResetRow).where(PasswordResetRow.staff_id == bindparam("staff_id_"))
_SWEEP = delete(PasswordResetRow).where(PasswordResetRow.ends_at < bindparam("now"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetRequest:
    address: str
    language: str
    asked_at: datetime


def add_reset_request(tx: Connection, *, address_folded: str, language: str, now: datetime) -> None:
    tx.execute(_REQUEST, {"address_folded": address_folded, "language": language, "asked_at": now})


def is_reset_asked_for(tx: Connection) -> bool:
    """Tell whether a request waits, without taking a writer's turn for it."""
    return tx.execute(_OLDEST).first() is not None


def take_reset_request(tx: Connection) -> ResetRequest | None:
    """Remove the oldest request and return it."""
    id_ = tx.execute(_TAKE_OLDEST).scalar_one_or_none()
    if id_ is None:
        return None
    address, language, asked_at = tx.execute(_TAKE, {"id_": id_}).one()
    return ResetRequest(address=address, language=language, asked_at=asked_at)


def add_reset(tx: Connection, staff_id: int, *, digest: str, ends_at: datetime) -> None:
    tx.execute(_ADD, {"staff_id": staff_id, "digest": digest, "ends_at": ends_at})


def find_reset(tx: Connection, digest: str, now: datetime) -> int | None:
    """Return whose password a letter is about, while it is good."""
    staff_id: int | None = tx.execute(_FIND, {"digest": digest, "now": now}).scalar_one_or_none()
    return staff_id


def take_reset(tx: Connection, digest: str, now: datetime) -> int | None:
    """Use a letter up and return whose password it is about; None when it was used or is too old."""
    staff_id: int | None = tx.execute(_TAKE_RESET, {"digest": digest, "now": now}).scalar_one_or_none()
    return staff_id


def end_resets(tx: Connection, staff_id: int) -> None:
    """Let no letter that is under way work any more."""
    tx.execute(_END, {"staff_id_": staff_id})


def sweep_resets(tx: Connection, now: datetime) -> int:
    return tx.execute(_SWEEP, {"now": now}).rowcount
