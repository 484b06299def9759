"""Accounts of the desk. What opens them is ``store.staff_sessions``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, select, update

from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.person import Person, Role
from liju_contact.store.staff_tables import StaffRow
from liju_contact.store.statements import insert_unless_taken

PERSON_COLUMNS = (
    StaffRow.id,
    StaffRow.address,
    StaffRow.name,
    StaffRow.role,
    StaffRow.product_lines,
    StaffRow.language,
)
_ADD = insert_unless_taken(StaffRow, StaffRow.id)
_ACCOUNT: Any = select(
    *PERSON_COLUMNS,
    StaffRow.password_digest,
    StaffRow.password_version,
    StaffRow.password_is_temporary,
    StaffRow.totp_version,
    StaffRow.totp_since,
    StaffRow.totp_counter,
    StaffRow.added_at,
    StaffRow.disabled_at,
    StaffRow.signed_in_at,
)
_BY_ADDRESS = _ACCOUNT.where(StaffRow.address_folded == bindparam("address_folded"))
_BY_ADDRESSES = _ACCOUNT.where(StaffRow.address_folded.in_(bindparam("addresses_folded", expanding=True)))
_BY_ID = _ACCOUNT.where(StaffRow.id == bindparam("staff_id"))
_LOCKED = _BY_ID.with_for_update()

_ANY = select(StaffRow.id).limit(1)
# With no role where somebody is disabled.
EVERYBODY = select(
    StaffRow.address, StaffRow.name, case((StaffRow.disabled_at.is_(None), StaffRow.role), else_="").label("role")
).order_by(StaffRow.address_folded)
_ADMINISTRATORS = (
    select(StaffRow.id)
    .where(StaffRow.role == Role.ADMINISTRATOR.value, StaffRow.disabled_at.is_(None))
    .order_by(StaffRow.id)
    .with_for_update()
)
_USE_STEP = (
    update(StaffRow)
    .where(StaffRow.id == bindparam("id_"), StaffRow.totp_counter < bindparam("step"))
    .values(totp_counter=bindparam("step"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account with all that signing in needs to know of it."""

    person: Person
    password_digest: str | None
    password_version: int
    password_is_temporary: bool
    totp_version: int
    totp_since: datetime | None
    totp_counter: int
    added_at: datetime
    disabled_at: datetime | None
    signed_in_at: datetime | None

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None


def person_of(columns: Sequence[Any]) -> Person:
    """Return the person the values of ``PERSON_COLUMNS`` are about."""
    id_, address, name, role, product_lines, language = columns
    return Person(
        id=id_,
        address=address,
        name=name,
        role=Role(role),
        product_lines=frozenset(product_lines),
        language=language,
    )


def add_account(
    tx: Connection, *, address: str, name: str, role: Role, product_lines: Sequence[str], now: datetime
) -> int | None:
    """Open an account and return its id; None when the address has one already."""
    values = {
        "address": address,
        "address_folded": fold_address(address),
        "name": name,
        "role": role.value,
        "product_lines": sorted(product_lines),
        "added_at": now,
    }
    return tx.execute(_ADD[tx.dialect.name], values).scalar_one_or_none()


def find_account(tx: Connection, address: str) -> Account | None:
    row = tx.execute(_BY_ADDRESS, {"address_folded": fold_address(address)}).one_or_none()
    return _account(row) if row else None


def accounts_at(tx: Connection, addresses: Iterable[str]) -> list[Account]:
    """Return the accounts that have one of these folded addresses."""
    return [_account(row) for row in tx.execute(_BY_ADDRESSES, {"addresses_folded": sorted(addresses)})]


def find_account_by_id(tx: Connection, staff_id: int) -> Account | None:
    row = tx.execute(_BY_ID, {"staff_id": staff_id}).one_or_none()
    return _account(row) if row else None


def lock_account(tx: Connection, staff_id: int) -> Account | None:
    """Return an account that nobody else changes until this transaction ends."""
    row = tx.execute(_LOCKED, {"staff_id": staff_id}).one_or_none()
    return _account(row) if row else None


def every_account(tx: Connection) -> list[Account]:
    """Return all accounts by address, disabled ones too: there are as many as people in a company."""
    return [_account(row) for row in tx.execute(_ACCOUNT.order_by(StaffRow.address_folded))]


def served_by(person: Person) -> dict[str, Any]:
    """Return the values by which a statement knows what ``person`` serves."""
    return {
        "serves_all": not person.product_lines,
        "products": sorted(person.product_lines),
        "address": person.address.casefold(),
    }


def has_accounts(tx: Connection) -> bool:
    return tx.execute(_ANY).first() is not None


def lock_administrators(tx: Connection) -> frozenset[int]:
    """Return the ids of all active administrators, and let nobody else change one until this transaction ends."""
    return frozenset(tx.execute(_ADMINISTRATORS).scalars())


def use_time_step(tx: Connection, staff_id: int, step: int) -> bool:
    """Note that a code of this time step was used; False when it, or a later one, was used already."""
    return tx.execute(_USE_STEP, {"id_": staff_id, "step": step}).rowcount == 1


def change_account(tx: Connection, staff_id: int, **values: Any) -> None:
    """Set columns of an account by their names."""
    tx.execute(update(StaffRow).where(StaffRow.id == staff_id).values(**values))


def _account(row: Any) -> Account:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping
    person = person_of([values.pop(column.key) for column in PERSON_COLUMNS])
    return Account(person=person, **values)
