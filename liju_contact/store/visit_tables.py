"""The table of visits: who had a status page open, as sparingly as that can be told."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from liju_contact.store.table import Table


class VisitRow(Table):
    """The first visit of a network on a day (UTC); ``network`` is a keyed label that means nothing elsewhere."""

    __tablename__ = "visit"

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(String(8), primary_key=True)
    program: Mapped[str] = mapped_column(String(40))
    system: Mapped[str] = mapped_column(String(40))
    visited_at: Mapped[datetime]
