"""People beside the customer who may speak for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from liju_contact.domain.inquiry import fold_address
from liju_contact.store.search_documents import note_search_due
from liju_contact.store.statements import insert_unless_taken
from liju_contact.store.tables import ParticipantRow

_ADD = insert_unless_taken(ParticipantRow, ParticipantRow.address_folded)
_OF_INQUIRY = (
    select(ParticipantRow.address, ParticipantRow.name)
    .where(ParticipantRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(ParticipantRow.joined_at, ParticipantRow.address_folded)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    address: str
    name: str


def add_participant(tx: Connection, inquiry_id: int, participant: Participant, now: datetime) -> bool:
    """Let somebody join; False when they were there already."""
    values = {
        "inquiry_id": inquiry_id,
        "address_folded": fold_address(participant.address),
        "address": participant.address,
        "name": participant.name,
        "joined_at": now,
    }
    is_new = tx.execute(_ADD[tx.dialect.name], values).scalar_one_or_none() is not None
    if is_new:
        note_search_due(tx, inquiry_id)
    return is_new


def participants_of(tx: Connection, inquiry_id: int) -> list[Participant]:
    rows = tx.execute(_OF_INQUIRY, {"inquiry_id": inquiry_id})
    return [Participant(address=address, name=name) for address, name in rows]


def remove_participant(tx: Connection, inquiry_id: int, address: str) -> None:
    theirs = (ParticipantRow.inquiry_id == inquiry_id) & (ParticipantRow.address_folded == fold_address(address))
    tx.execute(delete(ParticipantRow).where(theirs))
    note_search_due(tx, inquiry_id)
