"""Tables of what the public doors turned away: what was typed, and files, which are kept as long as the entry (D10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from liju_contact.store.table import Id, Table

_OPEN = text("settled_at IS NULL")


class RefusalRow(Table):
    """``settled_at`` is None while nobody has decided and nothing was accepted in its place.

    ``nonce``, ``email_folded``, ``name_folded`` and ``text_digest`` are by what the same thing is known when it is sent
    again. ``inquiry_id`` is the inquiry it was written to, or that it became.
    """

    __tablename__ = "refusal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    door: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(20))
    typed: Mapped[dict[str, Any]]
    product: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(20))
    network: Mapped[str] = mapped_column(String(50))
    nonce: Mapped[str] = mapped_column(String(40))
    email_folded: Mapped[str]
    name_folded: Mapped[str]
    text_digest: Mapped[str] = mapped_column(String(40))
    tries_count: Mapped[int] = mapped_column(Integer)
    left_out_count: Mapped[int] = mapped_column(Integer)  # files that were sent and could not be kept
    happened_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    settled_by: Mapped[str] = mapped_column(server_default=text("''"))
    inquiry_id: Mapped[int | None] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"))

    __table_args__ = (
        Index(None, "happened_at", "id"),
        Index("ix_refusal_open", "happened_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_refusal_nonce", "nonce", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_refusal_text_digest", "text_digest", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "email_folded"),
        Index(None, "inquiry_id"),
    )


class RefusalFileRow(Table):
    __tablename__ = "refusal_file"

    refusal_id: Mapped[int] = mapped_column(ForeignKey("refusal.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"), index=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
