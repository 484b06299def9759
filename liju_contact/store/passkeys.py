"""Passkeys of the people of the desk: public keys, which open nothing by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from liju_contact.store.staff_tables import PasskeyRow
from liju_contact.store.statements import insert_unless_taken

_ADD = insert_unless_taken(PasskeyRow, PasskeyRow.id)
_COLUMNS = (
    PasskeyRow.id,
    PasskeyRow.staff_id,
    PasskeyRow.credential_id,
    PasskeyRow.public_key,
    PasskeyRow.sign_count,
    PasskeyRow.label,
    PasskeyRow.added_at,
    PasskeyRow.used_at,
)
_OF_STAFF = select(*_COLUMNS).where(PasskeyRow.staff_id == bindparam("staff_id")).order_by(PasskeyRow.id)
_BY_CREDENTIAL = select(*_COLUMNS).where(PasskeyRow.credential_id == bindparam("credential_id"))
_USED = (
    update(PasskeyRow)
    .where(PasskeyRow.id == bindparam("passkey_id"))
    .values(sign_count=bindparam("new_count"), used_at=bindparam("used_now"))
)
_REMOVE = delete(PasskeyRow).where(PasskeyRow.id == bindparam("passkey_id"), PasskeyRow.staff_id == bindparam("owner"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    id: int
    staff_id: int
    credential_id: str
    public_key: bytes
    sign_count: int
    label: str
    added_at: datetime
    used_at: datetime | None


def add_passkey(
    tx: Connection,
    staff_id: int,
    *,
    credential_id: str,
    public_key: bytes,
    sign_count: int,
    label: str,
    now: datetime,
) -> bool:
    """Keep a passkey; False when there is one of this id already, whosever it is."""
    values = {
        "staff_id": staff_id,
        "credential_id": credential_id,
        "public_key": public_key,
        "sign_count": sign_count,
        "label": label,
        "added_at": now,
    }
    return tx.execute(_ADD[tx.dialect.name], values).scalar_one_or_none() is not None


def passkeys_of(tx: Connection, staff_id: int) -> list[Passkey]:
    """Return somebody's passkeys, oldest first."""
    rows = tx.execute(_OF_STAFF, {"staff_id": staff_id})
    return [Passkey(**row._mapping) for row in rows]  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping


def find_passkey(tx: Connection, credential_id: str) -> Passkey | None:
    row = tx.execute(_BY_CREDENTIAL, {"credential_id": credential_id}).one_or_none()
    return Passkey(**row._mapping) if row else None  # noqa: SLF001  # as above


def note_use(tx: Connection, passkey_id: int, *, sign_count: int, now: datetime) -> None:
    tx.execute(_USED, {"passkey_id": passkey_id, "new_count": sign_count, "used_now": now})


def remove_passkey(tx: Connection, passkey_id: int, staff_id: int) -> None:
    """Remove a passkey of somebody; one that is gone already is none to complain about."""
    tx.execute(_REMOVE, {"passkey_id": passkey_id, "owner": staff_id})
