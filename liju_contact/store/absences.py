"""Who of the staff is away, as their own mail programs told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from liju_contact.store.inbound_tables import AbsenceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """``address`` is the staff member's own; ``words`` begin their out-of-office."""

    address: str
    noted_at: datetime
    words: str


def note_absence(tx: Connection, absence: Absence) -> None:
    """Remember an absence; a newer one takes the place of an older."""
    insert = sqlite_insert if tx.dialect.name == "sqlite" else postgresql_insert
    values = {"noted_at": absence.noted_at, "words": absence.words}
    first = insert(AbsenceRow).values(address=absence.address, **values)
    tx.execute(first.on_conflict_do_update(index_elements=[AbsenceRow.address], set_=values))


def end_absence(tx: Connection, address: str) -> None:
    """Forget an absence: they wrote themselves."""
    tx.execute(delete(AbsenceRow).where(AbsenceRow.address == address))


def absences(tx: Connection) -> list[Absence]:
    rows = tx.execute(select(AbsenceRow.address, AbsenceRow.noted_at, AbsenceRow.words).order_by(AbsenceRow.address))
    return [Absence(address=address, noted_at=noted_at, words=words) for address, noted_at, words in rows]
