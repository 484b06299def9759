"""The tables of received mail. ``store.tables`` holds the rest of the schema."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from liju_contact.store.table import Id, Table, index_where, partial_index


class InboundRow(Table):
    """A received mail. Its raw bytes are a blob; ``sha256`` makes the same bytes one entry, however often they come.

    ``due_at`` is set exactly in state ``waiting``. ``message_id``, ``note_id`` and ``delivery_id`` say what it became
    or what it is about; ``holder`` is whom its key was made for, and ``key_number`` the number in that key.
    """

    __tablename__ = "inbound"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"), index=True)
    bytes_count: Mapped[int] = mapped_column(BigInteger)
    door: Mapped[str] = mapped_column(String(20))
    envelope_sender: Mapped[str | None]
    envelope_recipients: Mapped[list[Any]]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime | None]
    attempt_count: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[str | None] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(server_default=text("''"))
    reason: Mapped[str | None] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(server_default=text("''"))
    sender: Mapped[str] = mapped_column(server_default=text("''"))
    subject: Mapped[str] = mapped_column(server_default=text("''"))
    mail_id: Mapped[str] = mapped_column(server_default=text("''"))
    holder: Mapped[str] = mapped_column(server_default=text("''"))
    inquiry_id: Mapped[int | None] = mapped_column(ForeignKey("inquiry.id", ondelete="SET NULL"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("note.id", ondelete="SET NULL"))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id", ondelete="SET NULL"))
    judged_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_by: Mapped[str] = mapped_column(server_default=text("''"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        index_where("inbound", "due_at", "due_at IS NOT NULL"),
        index_where("inbound", "received_at", "state IN ('held', 'parked')"),
        partial_index("ix_inbound_raw_received_at", "bytes_count > 0", "received_at", "id"),
        index_where("inbound", "decided_at", "decided_at IS NOT NULL"),
        index_where("inbound", "message_id", "message_id IS NOT NULL"),
        index_where("inbound", "note_id", "note_id IS NOT NULL"),
        index_where("inbound", "delivery_id", "delivery_id IS NOT NULL"),
    )


class InboundTextRow(Table):
    """What a mail says in running text, quotes included, as it was read when it came. The bytes are in its blob."""

    __tablename__ = "inbound_text"

    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[str]


class InboundFileRow(Table):
    """A file part of a mail, whatever became of the mail; ``is_folded`` pictures are a signature's."""

    __tablename__ = "inbound_file"

    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"), index=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    media_type: Mapped[str]
    is_folded: Mapped[bool]


class PictureRow(Table):
    """How often a small picture came from one domain: those seen again and again belong to a signature."""

    __tablename__ = "picture"

    domain: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_count: Mapped[int] = mapped_column(Integer)


class AbsenceRow(Table):
    """A staff member's own mail program said that they are away."""

    __tablename__ = "absence"

    address: Mapped[str] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime]
    words: Mapped[str]


class MailboxRow(Table):
    """How far a mailbox was fetched (IMAP UIDs count within one UIDVALIDITY), and since when that fails."""

    __tablename__ = "mailbox"

    name: Mapped[str] = mapped_column(primary_key=True)
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger)
    fetched_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(server_default=text("''"))
