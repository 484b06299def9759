"""Who of the staff is away, as their own mail programs told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from liju_contact.store.inbound_tables import AbsenceRow
from liju_contact.store.statements import insert_or_change

_NOTE = insert_or_change(AbsenceRow, ["address"], lambda new: {"noted_at": new.noted_at, "words": new.words})


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """``address`` is the staff member's own; ``words`` begin their out-of-office."""

    address: str
    noted_at: datetime
    words: str


def note_absence(tx: Connection, absence: Absence) -> None:
    """Remember an absence; a newer one takes the place of an older."""
    values = {"address": absence.address, "noted_at": absence.noted_at, "words": absence.words}
    tx.execute(_NOTE[tx.dialect.name], values)


def end_absence(tx: Connection, address: str) -> None:
    """Forget an absence: they wrote themselves."""
    tx.execute(delete(AbsenceRow).where(AbsenceRow.address == address))


def absences(tx: Connection) -> list[Absence]:
    rows = tx.execute(select(AbsenceRow.address, AbsenceRow.noted_at, AbsenceRow.words).order_by(AbsenceRow.address))
    return [Absence(address=address, noted_at=noted_at, words=words) for address, noted_at, words in rows]
