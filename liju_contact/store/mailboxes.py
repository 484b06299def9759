"""How far each mailbox was fetched, and since when that fails.

``words`` say why it fails while ``failing_since`` is set; else they may tell of the last mail that was stepped over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from liju_contact.store.inbound_tables import MailboxRow
from liju_contact.store.statements import insert_unless_taken

# More than the longest time between two rounds that may be configured, and a round.
SILENT_AFTER = timedelta(minutes=12)

_ADD = insert_unless_taken(MailboxRow, MailboxRow.name)
_UNKNOWN = {"uid_validity": 0, "last_uid": 0}
_GET: Any = select(MailboxRow.uid_validity, MailboxRow.last_uid).where(MailboxRow.name == bindparam("mailbox"))
_CHANGE = update(MailboxRow).where(MailboxRow.name == bindparam("mailbox"))
_MOVE_ON = _CHANGE.values(
    uid_validity=bindparam("to_validity"), last_uid=bindparam("to_uid"), fetched_at=bindparam("now")
)
_FETCHED = _CHANGE.values(
    fetched_at=bindparam("now"),
    words=case((MailboxRow.failing_since.is_not(None), ""), else_=MailboxRow.words),
    failing_since=None,
    alarmed_at=None,
)
_FAILED = _CHANGE.values(
    failing_since=func.coalesce(MailboxRow.failing_since, bindparam("now", type_=MailboxRow.failing_since.type)),
    words=bindparam("to_words"),
)
_STEPPED_OVER = _CHANGE.values(words=bindparam("to_words"))
_ALARMED = _CHANGE.values(alarmed_at=bindparam("now"))
_TROUBLE: Any = (
    select(MailboxRow.name, MailboxRow.fetched_at, MailboxRow.failing_since, MailboxRow.alarmed_at, MailboxRow.words)
    .where(
        MailboxRow.name.in_(bindparam("names", expanding=True)),
        or_(MailboxRow.failing_since.is_not(None), MailboxRow.fetched_at < bindparam("silent_before")),
    )
    .order_by(MailboxRow.name)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Every mail up to ``last_uid`` is stored or was stepped over; UIDs count within one ``uid_validity``."""

    uid_validity: int
    last_uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchingTrouble:
    """``failing_since`` None: it does not even fail, nothing is heard of fetching since ``fetched_at``."""

    mailbox: str
    fetched_at: datetime | None
    failing_since: datetime | None
    alarmed_at: datetime | None
    words: str

    @property
    def since(self) -> datetime | None:
        return self.failing_since or self.fetched_at


def position_in(tx: Connection, mailbox: str) -> Position:
    """Return how far a mailbox was fetched; a UIDVALIDITY of 0, which no mailbox has, when never."""
    row = tx.execute(_GET, {"mailbox": mailbox}).one_or_none()
    return Position(uid_validity=row[0], last_uid=row[1]) if row else Position(**_UNKNOWN)


def keep_position(tx: Connection, mailbox: str, position: Position, now: datetime) -> None:
    """Remember how far a mailbox was fetched: in the transaction that stores the mail, and a sign of life too."""
    values = {"to_validity": position.uid_validity, "to_uid": position.last_uid, "now": now}
    _write(tx, _MOVE_ON, mailbox, values)


def note_fetched(tx: Connection, mailbox: str, now: datetime) -> None:
    """A round went well: whatever failed before is over."""
    _write(tx, _FETCHED, mailbox, {"now": now})


def note_failure(tx: Connection, mailbox: str, words: str, now: datetime) -> None:
    """A round failed; the time of the first failure stays."""
    _write(tx, _FAILED, mailbox, {"now": now, "to_words": words})


def note_stepped_over(tx: Connection, mailbox: str, words: str) -> None:
    _write(tx, _STEPPED_OVER, mailbox, {"to_words": words})


def note_alarmed(tx: Connection, mailbox: str, now: datetime) -> None:
    """Somebody was told; they are not told again before it has worked once more."""
    _write(tx, _ALARMED, mailbox, {"now": now})


def fetching_trouble(tx: Connection, now: datetime, *, mailboxes: Collection[str]) -> list[FetchingTrouble]:
    """Return which of these mailboxes fail, or are silent; others may be left from an earlier configuration."""
    rows = tx.execute(_TROUBLE, {"names": list(mailboxes), "silent_before": now - SILENT_AFTER})
    return [
        FetchingTrouble(mailbox=name, fetched_at=fetched_at, failing_since=since, alarmed_at=alarmed_at, words=words)
        for name, fetched_at, since, alarmed_at, words in rows
    ]


def _write(tx: Connection, change: Any, mailbox: str, values: dict[str, Any]) -> None:
    if tx.execute(change, {"mailbox": mailbox, **values}).rowcount == 0:
        tx.execute(_ADD[tx.dialect.name], {"name": mailbox, **_UNKNOWN})
        tx.execute(change, {"mailbox": mailbox, **values})
