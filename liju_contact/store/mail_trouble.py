"""Keeps in each inquiry whether its mail is in trouble: the list of those then reads neither letters nor deliveries.

In trouble is an inquiry whose customer is unreachable, or of whose letters one came to a bad end that nobody has seen
to: dropping or sending it again ends that, and for a letter to the customer so does another address of theirs.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, exists, or_, select, update

from liju_contact.domain.delivery import DeliveryState
from liju_contact.domain.letter import LetterKind
from liju_contact.store.tables import DeliveryRow, InquiryRow, LetterRow

BAD_ENDS = frozenset({DeliveryState.REFUSED, DeliveryState.GIVEN_UP, DeliveryState.PARKED, DeliveryState.BOUNCED})

_TO_CUSTOMER = LetterRow.kind.in_(sorted(kind.value for kind in LetterKind if kind.is_for_customer))
_BADLY_ENDED = exists().where(
    LetterRow.inquiry_id == InquiryRow.id,
    DeliveryRow.letter_id == LetterRow.id,
    DeliveryRow.due_at.is_(None),
    DeliveryRow.state.in_(sorted(state.value for state in BAD_ENDS)),
    or_(~_TO_CUSTOMER, DeliveryRow.recipient_address == InquiryRow.email),
)
_KEEP = update(InquiryRow).values(has_mail_trouble=or_(InquiryRow.unreachable_since.is_not(None), _BADLY_ENDED))
_KEEP_ONE = _KEEP.where(InquiryRow.id == bindparam("inquiry_id"))
_KEEP_OF_DELIVERY = _KEEP.where(
    InquiryRow.id
    == select(LetterRow.inquiry_id)
    .join(DeliveryRow, DeliveryRow.letter_id == LetterRow.id)
    .where(DeliveryRow.id == bindparam("delivery_id"))
    .scalar_subquery()
)


def note_mail_trouble(tx: Connection, inquiry_id: int) -> None:
    """Look anew whether the mail of an inquiry is in trouble."""
    tx.execute(_KEEP_ONE, {"inquiry_id": inquiry_id})


def note_trouble_of_delivery(tx: Connection, delivery_id: int) -> None:
    """Look anew whether the mail of the inquiry that a delivery is about is in trouble, if it is about one."""
    tx.execute(_KEEP_OF_DELIVERY, {"delivery_id": delivery_id})
