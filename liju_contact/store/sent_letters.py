"""Letters of ours that have left, as replies and bounces refer to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from liju_contact.domain.delivery import Answer, DeliveryState
from liju_contact.domain.letter import LetterKind
from liju_contact.store.mail_trouble import note_trouble_of_delivery
from liju_contact.store.tables import AttemptRow, DeliveryRow, InquiryRow, LetterRow

_SENT: Any = (
    select(
        DeliveryRow.id.label("delivery_id"),
        LetterRow.kind,
        DeliveryRow.recipient_address.label("recipient"),
        DeliveryRow.reply_key,
        LetterRow.inquiry_id,
        InquiryRow.reference,
        InquiryRow.merged_into_id,
        LetterRow.text,
        LetterRow.written_at,
    )
    .join(LetterRow, LetterRow.id == DeliveryRow.letter_id)
    .outerjoin(InquiryRow, InquiryRow.id == LetterRow.inquiry_id)
)
_BY_MESSAGE_ID = _SENT.where(DeliveryRow.message_id == bindparam("message_id"))
_BY_ID = _SENT.where(DeliveryRow.id == bindparam("delivery_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLetter:
    """A letter of ours on its way to one recipient, as a reply or a bounce refers to it."""

    delivery_id: int
    kind: LetterKind
    recipient: str
    reply_key: str
    inquiry_id: int | None
    reference: str | None
    text: str
    written_at: datetime
    merged_into_id: int | None = None


def find_sent_by_message_id(tx: Connection, message_id: str) -> SentLetter | None:
    """Return what a letter of ours was, by its Message-ID with brackets."""
    row = tx.execute(_BY_MESSAGE_ID, {"message_id": message_id}).one_or_none()
    return _sent(row) if row else None


def find_sent(tx: Connection, delivery_id: int) -> SentLetter | None:
    row = tx.execute(_BY_ID, {"delivery_id": delivery_id}).one_or_none()
    return _sent(row) if row else None


def mark_bounced(tx: Connection, delivery_id: int, answer: Answer, now: datetime) -> bool:
    """Write down that a letter came back after it had been taken; False when that is known or it never went out."""
    came_back = update(DeliveryRow).where(
        DeliveryRow.id == delivery_id,
        DeliveryRow.state.in_([DeliveryState.DELIVERED.value, DeliveryState.QUEUED.value]),
    )
    change = came_back.values(state=DeliveryState.BOUNCED.value, due_at=None, settled_at=now)
    if tx.execute(change).rowcount != 1:
        return False
    attempt = {"delivery_id": delivery_id, "outcome": "bounced", "stage": answer.stage.value}
    tx.execute(insert(AttemptRow), attempt | {"code": answer.code, "words": answer.words, "ended_at": now})
    note_trouble_of_delivery(tx, delivery_id)
    return True


def drop_queued_of(
    tx: Connection, inquiry_ids: Sequence[int], written_at: datetime, key_part: str, now: datetime
) -> int:
    """Drop letters of that moment that have not left yet, and return how many others of them went to the customer.

    They are about one of the inquiries: that in which something stands, and that to which it was written.
    ``key_part`` stands in the reply keys of those that are meant; a letter without a key is known by its moment alone.
    """
    of_moment = select(LetterRow.id).where(LetterRow.inquiry_id.in_(inquiry_ids), LetterRow.written_at == written_at)
    is_meant = DeliveryRow.reply_key.contains(key_part, autoescape=True) | (DeliveryRow.reply_key == "")
    queued = DeliveryRow.letter_id.in_(of_moment) & is_meant & (DeliveryRow.state == DeliveryState.QUEUED.value)
    dropped = {"state": DeliveryState.DROPPED.value, "due_at": None, "settled_at": now}
    tx.execute(update(DeliveryRow).where(queued).values(dropped))
    to_customer = of_moment.where(LetterRow.kind.in_([kind.value for kind in LetterKind if kind.is_for_customer]))
    gone = DeliveryRow.letter_id.in_(to_customer) & is_meant & (DeliveryRow.state != DeliveryState.DROPPED.value)
    count: int = tx.execute(select(func.count()).select_from(DeliveryRow).where(gone)).scalar_one()
    return count


def _sent(row: Any) -> SentLetter:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping
    return SentLetter(**values | {"kind": LetterKind(values["kind"])})
