"""Tables of who may sign in to the desk and how. Nothing in them opens a door: passwords and tokens are digests.

The secret of a second factor is not stored at all: it is derived from the settings' secret, the account and a version.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from liju_contact.store.table import Id, Table


class StaffRow(Table):
    """An account. ``password_digest`` is None until one is set; with ``totp_since`` a second factor is asked for.

    ``password_is_temporary`` while it is one that was made for them: the first sign-in asks for another.
    ``password_version`` grows with each new password and ends every session; ``totp_counter`` is the last time step a
    code was used for, so that none works twice (RFC 6238 section 5.2).
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    address: Mapped[str]
    address_folded: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(String(20))
    product_lines: Mapped[list[Any]]
    language: Mapped[str | None] = mapped_column(String(20))
    password_digest: Mapped[str | None]
    password_version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    password_is_temporary: Mapped[bool] = mapped_column(server_default=false())
    totp_version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    totp_since: Mapped[datetime | None]
    totp_counter: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    added_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]


class StaffSessionRow(Table):
    """A device somebody is signed in on; ``digest`` is that of the cookie's value."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str]
    network: Mapped[str]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class RecoveryCodeRow(Table):
    """A code that stands in for a second factor once; used ones are deleted."""

    __tablename__ = "recovery_code"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)


class PasswordResetRow(Table):
    """A letter that lets somebody set a new password, once."""

    __tablename__ = "password_reset"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)


class ResetRequestRow(Table):
    """Somebody asks for such a letter by an address; gone as soon as the worker has answered (D21)."""

    __tablename__ = "reset_request"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    address_folded: Mapped[str]
    language: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime]


class PasskeyRow(Table):
    """A passkey (WebAuthn Level 3): its public half, and how often it was used."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(unique=True)  # base64url
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
