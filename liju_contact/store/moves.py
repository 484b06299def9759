"""Carries what belongs to one inquiry over to another, and back.

A row keeps in ``moved_from_id`` where it was written, however often it is carried on: that is where its letters are. It
is empty for what stands where it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from liju_contact.domain.event import EventKind
from liju_contact.domain.message import Author
from liju_contact.store.inbound_tables import InboundRow
from liju_contact.store.search_documents import note_search_due
from liju_contact.store.tables import EventRow, MessageRow, NoteRow

# What is told of the conversation goes where the conversation goes; an inquiry's own state and assignee stay with it.
_OF_CONVERSATION = frozenset(
    {
        EventKind.MESSAGE_ADDED,
        EventKind.MESSAGE_WITHDRAWN,
        EventKind.NOTE_ADDED,
        EventKind.MAIL_DECIDED,
    }
)


def carry_messages(tx: Connection, source_id: int, target_id: int, ids: Sequence[int] | None = None) -> list[int]:
    """Carry messages with their files, all of them without ``ids``; returns the ids of those that were there."""
    return _carry_texts(tx, MessageRow, source_id, target_id, ids)


def carry_notes(tx: Connection, source_id: int, target_id: int, ids: Sequence[int] | None = None) -> list[int]:
    return _carry_texts(tx, NoteRow, source_id, target_id, ids)


def carry_events(
    tx: Connection, source_id: int, target_id: int, ids: Sequence[int] | None = None, *, version: int
) -> list[int]:
    """Carry the events that tell of the conversation; ``version`` is the one of the target they come in with."""
    of_conversation = EventRow.kind.in_([kind.value for kind in _OF_CONVERSATION])
    return _carry(tx, EventRow, source_id, target_id, ids, of_conversation, inquiry_version=version)


def carry_mails(tx: Connection, source_id: int, target_id: int, ids: Sequence[int] | None = None) -> list[int]:
    """Carry received mails, those that are held too."""
    return _carry_rows(tx, InboundRow, _those(InboundRow, source_id, ids), {"inquiry_id": target_id})


def mails_of_message(tx: Connection, message_id: int) -> list[int]:
    return list(tx.execute(select(InboundRow.id).where(InboundRow.message_id == message_id)).scalars())


def event_of_message(tx: Connection, inquiry_id: int, author: Author, written_at: datetime) -> list[int]:
    """Return the id of the event that tells of a message, which was written at the same moment."""
    told = select(EventRow.id).where(
        EventRow.inquiry_id == inquiry_id,
        EventRow.kind == EventKind.MESSAGE_ADDED.value,
        EventRow.actor == author.value,
        EventRow.happened_at == written_at,
    )
    return list(tx.execute(told.order_by(EventRow.id).limit(1)).scalars())


def _carry_texts(tx: Connection, row: Any, source_id: int, target_id: int, ids: Sequence[int] | None) -> list[int]:
    for inquiry_id in (source_id, target_id):
        note_search_due(tx, inquiry_id)
    return _carry(tx, row, source_id, target_id, ids)


def _carry(
    tx: Connection, row: Any, source_id: int, target_id: int, ids: Sequence[int] | None, *where: Any, **values: Any
) -> list[int]:
    origin = func.coalesce(row.moved_from_id, source_id)
    values |= {"inquiry_id": target_id, "moved_from_id": func.nullif(origin, target_id)}
    return _carry_rows(tx, row, [*_those(row, source_id, ids), *where], values)


def _those(row: Any, source_id: int, ids: Sequence[int] | None) -> list[Any]:
    return [row.inquiry_id == source_id, *([] if ids is None else [row.id.in_(ids)])]


def _carry_rows(tx: Connection, row: Any, where: Sequence[Any], values: dict[str, Any]) -> list[int]:
    carried = update(row).where(*where).values(**values).returning(row.id)
    return sorted(tx.execute(carried).scalars())
