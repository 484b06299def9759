"""Looks through every table for a mail address, and takes it out of what stays.

Each text column of each table is looked at, new tables included. What is the person's own (a mail they sent, a letter
to them) goes whole; in what is somebody else's (another customer's mail with them in its Cc) the address alone is
struck out. This reads whole tables: it is for erasing and exporting, which are rare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    String,
    Table,
    and_,
    cast,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.types import TypeDecorator

from liju_contact.domain.privacy import ERASED, mention_of, spellings_of
from liju_contact.store import table as schema
from liju_contact.store.file_tables import BlobChunkRow
from liju_contact.store.inbound_tables import InboundRow
from liju_contact.store.search_documents import note_search_due
from liju_contact.store.tables import DeliveryRow, LetterRow, MessageRow

# People of the desk are not erased; the documents of the search are written anew from what they are made of.
_PASSED_OVER = frozenset(
    {
        "staff",
        "staff_session",
        "password_reset",
        "recovery_code",
        "reset_request",
        "passkey",
        "privacy_request",
        "privacy_event",
        "privacy_notice",
        "search_document",
    }
)
# Whose row goes when the address stands in it, whatever else it says.
GOES_WHOLE = frozenset({"link_request", "participant", "saved_view", "refusal", "export"})
# Where a row is the person's own; the key is the table, the value the columns that say whose it is.
OWN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "inbound": frozenset({"sender", "envelope_sender"}),
        "delivery": frozenset({"recipient_address"}),
        "message": frozenset({"author_address"}),
    }
)
_LONG = 21
_TIMES = ("received_at", "written_at", "queued_at", "asked_at", "joined_at", "happened_at", "refused_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A row with the address in it: where, under which key, in which of its columns, and of which inquiry it is."""

    table: str
    key: tuple[Any, ...]
    columns: frozenset[str]
    inquiry_id: int | None
    at: datetime | None

    @property
    def is_own(self) -> bool:
        return bool(self.columns & OWN.get(self.table, frozenset()))


def mentions_of(tx: Connection, address: str) -> list[Mention]:
    """Return every row in whose texts the address stands, table by table."""
    pattern, spellings = mention_of(address), spellings_of(address)
    found: list[Mention] = []
    for stored in schema.Table.metadata.sorted_tables:
        if stored.name not in _PASSED_OVER and texts_of(stored):
            found += _in_table(tx, stored, pattern, spellings)
    return found


def texts_of(stored: Table) -> list[Any]:
    """Return the columns of a table that hold text or JSON, but for words of the program's own, which are short."""
    return [column for column in stored.columns if _is_text(column)]


def strike_out(tx: Connection, mention: Mention, address: str) -> None:
    """Put ``[erased]`` in the place of the address, and have the inquiry's search document written anew."""
    stored, pattern = schema.Table.metadata.tables[mention.table], mention_of(address)
    named = [stored.c[name] for name in sorted(mention.columns)]
    row = tx.execute(select(*named).where(_keyed(stored, mention.key)).with_for_update()).mappings().one_or_none()
    if row is None:
        return
    values = {name: _struck(row[name], pattern) for name in mention.columns}
    tx.execute(update(stored).where(_keyed(stored, mention.key)).values(values))
    if mention.inquiry_id is not None:
        note_search_due(tx, mention.inquiry_id)


def remove_row(tx: Connection, mention: Mention) -> None:
    stored = schema.Table.metadata.tables[mention.table]
    tx.execute(delete(stored).where(_keyed(stored, mention.key)))
    if mention.inquiry_id is not None:
        note_search_due(tx, mention.inquiry_id)


def mails_with(tx: Connection, address: str) -> list[int]:
    """Return received mails in whose first bytes as received the address stands: in a Cc, or in a plain body."""
    content: ColumnElement[str]
    if tx.dialect.name == "sqlite":
        content = func.lower(cast(BlobChunkRow.content, String))
    else:
        content = func.lower(func.encode(BlobChunkRow.content, "escape"))
    said = or_(*(content.contains(spelling, autoescape=True) for spelling in spellings_of(address)))
    first = and_(BlobChunkRow.blob_id == InboundRow.blob_id, BlobChunkRow.position == 0)
    return list(tx.execute(select(InboundRow.id).join(BlobChunkRow, first).where(said)).scalars())


def _in_table(tx: Connection, stored: Table, pattern: re.Pattern[str], spellings: Sequence[str]) -> Iterator[Mention]:
    texts = texts_of(stored)
    said = [
        func.lower(cast(column, String)).contains(spelling, autoescape=True)
        for column in texts
        for spelling in spellings
    ]
    time = next((stored.c[name] for name in _TIMES if name in stored.c), None)
    keys = list(stored.primary_key)
    columns = [
        *keys,
        *texts,
        _inquiry_of(stored).label("its_inquiry"),
        (null() if time is None else time).label("its_time"),
    ]
    unique = list({column.key: column for column in columns}.values())
    for row in tx.execute(select(*unique).where(or_(*said))).mappings():
        named = frozenset(column.name for column in texts if _stands_in(row[column.name], pattern))
        if named:
            yield Mention(
                table=stored.name,
                key=tuple(row[key.name] for key in keys),
                columns=named,
                inquiry_id=row["its_inquiry"],
                at=row["its_time"],
            )


def _inquiry_of(stored: Table) -> ColumnElement[Any]:
    """Return the expression for the inquiry that a row of a table is about."""
    if stored.name == "inquiry":
        return stored.c.id
    if "inquiry_id" in stored.c:
        return stored.c.inquiry_id
    of_letter = select(LetterRow.inquiry_id).join(DeliveryRow, DeliveryRow.letter_id == LetterRow.id)
    parents: dict[str, Any] = {
        # Before ``message_id``: that of a delivery is its Message-ID.
        "letter_id": lambda column: select(LetterRow.inquiry_id).where(LetterRow.id == column),
        "message_id": lambda column: select(MessageRow.inquiry_id).where(MessageRow.id == column),
        "delivery_id": lambda column: of_letter.where(DeliveryRow.id == column),
        "inbound_id": lambda column: select(InboundRow.inquiry_id).where(InboundRow.id == column),
    }
    parent = next((name for name in parents if name in stored.c), None)
    return literal(None) if parent is None else parents[parent](stored.c[parent]).scalar_subquery()


def _is_text(column: Any) -> bool:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(kind, JSON) or (isinstance(kind, String) and (kind.length or _LONG) >= _LONG)


def _keyed(stored: Table, key: tuple[Any, ...]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(stored.primary_key, key, strict=True)))


def _stands_in(value: Any, pattern: re.Pattern[str]) -> bool:
    match value:
        case str():
            return pattern.search(value) is not None
        case dict():
            return any(_stands_in(each, pattern) for pair in value.items() for each in pair)
        case list():
            return any(_stands_in(each, pattern) for each in value)
    return False


def _struck(value: Any, pattern: re.Pattern[str]) -> Any:
    match value:
        case str():
            return pattern.sub(ERASED, value)
        case dict():
            return {_struck(key, pattern): _struck(each, pattern) for key, each in value.items()}
        case list():
            return [_struck(each, pattern) for each in value]
    return value
