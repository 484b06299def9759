"""Received mails as staff look at them and decide about them; ``store.inbound`` is the worker's side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from liju_contact.domain.inbound import Decision, HoldReason, InboundState, Verdict
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.message import Author
from liju_contact.domain.verdict import JOINS
from liju_contact.store.inbound_tables import InboundRow
from liju_contact.store.tables import InquiryRow, MessageRow

LINES: Any = select(
    InboundRow.id,
    InboundRow.state,
    InboundRow.verdict,
    InboundRow.rule,
    InboundRow.reason,
    InboundRow.words,
    InboundRow.sender,
    InboundRow.subject,
    InboundRow.holder,
    InboundRow.received_at,
    InboundRow.bytes_count,
    InboundRow.inquiry_id,
    InboundRow.message_id,
    InboundRow.note_id,
    InboundRow.decided_by,
    InboundRow.decided_at,
    InquiryRow.reference,
    InquiryRow.product,
    InquiryRow.assignee,
).outerjoin(InquiryRow, InquiryRow.id == InboundRow.inquiry_id)
_NEWEST_CUSTOMER_MAIL = (
    select(InboundRow.mail_id, InboundRow.subject)
    .join(MessageRow, MessageRow.id == InboundRow.message_id)
    .where(InboundRow.inquiry_id == bindparam("inquiry_id"), MessageRow.author == Author.CUSTOMER.value)
    .order_by(InboundRow.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundLine:
    """A received mail as staff and the program look it up.

    ``reference``, ``product`` and ``assignee`` are those of its inquiry, if it has one.
    """

    id: int
    state: InboundState
    verdict: Verdict | None
    rule: str
    reason: HoldReason | None
    words: str
    sender: str
    subject: str
    holder: str
    received_at: datetime
    bytes_count: int
    inquiry_id: int | None
    message_id: int | None
    note_id: int | None
    decided_by: str
    decided_at: datetime | None
    reference: str | None
    product: str | None
    assignee: str | None


def page_of_inbound(
    tx: Connection, *, states: Sequence[InboundState], limit: int, before_id: int | None = None
) -> list[InboundLine]:
    """Return mails in any of ``states``, newest first."""
    query = LINES.where(InboundRow.state.in_([state.value for state in states]))
    if before_id is not None:
        query = query.where(InboundRow.id < before_id)
    return [line_of(row) for row in tx.execute(query.order_by(InboundRow.id.desc()).limit(limit))]


def find_inbound(tx: Connection, inbound_id: int, *, for_update: bool = False) -> InboundLine | None:
    query = LINES.where(InboundRow.id == inbound_id)
    if for_update:
        query = query.with_for_update(of=InboundRow)
    row = tx.execute(query).one_or_none()
    return line_of(row) if row else None


def ids_of_inbound(tx: Connection, *, after_id: int, limit: int) -> list[int]:
    """Return the ids of stored mails in the order they came, for going through all of them again."""
    query = select(InboundRow.id).where(InboundRow.id > after_id).order_by(InboundRow.id).limit(limit)
    return list(tx.execute(query).scalars())


def newest_customer_mail(tx: Connection, inquiry_id: int) -> tuple[str, str]:
    """Return Message-ID (without brackets) and subject of the customer's newest mail; empty when they wrote none."""
    row = tx.execute(_NEWEST_CUSTOMER_MAIL, {"inquiry_id": inquiry_id}).one_or_none()
    return (row.mail_id, row.subject) if row else ("", "")


def has_joined(tx: Connection, inquiry_id: int, sender: str, *, besides: int) -> bool:
    """Tell whether another mail than ``besides`` let its sender join the inquiry."""
    others = select(InboundRow.sender).where(
        InboundRow.inquiry_id == inquiry_id,
        InboundRow.id != besides,
        InboundRow.rule == JOINS,
        InboundRow.state == InboundState.APPLIED.value,
    )
    return any(fold_address(other) == fold_address(sender) for other in tx.execute(others).scalars())


def decide_inbound(
    tx: Connection, inbound_id: int, decision: Decision, *, inquiry_id: int | None, by: str, now: datetime
) -> None:
    """Have a mail judged anew, by staff's decision this time."""
    decided = update(InboundRow).where(InboundRow.id == inbound_id)
    values = {"state": InboundState.WAITING.value, "due_at": now, "attempt_count": 0, "decision": decision.value}
    tx.execute(decided.values(**values, inquiry_id=inquiry_id, decided_by=by, decided_at=now))


def set_inbound_state(
    tx: Connection, inbound_id: int, state: InboundState, *, by: str, reason: HoldReason | None, now: datetime
) -> None:
    """Put a mail aside or back by staff's hand; what it had become is no longer."""
    change = update(InboundRow).where(InboundRow.id == inbound_id)
    settled = {"due_at": None, "message_id": None, "note_id": None, "reason": reason.value if reason else None}
    tx.execute(change.values(state=state.value, decided_by=by, decided_at=now, **settled))


def wait_again(tx: Connection, inbound_id: int, now: datetime) -> None:
    """Have a mail judged anew, as if it had just come."""
    again = update(InboundRow).where(InboundRow.id == inbound_id)
    tx.execute(again.values(state=InboundState.WAITING.value, due_at=now, attempt_count=0, decision=None))


def line_of(row: Any) -> InboundLine:
    """Return the line of a row of ``LINES``; what a statement selects beside them is left out."""
    given = row._mapping  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping
    values = {name: given[name] for name in InboundLine.__slots__}
    values["state"] = InboundState(values["state"])
    values["verdict"] = Verdict(values["verdict"]) if values["verdict"] else None
    values["reason"] = HoldReason(values["reason"]) if values["reason"] else None
    return InboundLine(**values)
