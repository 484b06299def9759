"""Received mails: kept raw, claimed by the worker, and what became of them.

The worker takes them by ``claim_inbound``, which counts the attempt before anything is read: a mail that kills its
reader is counted too. ``is_waiting`` then asks whether nobody else was faster, and ``conclude_inbound`` writes what the
mail came to, in the transaction that holds everything it led to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from liju_contact.domain.inbound import Decision, Door, Envelope, HoldReason, InboundState, Verdict
from liju_contact.store.inbound_tables import InboundRow
from liju_contact.store.statements import insert_unless_taken
from liju_contact.store.tables import InquiryRow

_ADD = insert_unless_taken(InboundRow, InboundRow.id)
_DUE = (
    select(InboundRow.id)
    .where(InboundRow.due_at <= bindparam("now"))
    .order_by(InboundRow.due_at, InboundRow.id)
    .limit(bindparam("limit"))
)
_TAKE_DUE = _DUE.with_for_update(skip_locked=True)
_CLAIM = (
    update(InboundRow)
    .where(InboundRow.id.in_(bindparam("ids", expanding=True)))
    .values(due_at=bindparam("until"), attempt_count=InboundRow.attempt_count + 1)
)
_TAKEN: Any = select(
    InboundRow.id,
    InboundRow.sha256,
    InboundRow.blob_id,
    InboundRow.bytes_count,
    InboundRow.door,
    InboundRow.envelope_sender,
    InboundRow.envelope_recipients,
    InboundRow.received_at,
    InboundRow.attempt_count,
    InboundRow.decision,
    InboundRow.holder,
    InquiryRow.reference,
).outerjoin(InquiryRow, InquiryRow.id == InboundRow.inquiry_id)
_TAKEN_BY_IDS = _TAKEN.where(InboundRow.id.in_(bindparam("ids", expanding=True))).order_by(InboundRow.id)
_BY_DIGEST = select(InboundRow.id).where(InboundRow.sha256 == bindparam("sha256"))
_STATE = select(InboundRow.state).where(InboundRow.id == bindparam("inbound_id")).with_for_update()
_CONCLUDE = (
    update(InboundRow)
    .where(InboundRow.id == bindparam("inbound_id"))
    .values(
        state=bindparam("to_state"),
        due_at=None,
        verdict=bindparam("to_verdict"),
        rule=bindparam("to_rule"),
        reason=bindparam("to_reason"),
        words=bindparam("to_words"),
        sender=bindparam("to_sender"),
        subject=bindparam("to_subject"),
        mail_id=bindparam("to_mail_id"),
        holder=bindparam("to_holder"),
        inquiry_id=bindparam("to_inquiry_id"),
        message_id=bindparam("to_message_id"),
        note_id=bindparam("to_note_id"),
        delivery_id=bindparam("to_delivery_id"),
        judged_at=bindparam("to_judged_at"),
        decision=None,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenInbound:
    """A mail the worker has taken to judge; ``attempt_count`` counts this attempt too.

    ``decision``, ``holder`` and ``reference`` are set where staff decided about it.
    """

    id: int
    sha256: str
    blob_id: int
    bytes_count: int
    envelope: Envelope
    received_at: datetime
    attempt_count: int
    decision: Decision | None
    holder: str
    reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a mail came to. ``holder`` is the folded address its key was made for."""

    state: InboundState
    verdict: Verdict | None
    rule: str
    reason: HoldReason | None = None
    words: str = ""
    sender: str = ""
    subject: str = ""
    mail_id: str = ""
    holder: str = ""
    inquiry_id: int | None = None
    message_id: int | None = None
    note_id: int | None = None
    delivery_id: int | None = None


def add_inbound(
    tx: Connection, envelope: Envelope, *, sha256: str, blob_id: int, bytes_count: int, now: datetime
) -> int | None:
    """Enter a mail, due at once; None when the same bytes were entered before, and then nothing is written."""
    values = {
        "sha256": sha256,
        "blob_id": blob_id,
        "bytes_count": bytes_count,
        "door": envelope.door.value,
        "envelope_sender": envelope.sender,
        "envelope_recipients": list(envelope.recipients),
        "received_at": now,
        "state": InboundState.WAITING.value,
        "due_at": now,
        "attempt_count": 0,
    }
    return tx.execute(_ADD[tx.dialect.name], values).scalar_one_or_none()


def find_inbound_by_digest(tx: Connection, sha256: str) -> int | None:
    return tx.execute(_BY_DIGEST, {"sha256": sha256}).scalar_one_or_none()


