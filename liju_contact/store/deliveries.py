"""Deliveries: the outbox as the worker, staff and the status page see it (D4).

The worker takes deliveries by ``claim_deliveries`` and gives them back by ``settle_delivery``; in between no
transaction is open. ``due_at`` is when a queued delivery may go, and when the lease of one being sent ends: whoever
holds a lease that ran out has lost it, and ``settle_delivery`` tells so by returning False.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Update, bindparam, insert, select, union_all, update

from liju_contact.domain.delivery import Answer, DeliveryState, Settlement
from liju_contact.domain.letter import Addressee, Letter, LetterKind
from liju_contact.store.mail_trouble import BAD_ENDS, note_trouble_of_delivery
from liju_contact.store.tables import AttemptRow, DeliveryRow, LetterRow

_CLAIM: tuple[Any, ...] = (
    DeliveryRow.id,
    DeliveryRow.message_id,
    DeliveryRow.attempt_count,
    DeliveryRow.queued_at,
    DeliveryRow.recipient_name,
    DeliveryRow.recipient_address,
    DeliveryRow.reply_to,
    DeliveryRow.reply_key,
    LetterRow.message_files_id,
    LetterRow.written_at,
    LetterRow.kind,
    LetterRow.language,
    LetterRow.sender_name,
    LetterRow.sender_address,
    LetterRow.subject,
    LetterRow.text,
    LetterRow.html,
    LetterRow.headers,
)
_LETTER_FIELDS = ("language", "sender_name", "sender_address", "subject", "text", "html", "headers")
_CLAIMED = (
    select(*_CLAIM)
    .join(LetterRow, LetterRow.id == DeliveryRow.letter_id)
    .where(DeliveryRow.id.in_(bindparam("ids", expanding=True)))
    .order_by(DeliveryRow.id)
)
_DUE = (
    select(DeliveryRow.id)
    .where(DeliveryRow.due_at <= bindparam("now"))
    .order_by(DeliveryRow.due_at, DeliveryRow.id)
    .limit(bindparam("limit"))
)
_TAKE_DUE = _DUE.with_for_update(skip_locked=True)
_LEASE = (
    update(DeliveryRow)
    .where(DeliveryRow.id.in_(bindparam("ids", expanding=True)))
    .values(state=DeliveryState.SENDING.value, lease_holder=bindparam("holder"), due_at=bindparam("until"))
)
_ADD_ATTEMPT = insert(AttemptRow)
_SETTLE = (
    update(DeliveryRow)
    .where(
        DeliveryRow.id == bindparam("delivery_id"),
        DeliveryRow.state == DeliveryState.SENDING.value,
        DeliveryRow.lease_holder == bindparam("holder"),
    )
    .values(
        state=bindparam("to_state"),
        due_at=bindparam("to_due_at"),
        settled_at=bindparam("to_settled_at"),
        attempt_count=bindparam("to_attempt_count"),
        lease_holder=None,
    )
)
_LINES: Any = select(
    DeliveryRow.id,
    DeliveryRow.letter_id,
    LetterRow.inquiry_id,
    LetterRow.kind,
    DeliveryRow.recipient_address,
    LetterRow.subject,
    DeliveryRow.state,
    DeliveryRow.attempt_count,
    DeliveryRow.queued_at,
    DeliveryRow.due_at,
    DeliveryRow.settled_at,
    LetterRow.written_at,
).join(LetterRow, LetterRow.id == DeliveryRow.letter_id)
# The two partial indexes together: what waits, and what came to a bad end. Nearly all deliveries are in neither.
_UNDELIVERED = union_all(
    select(DeliveryRow.id).where(DeliveryRow.due_at.is_not(None)),
    select(DeliveryRow.id).where(DeliveryRow.due_at.is_(None), DeliveryRow.state != DeliveryState.DELIVERED.value),
)
_OF_INQUIRY = _LINES.where(LetterRow.inquiry_id == bindparam("inquiry_id")).order_by(DeliveryRow.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery taken by this worker, with what is needed to send it and to judge the attempt."""

    delivery_id: int
    letter: Letter
    addressee: Addressee
    message_id: str
    message_files_id: int | None
    attempt_count: int
    queued_at: datetime
    written_at: datetime
    lease_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """A delivery as staff and the status page look at it."""

    id: int
    letter_id: int
    inquiry_id: int | None
    kind: LetterKind
    recipient: str
    subject: str
    state: DeliveryState
    attempt_count: int
    queued_at: datetime
    due_at: datetime | None
    settled_at: datetime | None
    written_at: datetime


