"""All that hangs on inquiries, table by table: what an erasure takes away and what an export hands out.

``BELONGS`` is the one place that says which rows those are. A test walks every table of the schema: one that is neither
there nor in ``KEEPS_NOTHING`` fails it, so that a new table cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Table, select

from liju_contact.store import table as schema
from liju_contact.store.file_tables import FileRow
from liju_contact.store.inbound_tables import InboundFileRow, InboundRow
from liju_contact.store.tables import DeliveryRow, EventRow, LetterRow, MessageRow, NoteRow

_AT_ONCE = 500  # values in one list of a statement
# Which of the ids below a table's rows are found by; a row belongs as soon as one of them does.
BELONGS: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType(
    {
        "inquiry": [("id", "inquiries")],
        "message": [("id", "messages")],
        "note": [("id", "notes")],
        "event": [("id", "events")],
        "letter": [("id", "letters")],
        "delivery": [("id", "deliveries")],
        "attempt": [("delivery_id", "deliveries")],
        "participant": [("inquiry_id", "inquiries")],
        "file": [("message_id", "messages")],
        "inbound": [("id", "mails")],
        "inbound_text": [("inbound_id", "mails")],
        "inbound_file": [("inbound_id", "mails")],
        "inquiry_tag": [("inquiry_id", "inquiries")],
        "watcher": [("inquiry_id", "inquiries")],
        "draft": [("inquiry_id", "inquiries")],
        "presence": [("inquiry_id", "inquiries")],
        "rating": [("inquiry_id", "inquiries")],
        "reminder": [("inquiry_id", "inquiries")],
        "visit": [("inquiry_id", "inquiries")],
        "spam_judgement": [("inquiry_id", "inquiries")],
        "spam_sketch": [("inquiry_id", "inquiries")],
        "refusal": [("inquiry_id", "inquiries")],
        "search_document": [("inquiry_id", "inquiries")],
        "search_due": [("inquiry_id", "inquiries")],
    }
)
# Tables in which no row hangs on an inquiry, and why none of them keeps a trace of one.
KEEPS_NOTHING: Mapping[str, str] = MappingProxyType(
    {
        "blob": "goes when no row refers to it any more",
        "blob_chunk": "goes with its blob",
        "thumbnail": "goes with its blob",
        "scan": "goes with its blob",
        "refusal_file": "goes with its entry",
        "spam_word": "how often words that only their checksums name were marked",
        "export": "all exports since the oldest of the inquiries go",
        "tag": "goes with the last inquiry that has it",
        "picture": "goes with the last mail from its domain",
        "view_count": "numbers, counted anew",
        "insight": "goes with any inquiry of its month, and is summed up anew",
        "insight_month": "when a month was summed up",
        "answer_time": "numbers of a product line",
        "rate": "keyed digests, for a day",
        "heartbeat": "roles and times",
        "mailbox": "our own mailbox; looked through for the address",
        "absence": "a staff member's own; looked through for the address",
        "link_request": "an address or a reference; goes where it is this one",
        "saved_view": "a search of staff; goes where it names the address",
        "canned_reply": "staff's; looked through for the address",
        "privacy_request": "goes when it is done",
        "privacy_event": "digests alone",
        "privacy_notice": "the company's own words",
        "staff": "people of the desk",
        "staff_session": "people of the desk",
        "recovery_code": "people of the desk",
        "password_reset": "people of the desk",
        "reset_request": "people of the desk",
        "passkey": "people of the desk",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """Ids, by what they are of. ``inquiries`` go whole; the others may hang on an inquiry that stays."""

    inquiries: frozenset[int] = frozenset()
    messages: frozenset[int] = frozenset()
    notes: frozenset[int] = frozenset()
    events: frozenset[int] = frozenset()
    letters: frozenset[int] = frozenset()
    deliveries: frozenset[int] = frozenset()
    mails: frozenset[int] = frozenset()

    def __or__(self, other: Holdings) -> Holdings:
        both = {field.name: getattr(self, field.name) | getattr(other, field.name) for field in fields(self)}
        return Holdings(**both)

    def counts(self) -> dict[str, int]:
        found = {field.name: len(getattr(self, field.name)) for field in fields(self)}
        return {name: count for name, count in found.items() if count}


def gather(tx: Connection, seeds: Holdings, *, with_moved: bool = True) -> Holdings:
    """Return ``seeds`` and all that hangs on them.

    ``with_moved`` counts in what was written to one of the inquiries and stands in another one now.
    """
    of, moved = seeds.inquiries, seeds.inquiries if with_moved else frozenset[int]()
    messages = seeds.messages | ids(tx, MessageRow.id, (MessageRow.inquiry_id, of), (MessageRow.moved_from_id, moved))
    notes = seeds.notes | ids(tx, NoteRow.id, (NoteRow.inquiry_id, of), (NoteRow.moved_from_id, moved))
    events = seeds.events | ids(tx, EventRow.id, (EventRow.inquiry_id, of), (EventRow.moved_from_id, moved))
    letters = seeds.letters | ids(tx, LetterRow.id, (LetterRow.inquiry_id, of), (LetterRow.message_files_id, messages))
    deliveries = seeds.deliveries | ids(tx, DeliveryRow.id, (DeliveryRow.letter_id, letters))
    mails = seeds.mails | ids(
        tx,
        InboundRow.id,
        (InboundRow.inquiry_id, of),
        (InboundRow.message_id, messages),
        (InboundRow.note_id, notes),
        (InboundRow.delivery_id, deliveries),
    )
    return Holdings(
        inquiries=of,
        messages=messages,
        notes=notes,
        events=events,
        letters=letters,
        deliveries=deliveries,
        mails=mails,
    )


def blobs_of(tx: Connection, holdings: Holdings) -> frozenset[int]:
    """Return the blobs that rows of ``holdings`` refer to; others may do so too."""
    return (
        ids(tx, FileRow.blob_id, (FileRow.message_id, holdings.messages))
        | ids(tx, InboundRow.blob_id, (InboundRow.id, holdings.mails))
        | ids(tx, InboundFileRow.blob_id, (InboundFileRow.inbound_id, holdings.mails))
    )


def rows_of(tx: Connection, name: str, holdings: Holdings) -> list[dict[str, Any]]:
    """Return the rows of a table that belong to ``holdings``, by column."""
    stored: Table = schema.Table.metadata.tables[name]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for column, kind in BELONGS[name]:
        for some in chunked(getattr(holdings, kind)):
            for row in tx.execute(select(stored).where(stored.c[column].in_(some))).mappings():
                found[tuple(row[key.name] for key in stored.primary_key)] = dict(row)
    return [found[key] for key in sorted(found)]


def ids(tx: Connection, wanted: Any, *lookups: tuple[Any, Iterable[int]]) -> frozenset[int]:
    """Return the values of a column in rows where any of the other columns has one of its values."""
    found: set[int] = set()
    for column, values in lookups:
        for some in chunked(values):
            found.update(tx.execute(select(wanted).where(column.in_(some))).scalars())
    return frozenset(found)


def chunked(values: Iterable[int]) -> Iterable[list[int]]:
    """Cut ids into lists that one statement takes."""
    every = sorted(values)
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]