def add_recipients(tx: Connection, inbound_id: int, recipients: Sequence[str]) -> None:
    """Remember for whom the same mail came once more, as long as it waits: each of them may hold a key."""
    waits = (InboundRow.id == inbound_id) & (InboundRow.state == InboundState.WAITING.value)
    known = tx.execute(select(InboundRow.envelope_recipients).where(waits).with_for_update()).scalar_one_or_none()
    if known is not None and not set(recipients) <= set(known):
        every = list(dict.fromkeys([*known, *recipients]))
        tx.execute(update(InboundRow).where(waits).values(envelope_recipients=every))


def is_inbound_due(tx: Connection, now: datetime) -> bool:
    """Tell whether there is anything to claim, without taking a writer's turn for it."""
    return tx.execute(_DUE, {"now": now, "limit": 1}).first() is not None


def claim_inbound(tx: Connection, *, limit: int, retry_after: timedelta, now: datetime) -> list[TakenInbound]:
    """Take up to ``limit`` mails that are due, oldest first; they are due again after ``retry_after``."""
    ids = list(tx.execute(_TAKE_DUE, {"now": now, "limit": limit}).scalars())
    if not ids:
        return []
    tx.execute(_CLAIM, {"ids": ids, "until": now + retry_after})
    return [_taken(row) for row in tx.execute(_TAKEN_BY_IDS, {"ids": ids})]


def get_taken(tx: Connection, inbound_id: int) -> TakenInbound | None:
    """Return a mail as the worker would take it, whatever became of it."""
    row = tx.execute(_TAKEN.where(InboundRow.id == inbound_id)).one_or_none()
    return _taken(row) if row else None


def conclude_inbound(tx: Connection, inbound_id: int, conclusion: Conclusion, now: datetime) -> None:
    """Write what a mail came to."""
    values = {
        "inbound_id": inbound_id,
        "to_state": conclusion.state.value,
        "to_verdict": conclusion.verdict.value if conclusion.verdict else None,
        "to_rule": conclusion.rule,
        "to_reason": conclusion.reason.value if conclusion.reason else None,
        "to_words": conclusion.words,
        "to_sender": conclusion.sender,
        "to_subject": conclusion.subject,
        "to_mail_id": conclusion.mail_id,
        "to_holder": conclusion.holder,
        "to_inquiry_id": conclusion.inquiry_id,
        "to_message_id": conclusion.message_id,
        "to_note_id": conclusion.note_id,
        "to_delivery_id": conclusion.delivery_id,
        "to_judged_at": now,
    }
    tx.execute(_CONCLUDE, values)


def is_waiting(tx: Connection, inbound_id: int) -> bool:
    """Tell whether nobody has judged a mail yet, and keep it so for us until the end of ``tx``."""
    return tx.execute(_STATE, {"inbound_id": inbound_id}).scalar_one_or_none() == InboundState.WAITING.value


def release_inbound(tx: Connection, inbound_ids: Sequence[int], now: datetime) -> None:
    """Give back mails that were taken and not begun: the attempt does not count."""
    ours = InboundRow.id.in_(inbound_ids) & (InboundRow.state == InboundState.WAITING.value)
    tx.execute(update(InboundRow).where(ours).values(due_at=now, attempt_count=InboundRow.attempt_count - 1))


def make_due(tx: Connection, inbound_ids: Sequence[int], now: datetime) -> None:
    """Have mails tried again at once; the attempt counts."""
    ours = InboundRow.id.in_(inbound_ids) & (InboundRow.state == InboundState.WAITING.value)
    tx.execute(update(InboundRow).where(ours).values(due_at=now))


def note_failure(tx: Connection, inbound_id: int, words: str) -> None:
    """Remember why an attempt failed; the mail stays due as it is."""
    tx.execute(update(InboundRow).where(InboundRow.id == inbound_id).values(words=words))


def _taken(row: Any) -> TakenInbound:
    id_, sha256, blob_id, bytes_count, door, sender, recipients, received_at, attempt_count, *decided = row
    decision, holder, reference = decided
    return TakenInbound(
        id=id_,
        sha256=sha256,
        blob_id=blob_id,
        bytes_count=bytes_count,
        envelope=Envelope(door=Door(door), sender=sender, recipients=tuple(recipients)),
        received_at=received_at,
        attempt_count=attempt_count,
        decision=Decision(decision) if decision else None,
        holder=holder,
        reference=reference,
    )
