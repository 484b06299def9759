"""Lists that people keep: their own, and those somebody shares with everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from liju_contact.store.desk_tables import SavedViewRow

_ADD = insert(SavedViewRow).returning(SavedViewRow.id)
SHOWN = (
    select(SavedViewRow.id, SavedViewRow.name, SavedViewRow.query, SavedViewRow.is_shared, SavedViewRow.staff_id)
    .where(or_(SavedViewRow.staff_id == bindparam("staff_id"), SavedViewRow.is_shared))
    .order_by(SavedViewRow.is_shared, SavedViewRow.name, SavedViewRow.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    id: int
    name: str
    query: str
    is_shared: bool
    staff_id: int


def add_view(tx: Connection, *, staff_id: int, name: str, query: str, is_shared: bool, now: datetime) -> int:
    values = {"staff_id": staff_id, "name": name, "query": query, "is_shared": is_shared, "saved_at": now}
    id_: int = tx.execute(_ADD, values).scalar_one()
    return id_


def views_for(tx: Connection, staff_id: int) -> list[SavedView]:
    """Return somebody's own views, then everybody's, by name."""
    rows = tx.execute(SHOWN, {"staff_id": staff_id})
    return [view_in(row) for row in rows]


def view_in(row: Sequence[Any]) -> SavedView:
    """Return the view that a row of ``SHOWN`` is."""
    id_, name, query, is_shared, staff_id = row
    return SavedView(id=id_, name=name, query=query, is_shared=bool(is_shared), staff_id=staff_id)


def change_view(tx: Connection, view_id: int, *, staff_id: int, name: str, is_shared: bool) -> bool:
    """Rename or share a view of one's own; False when there is no such view."""
    own = (SavedViewRow.id == view_id) & (SavedViewRow.staff_id == staff_id)
    return tx.execute(update(SavedViewRow).where(own).values(name=name, is_shared=is_shared)).rowcount == 1


def remove_view(tx: Connection, view_id: int, *, staff_id: int) -> bool:
    own = (SavedViewRow.id == view_id) & (SavedViewRow.staff_id == staff_id)
    return tx.execute(delete(SavedViewRow).where(own)).rowcount == 1