def is_delivery_due(tx: Connection, now: datetime) -> bool:
    """Tell whether there is anything to claim, without taking a writer's turn for it."""
    return tx.execute(_DUE, {"now": now, "limit": 1}).first() is not None


def claim_deliveries(tx: Connection, *, holder: str, limit: int, lease: timedelta, now: datetime) -> list[Claimed]:
    """Lease up to ``limit`` deliveries, due or with a lease that ran out, oldest first, to ``holder``."""
    ids = list(tx.execute(_TAKE_DUE, {"now": now, "limit": limit}).scalars())
    if not ids:
        return []
    lease_until = now + lease
    tx.execute(_LEASE, {"ids": ids, "holder": holder, "until": lease_until})
    return _claimed(tx, ids, lease_until)


def settle_delivery(
    tx: Connection,
    claimed: Claimed,
    *,
    holder: str,
    outcome: str,
    answer: Answer,
    settlement: Settlement,
    now: datetime,
) -> bool:
    """Write what an attempt came to; False when the lease was lost meanwhile, and then only the attempt is written."""
    attempt = {
        "delivery_id": claimed.delivery_id,
        "outcome": outcome,
        "stage": answer.stage.value,
        "code": answer.code,
        "words": answer.words,
        "ended_at": now,
    }
    tx.execute(_ADD_ATTEMPT, attempt)
    settled = {
        "delivery_id": claimed.delivery_id,
        "holder": holder,
        "to_state": settlement.state.value,
        "to_due_at": settlement.next_attempt_at,
        "to_settled_at": None if settlement.state is DeliveryState.QUEUED else now,
        "to_attempt_count": claimed.attempt_count + 1,
    }
    is_settled = tx.execute(_SETTLE, settled).rowcount == 1
    if is_settled and settlement.state in BAD_ENDS:
        note_trouble_of_delivery(tx, claimed.delivery_id)
    return is_settled


def extend_lease(tx: Connection, delivery_id: int, *, holder: str, until: datetime) -> bool:
    """Keep a delivery for longer; False when the lease was lost, and then it must not be sent."""
    ours = (DeliveryRow.id == delivery_id) & (DeliveryRow.lease_holder == holder)
    return tx.execute(update(DeliveryRow).where(ours).values(due_at=until)).rowcount == 1


def release_deliveries(tx: Connection, delivery_ids: Sequence[int], *, holder: str, now: datetime) -> None:
    """Give back deliveries that were claimed and never offered to a server: they are due at once, for anyone."""
    ours = DeliveryRow.id.in_(delivery_ids) & (DeliveryRow.lease_holder == holder)
    tx.execute(update(DeliveryRow).where(ours).values(state=DeliveryState.QUEUED.value, due_at=now, lease_holder=None))


def postpone_delivery(tx: Connection, delivery_id: int, *, holder: str, until: datetime) -> None:
    """Give back a delivery that was claimed and must not go before ``until``; no attempt is counted."""
    ours = (DeliveryRow.id == delivery_id) & (DeliveryRow.lease_holder == holder)
    waiting = {"state": DeliveryState.QUEUED.value, "due_at": until, "lease_holder": None}
    tx.execute(update(DeliveryRow).where(ours).values(waiting))


def release_all_of(tx: Connection, holder: str, now: datetime) -> int:
    """Give back everything that ``holder`` has; returns how many. Only for a holder that is known to be dead."""
    is_held = DeliveryRow.due_at.is_not(None) & (DeliveryRow.lease_holder == holder)
    freed = {"state": DeliveryState.QUEUED.value, "due_at": now, "lease_holder": None}
    return tx.execute(update(DeliveryRow).where(is_held).values(freed)).rowcount


