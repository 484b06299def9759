"""Tables of privacy: what was asked for about an address, the register of what was done, and notices people saw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from liju_contact.store.table import Id, Table


class PrivacyRequestRow(Table):
    """One administrator asks, another one agrees, the worker does it; then the row goes, and with it the address.

    That of an export stays while its file can be fetched.
    """

    __tablename__ = "privacy_request"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    address: Mapped[str]
    state: Mapped[str] = mapped_column(String(20))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    blob_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"), index=True)
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class PrivacyEventRow(Table):
    """A line of the register. ``digest`` is a keyed one of the folded address; ``actor`` is who of staff, or empty."""

    __tablename__ = "privacy_event"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(20), index=True)
    actor: Mapped[str]
    counts: Mapped[dict[str, Any] | None]
    happened_at: Mapped[datetime]


class PrivacyNoticeRow(Table):
    """What the notice beside the form said, in every language, for as long as an inquiry may name its version."""

    __tablename__ = "privacy_notice"

    version: Mapped[str] = mapped_column(String(40), primary_key=True)
    texts: Mapped[dict[str, Any]]
    noted_at: Mapped[datetime]
