"""Devices people are signed in on. The cookie's value is never stored, only its digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from liju_contact.domain.person import Person
from liju_contact.store.staff import PERSON_COLUMNS, person_of
from liju_contact.store.staff_tables import StaffRow, StaffSessionRow

_ADD = insert(StaffSessionRow).returning(StaffSessionRow.id)
_BY_DIGEST = (
    select(StaffSessionRow.id, StaffSessionRow.seen_at, *PERSON_COLUMNS)
    .join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)
    .where(
        StaffSessionRow.digest == bindparam("digest"),
        StaffSessionRow.ends_at > bindparam("now"),
        StaffSessionRow.seen_at > bindparam("seen_after"),
        StaffRow.disabled_at.is_(None),
    )
)
_SEEN = (
    update(StaffSessionRow).where(StaffSessionRow.id == bindparam("session_id")).values(seen_at=bindparam("seen_now"))
)
_OF_STAFF = (
    select(
        StaffSessionRow.id,
        StaffSessionRow.browser,
        StaffSessionRow.network,
        StaffSessionRow.began_at,
        StaffSessionRow.seen_at,
    )
    .where(
        StaffSessionRow.staff_id == bindparam("staff_id"),
        StaffSessionRow.ends_at > bindparam("now"),
        StaffSessionRow.seen_at > bindparam("seen_after"),
    )
    .order_by(StaffSessionRow.seen_at.desc(), StaffSessionRow.id.desc())
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSession:
    id: int
    seen_at: datetime
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A session as its owner reads of it."""

    id: int
    browser: str
    network: str
    began_at: datetime
    seen_at: datetime


def add_session(
    tx: Connection, staff_id: int, *, digest: str, browser: str, network: str, ends_at: datetime, now: datetime
) -> int:
    values = {
        "staff_id": staff_id,
        "digest": digest,
        "browser": browser,
        "network": network,
        "began_at": now,
        "seen_at": now,
        "ends_at": ends_at,
    }
    id_: int = tx.execute(_ADD, values).scalar_one()
    return id_


def find_session(tx: Connection, digest: str, *, seen_after: datetime, now: datetime) -> FoundSession | None:
    """Return the session of a cookie, unless it has ended, rested too long, or its account is disabled."""
    row = tx.execute(_BY_DIGEST, {"digest": digest, "seen_after": seen_after, "now": now}).one_or_none()
    if row is None:
        return None
    id_, seen_at, *columns = row
    return FoundSession(id=id_, seen_at=seen_at, person=person_of(columns))


def note_seen(tx: Connection, session_id: int, now: datetime) -> None:
    tx.execute(_SEEN, {"session_id": session_id, "seen_now": now})


def sessions_of(tx: Connection, staff_id: int, *, seen_after: datetime, now: datetime) -> list[Device]:
    """Return where somebody is signed in, last used first."""
    rows = tx.execute(_OF_STAFF, {"staff_id": staff_id, "seen_after": seen_after, "now": now})
    return [Device(**row._mapping) for row in rows]  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping


def end_session(tx: Connection, session_id: int, staff_id: int) -> bool:
    """End one session of somebody; False when they have no such session."""
    theirs = (StaffSessionRow.id == session_id) & (StaffSessionRow.staff_id == staff_id)
    return tx.execute(delete(StaffSessionRow).where(theirs)).rowcount == 1


def end_sessions(tx: Connection, staff_id: int, *, besides: int | None = None) -> int:
    """Sign somebody out everywhere, or everywhere else; returns how many sessions ended."""
    theirs = StaffSessionRow.staff_id == staff_id
    if besides is not None:
        theirs &= StaffSessionRow.id != besides
    return tx.execute(delete(StaffSessionRow).where(theirs)).rowcount


def sweep_sessions(tx: Connection, *, seen_before: datetime, now: datetime) -> int:
    """Forget sessions that have ended or rested too long; returns how many."""
    is_over = (StaffSessionRow.ends_at < now) | (StaffSessionRow.seen_at < seen_before)
    return tx.execute(delete(StaffSessionRow).where(is_over)).rowcount
