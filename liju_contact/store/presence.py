"""Who looks at an inquiry just now. A sign of life is soon out of date: whoever asks says how old it may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from liju_contact.store.desk_tables import PresenceRow
from liju_contact.store.staff_tables import StaffRow
from liju_contact.store.statements import insert_or_change

_NOTE = insert_or_change(
    PresenceRow, ["inquiry_id", "staff_id"], lambda new: {"seen_at": new.seen_at, "typed_at": new.typed_at}
)
_OTHERS = (
    select(StaffRow.address, StaffRow.name, PresenceRow.typed_at)
    .join(StaffRow, StaffRow.id == PresenceRow.staff_id)
    .where(
        PresenceRow.inquiry_id == bindparam("inquiry_id"),
        PresenceRow.staff_id != bindparam("besides"),
        PresenceRow.seen_at > bindparam("since"),
        StaffRow.disabled_at.is_(None),
    )
    .order_by(StaffRow.address_folded)
)
_FORGET = delete(PresenceRow).where(PresenceRow.seen_at < bindparam("before"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """A colleague who has the same inquiry open; ``typed_at`` is None unless they were writing at their last sign."""

    address: str
    name: str
    typed_at: datetime | None


def note_presence(tx: Connection, inquiry_id: int, staff_id: int, *, is_typing: bool, now: datetime) -> None:
    values = {
        "inquiry_id": inquiry_id,
        "staff_id": staff_id,
        "seen_at": now,
        "typed_at": now if is_typing else None,
    }
    tx.execute(_NOTE[tx.dialect.name], values)


def present_in(tx: Connection, inquiry_id: int, *, besides: int, since: datetime) -> list[Present]:
    """Return who else gave a sign of life after ``since``."""
    rows = tx.execute(_OTHERS, {"inquiry_id": inquiry_id, "besides": besides, "since": since})
    return [Present(address=address, name=name, typed_at=typed_at) for address, name, typed_at in rows]


def forget_presence(tx: Connection, before: datetime) -> None:
    tx.execute(_FORGET, {"before": before})
