"""Codes that stand in for a second factor, each once. Only digests are stored."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from liju_contact.store.staff_tables import RecoveryCodeRow

_ADD = insert(RecoveryCodeRow)
_END = delete(RecoveryCodeRow).where(RecoveryCodeRow.staff_id == bindparam("staff_id_"))
_TAKE = _END.where(RecoveryCodeRow.digest == bindparam("digest_"))
_COUNT = select(func.count()).where(RecoveryCodeRow.staff_id == bindparam("staff_id_"))


def write_recovery_codes(tx: Connection, staff_id: int, digests: Sequence[str]) -> None:
    """Put new codes in the place of all that somebody had."""
    tx.execute(_END, {"staff_id_": staff_id})
    if digests:
        tx.execute(_ADD, [{"staff_id": staff_id, "digest": digest} for digest in digests])


def take_recovery_code(tx: Connection, staff_id: int, digest: str) -> bool:
    """Use a code up; False when there is no such code (any more)."""
    return tx.execute(_TAKE, {"staff_id_": staff_id, "digest_": digest}).rowcount == 1


def count_recovery_codes(tx: Connection, staff_id: int) -> int:
    count: int = tx.execute(_COUNT, {"staff_id_": staff_id}).scalar_one()
    return count