def page_of_deliveries(
    tx: Connection, *, states: Sequence[DeliveryState], limit: int, before_id: int | None = None
) -> list[DeliveryLine]:
    """Return deliveries in any of ``states``, newest first."""
    query = _LINES.where(DeliveryRow.state.in_([state.value for state in states]))
    if DeliveryState.DELIVERED not in states:
        query = query.where(DeliveryRow.id.in_(_UNDELIVERED))
    if before_id is not None:
        query = query.where(DeliveryRow.id < before_id)
    return [_line(row) for row in tx.execute(query.order_by(DeliveryRow.id.desc()).limit(limit))]


def deliveries_of(tx: Connection, inquiry_id: int) -> list[DeliveryLine]:
    """Return the deliveries of an inquiry's letters, oldest first."""
    return [_line(row) for row in tx.execute(_OF_INQUIRY, {"inquiry_id": inquiry_id})]


def find_delivery(tx: Connection, delivery_id: int) -> DeliveryLine | None:
    row = tx.execute(_LINES.where(DeliveryRow.id == delivery_id)).one_or_none()
    return _line(row) if row else None


def last_words(tx: Connection, delivery_ids: Sequence[int]) -> dict[int, str]:
    """Return what the mail server said last about each delivery that was tried."""
    attempts = select(AttemptRow.delivery_id, AttemptRow.code, AttemptRow.words)
    rows = tx.execute(attempts.where(AttemptRow.delivery_id.in_(delivery_ids)).order_by(AttemptRow.id))
    return {delivery_id: f"{code or ''} {words}".strip() for delivery_id, code, words in rows}


def change_state(tx: Connection, delivery_id: int, settlement: Settlement, now: datetime) -> bool:
    """Put a delivery that is not being sent into another state, by staff's hand; False when it is being sent.

    Whoever holds a lease that ran out is not sending any more: a letter that kills its worker can so be dropped.
    """
    at_rest = (DeliveryRow.state != DeliveryState.SENDING.value) | (DeliveryRow.due_at <= now)
    change = _settled(update(DeliveryRow).where(DeliveryRow.id == delivery_id, at_rest), settlement, now)
    if settlement.state is DeliveryState.QUEUED:
        change = change.values(queued_at=now, attempt_count=0)
    is_changed = tx.execute(change).rowcount == 1
    note_trouble_of_delivery(tx, delivery_id)
    return is_changed


def _settled(change: Update, settlement: Settlement, now: datetime) -> Update:
    return change.values(
        state=settlement.state.value,
        due_at=settlement.next_attempt_at,
        lease_holder=None,
        settled_at=None if settlement.state is DeliveryState.QUEUED else now,
    )


def _claimed(tx: Connection, ids: Sequence[int], lease_until: datetime) -> list[Claimed]:
    return [_claim(*row, lease_until=lease_until) for row in tx.execute(_CLAIMED, {"ids": ids})]


def _claim(*row: Any, lease_until: datetime) -> Claimed:
    """Make what the columns of ``_CLAIM`` say, in their order."""
    id_, message_id, attempt_count, queued_at, name, address, reply_to, reply_key, *row_rest = row
    message_files_id, written_at, kind, *rest = row_rest
    return Claimed(
        delivery_id=id_,
        letter=Letter(kind=LetterKind(kind), **dict(zip(_LETTER_FIELDS, rest, strict=True))),
        addressee=Addressee(name=name, address=address, reply_to=reply_to, reply_key=reply_key),
        message_id=message_id,
        message_files_id=message_files_id,
        attempt_count=attempt_count,
        queued_at=queued_at,
        written_at=written_at,
        lease_until=lease_until,
    )


def _line(row: Any) -> DeliveryLine:
    id_, letter_id, inquiry_id, kind, recipient, subject, state, attempt_count, queued_at, *times = row
    due_at, settled_at, written_at = times
    return DeliveryLine(
        id=id_,
        letter_id=letter_id,
        inquiry_id=inquiry_id,
        kind=LetterKind(kind),
        recipient=recipient,
        subject=subject,
        state=DeliveryState(state),
        attempt_count=attempt_count,
        queued_at=queued_at,
        due_at=due_at,
        settled_at=settled_at,
        written_at=written_at,
    )
