"""The tables. Migrations build the real ones (``store/migrations``); a test compares the two.

Every time is an aware UTC datetime, every enum its lower-case value. A message is always for both sides to see: there
is no column that says who may see one, and so no flag that could be wrong.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    String,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from liju_contact.store import (  # noqa: F401  # the rest of the same schema
    desk_tables,
    file_tables,
    inbound_tables,
    privacy_tables,
    refusal_tables,
    scan_tables,
    spam_tables,
    staff_tables,
    visit_tables,
)
from liju_contact.store.table import Id, Table, index_where, partial_index

# What the desk's list may leave rows out by. It stands at the end of the indexes that have an order of the list, or all
# of one value, which then tell by themselves what belongs to it: looking into the table takes ten times as long.
_LISTED_BY = (
    "state",
    "product",
    "topic",
    "country",
    "language",
    "assignee",
    "priority",
    "has_files",
    "has_mail_trouble",
)
_AWAITED = "state IN ('received', 'open')"


def _but(column: str) -> list[str]:
    return [other for other in _LISTED_BY if other not in {column, "has_mail_trouble"}]


class InquiryRow(Table):
    """``nonce`` is that of the form token: the same form sent twice finds the same row."""

    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    nonce: Mapped[str] = mapped_column(String(40), unique=True)
    key_version: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(20))
    name: Mapped[str]
    email: Mapped[str]
    email_folded: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))
    product: Mapped[str] = mapped_column(String(40))
    topic: Mapped[str] = mapped_column(String(40))
    team: Mapped[str] = mapped_column(String(40))
    company: Mapped[str]
    phone: Mapped[str]
    details: Mapped[list[Any]]
    received_at: Mapped[datetime]
    answer_due_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    # The address of the staff member who has it, and since when letters to the customer are known not to arrive.
    assignee: Mapped[str | None]
    unreachable_since: Mapped[datetime | None]
    # What the desk adds. ``preview`` is the beginning of the newest message, so that a list reads one table.
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    priority: Mapped[str] = mapped_column(String(10), server_default=text("'normal'"))
    due_at: Mapped[datetime | None]
    has_files: Mapped[bool] = mapped_column(server_default=false())
    preview: Mapped[str] = mapped_column(server_default=text("''"))
    first_answered_at: Mapped[datetime | None]
    first_answer_due_at: Mapped[datetime | None]  # the first promise; ``answer_due_at`` moves on with the next
    # Without a foreign key: SQLite cannot add one to a table that exists without writing the whole of it anew.
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger)
    # Whether the customer is unreachable or a letter came to a bad end; ``store.mail_trouble`` keeps it.
    has_mail_trouble: Mapped[bool] = mapped_column(server_default=false())
    # Which privacy notice stood beside the form; empty for an inquiry by mail.
    notice_version: Mapped[str] = mapped_column(String(40), server_default=text("''"))

    __table_args__ = (
        Index(None, "email_folded", "id"),
        Index("ix_inquiry_received_at", "received_at", "id", *_LISTED_BY, "changed_at"),
        Index("ix_inquiry_assignee_state", "assignee", "state", "answer_due_at", "id", "product"),
        Index("ix_inquiry_changed_at", "changed_at", "id", *_LISTED_BY, "received_at"),
        Index("ix_inquiry_state", "state", "changed_at", "id", *_LISTED_BY[1:], "received_at"),
        Index("ix_inquiry_product", "product", "id", *_but("product")),
        Index("ix_inquiry_topic", "topic", "id", *_but("topic")),
        Index("ix_inquiry_country", "country", "id", *_but("country")),
        Index(None, "language", "id"),
        partial_index(
            "ix_inquiry_answer_due_at", _AWAITED, "answer_due_at", "id", *_LISTED_BY, "received_at", "changed_at"
        ),
        partial_index(
            "ix_inquiry_assignee_answer_due_at", _AWAITED, "assignee", "answer_due_at", "id", *_but("assignee")
        ),
        partial_index("ix_inquiry_assignee_answered", "state = 'answered'", "assignee", "id"),
        index_where("inquiry", "assignee", "assignee IS NOT NULL", *_but("assignee")),
        index_where("inquiry", "priority", "priority <> 'normal'", *_but("priority")),
        index_where("inquiry", "due_at", "due_at IS NOT NULL"),
        partial_index("ix_inquiry_has_files", "has_files", "id"),
        index_where("inquiry", "unreachable_since", "unreachable_since IS NOT NULL"),
        index_where("inquiry", "merged_into_id", "merged_into_id IS NOT NULL"),
        partial_index("ix_inquiry_mail_trouble", "has_mail_trouble", "changed_at", "id"),
    )


class MessageRow(Table):
    """One turn of the conversation; ``nonce`` makes a double click one message, as for the inquiry."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), index=True)
    author: Mapped[str] = mapped_column(String(20))
    author_name: Mapped[str]
    author_address: Mapped[str] = mapped_column(server_default=text("''"))
    moved_from_id: Mapped[int | None] = mapped_column(BigInteger)  # the inquiry it was written to, for taking back
    body: Mapped[str]
    nonce: Mapped[str] = mapped_column(String(40), unique=True)
    written_at: Mapped[datetime]

    __table_args__ = (index_where("message", "moved_from_id", "moved_from_id IS NOT NULL"),)


