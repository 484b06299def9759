"""The desk's lists of received mail: what waits for a decision, what was decided, and all of it; newest first.

Each walks down an index of its own rows and stops when the page is full, however many mails there are. A person with
product lines gets the mails of inquiries they serve and those of none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Connection, bindparam, func, literal, or_, select, text, tuple_

from liju_contact.domain.page_mark import Mark
from liju_contact.domain.person import Person
from liju_contact.store.inbound_lines import LINES, InboundLine, line_of
from liju_contact.store.inbound_tables import InboundRow, InboundTextRow
from liju_contact.store.staff import served_by
from liju_contact.store.statements import is_one_of
from liju_contact.store.table import UtcDateTime
from liju_contact.store.tables import InquiryRow

EXCERPT_LENGTH = 600

# Written out as the partial index has it: with values bound from outside SQLite could not know that it fits.
_UNDECIDED = text("inbound.state IN ('held', 'parked')")
_SERVED = or_(
    bindparam("serves_all", type_=Boolean()),
    InboundRow.inquiry_id.is_(None),
    InquiryRow.product == "",
    is_one_of(InquiryRow.product, "products"),
    func.lower(InquiryRow.assignee) == bindparam("address"),
)
_BEFORE: tuple[Any, Any] = (bindparam("before_at", type_=UtcDateTime()), bindparam("before_id"))
_DESK: Any = (
    LINES.add_columns(func.substr(InboundTextRow.body, 1, EXCERPT_LENGTH).label("excerpt"))
    .outerjoin(InboundTextRow, InboundTextRow.inbound_id == InboundRow.id)
    .where(_SERVED)
    .limit(bindparam("limit"))
)
_WAITING = _DESK.where(_UNDECIDED, tuple_(InboundRow.received_at, InboundRow.id) < tuple_(*_BEFORE)).order_by(
    InboundRow.received_at.desc(), InboundRow.id.desc()
)
_DECIDED = _DESK.where(
    InboundRow.decided_at.is_not(None),
    InboundRow.state.not_in(["held", "parked"]),
    tuple_(InboundRow.decided_at, InboundRow.id) < tuple_(*_BEFORE),
).order_by(InboundRow.decided_at.desc(), InboundRow.id.desc())
_RECEIVED = _DESK.where(InboundRow.id < bindparam("before_id")).order_by(InboundRow.id.desc())
COUNT = select(func.count()).select_from(
    select(literal(1))
    .select_from(InboundRow)
    .outerjoin(InquiryRow, InquiryRow.id == InboundRow.inquiry_id)
    .where(_UNDECIDED, _SERVED)
    .limit(bindparam("most"))
    .subquery()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEntry:
    """A mail in a list, with the beginning of its text; empty where it was never read or says nothing."""

    line: InboundLine
    excerpt: str


def page_of_waiting(tx: Connection, person: Person, *, before: Mark, limit: int) -> list[InboundEntry]:
    """Return mails that are held or parked, those that came last first."""
    return _entries(tx, _WAITING, person, before, limit)


def page_of_decided(tx: Connection, person: Person, *, before: Mark, limit: int) -> list[InboundEntry]:
    """Return mails that staff decided about, the last decision first."""
    return _entries(tx, _DECIDED, person, before, limit)


def page_of_received(tx: Connection, person: Person, *, before: Mark, limit: int) -> list[InboundEntry]:
    """Return all received mails, those that came last first."""
    return _entries(tx, _RECEIVED, person, before, limit)


def count_waiting(tx: Connection, person: Person, *, most: int) -> int:
    """Return how many mails wait for a decision; beyond ``most`` nobody counts."""
    count: int = tx.execute(COUNT, {**served_by(person), "most": most}).scalar_one()
    return count


def _entries(tx: Connection, statement: Any, person: Person, before: Mark, limit: int) -> list[InboundEntry]:
    values = {**served_by(person), "before_at": before.at, "before_id": before.id, "limit": limit}
    return [InboundEntry(line=line_of(row), excerpt=row.excerpt or "") for row in tx.execute(statement, values)]
