"""Who watches an inquiry: accounts that want every letter about it, whoever has it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.person import Person
from liju_contact.store.desk_tables import WatcherRow
from liju_contact.store.staff import PERSON_COLUMNS, person_of
from liju_contact.store.staff_tables import StaffRow
from liju_contact.store.statements import insert_unless_taken

_ADD = insert_unless_taken(WatcherRow, WatcherRow.staff_id)
_ADD_MANY = insert(WatcherRow)
_THEIRS = (WatcherRow.inquiry_id == bindparam("inquiry_id")) & (WatcherRow.staff_id == bindparam("staff_id"))
_REMOVE = delete(WatcherRow).where(_THEIRS)
_OF_INQUIRY = select(WatcherRow.staff_id).where(WatcherRow.inquiry_id == bindparam("inquiry_id"))
_WATCHERS = select(*PERSON_COLUMNS).where(StaffRow.id.in_(_OF_INQUIRY), StaffRow.disabled_at.is_(None))
_CONCERNED = (
    select(*PERSON_COLUMNS)
    .where(
        StaffRow.disabled_at.is_(None),
        or_(StaffRow.id.in_(_OF_INQUIRY), StaffRow.address_folded == bindparam("assignee")),
    )
    .order_by(StaffRow.address_folded)
)


def add_watcher(tx: Connection, inquiry_id: int, staff_id: int) -> bool:
    """Let somebody watch; False when they did already."""
    values = {"inquiry_id": inquiry_id, "staff_id": staff_id}
    return tx.execute(_ADD[tx.dialect.name], values).scalar_one_or_none() is not None


def remove_watcher(tx: Connection, inquiry_id: int, staff_id: int) -> bool:
    return tx.execute(_REMOVE, {"inquiry_id": inquiry_id, "staff_id": staff_id}).rowcount > 0


def watchers_of(tx: Connection, inquiry_id: int) -> list[Person]:
    """Return who watches an inquiry, by address, without accounts that are disabled."""
    rows = tx.execute(_WATCHERS.order_by(StaffRow.address_folded), {"inquiry_id": inquiry_id})
    return [person_of(row) for row in rows]


def concerned_with(tx: Connection, inquiry_id: int, assignee: str | None) -> list[Person]:
    """Return the accounts that watch an inquiry or have it."""
    values = {"inquiry_id": inquiry_id, "assignee": fold_address(assignee or "")}
    return [person_of(row) for row in tx.execute(_CONCERNED, values)]


def watcher_ids(tx: Connection, inquiry_id: int) -> list[int]:
    """Return the accounts that watch, disabled ones too."""
    return list(tx.execute(_OF_INQUIRY, {"inquiry_id": inquiry_id}).scalars())


def add_watchers(tx: Connection, inquiry_id: int, staff_ids: Sequence[int]) -> None:
    """Let accounts watch that do not watch yet."""
    if staff_ids:
        tx.execute(_ADD_MANY, [{"inquiry_id": inquiry_id, "staff_id": staff_id} for staff_id in staff_ids])


def remove_watchers(tx: Connection, inquiry_id: int, staff_ids: Sequence[int]) -> None:
    theirs = (WatcherRow.inquiry_id == inquiry_id) & WatcherRow.staff_id.in_(staff_ids)
    tx.execute(delete(WatcherRow).where(theirs))