class NoteRow(Table):
    """What only staff see. A table of its own: a note cannot become a message by a flag."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), index=True)
    author_name: Mapped[str]
    author_address: Mapped[str]
    moved_from_id: Mapped[int | None] = mapped_column(BigInteger)  # as for a message
    body: Mapped[str]
    nonce: Mapped[str] = mapped_column(String(40), unique=True)
    written_at: Mapped[datetime]

    __table_args__ = (index_where("note", "moved_from_id", "moved_from_id IS NOT NULL"),)


class ParticipantRow(Table):
    """Somebody beside the customer who may speak for them: a colleague whose mail was let in."""

    __tablename__ = "participant"

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True)
    address_folded: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    name: Mapped[str]
    joined_at: Mapped[datetime]


class EventRow(Table):
    __tablename__ = "event"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(20))
    actor_name: Mapped[str] = mapped_column(server_default=text("''"))
    actor_address: Mapped[str] = mapped_column(server_default=text("''"))
    facts: Mapped[dict[str, Any] | None]
    undone_at: Mapped[datetime | None]
    inquiry_version: Mapped[int] = mapped_column(Integer, server_default=text("1"))  # the one it began
    moved_from_id: Mapped[int | None] = mapped_column(BigInteger)  # as for a message
    happened_at: Mapped[datetime]

    __table_args__ = (index_where("event", "moved_from_id", "moved_from_id IS NOT NULL"),)


class LetterRow(Table):
    """An e-mail we mean to send, rendered when written (D5).

    ``inquiry_id`` is None when it is about several inquiries.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inquiry_id: Mapped[int | None] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(20))
    sender_name: Mapped[str]
    sender_address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    headers: Mapped[dict[str, Any]]
    message_files_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    written_at: Mapped[datetime]

    __table_args__ = (
        index_where("letter", "message_files_id", "message_files_id IS NOT NULL"),
        index_where("letter", "written_at", "text <> ''"),
    )


class DeliveryRow(Table):
    """One letter to one recipient. ``lease_until`` and ``lease_holder`` are set exactly in state ``sending`` (D4)."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    recipient_name: Mapped[str]
    recipient_address: Mapped[str]
    reply_to: Mapped[str | None]
    reply_key: Mapped[str] = mapped_column(server_default=text("''"))
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(20))
    attempt_count: Mapped[int] = mapped_column(Integer, default=0)
    queued_at: Mapped[datetime]
    # Due time while queued, end of the lease while sending: one indexed column says what the worker may take next.
    due_at: Mapped[datetime | None]
    lease_holder: Mapped[str | None] = mapped_column(String(40))
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        index_where("delivery", "due_at", "due_at IS NOT NULL"),
        index_where("delivery", "state", "due_at IS NULL AND state <> 'delivered'"),
    )


class AttemptRow(Table):
    """What one attempt came to, in the server's own words; kept for every attempt."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(20))
    code: Mapped[int] = mapped_column(Integer)
    words: Mapped[str]
    ended_at: Mapped[datetime]


class LinkRequestRow(Table):
    """A customer asks for status links, by reference or by address; gone as soon as the worker has answered."""

    __tablename__ = "link_request"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reference: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None]
    language: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime]


class RateRow(Table):
    """How often something happened in one window: ``subject`` is a keyed digest, never an address in clear."""

    __tablename__ = "rate"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    happened_count: Mapped[int] = mapped_column(Integer)


class HeartbeatRow(Table):
    """The last sign of life of a process, by its role; ``/healthz`` reads it."""

    __tablename__ = "heartbeat"

    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    beat_at: Mapped[datetime]
