"""Letters, written into the transaction that gives the reason for them, with one delivery for each recipient (D4, D5).

What happens to the deliveries then is ``store.deliveries``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from liju_contact.domain.delivery import DeliveryState
from liju_contact.domain.letter import Addressee, Letter
from liju_contact.store.tables import DeliveryRow, LetterRow

_ADD_LETTER = insert(LetterRow).returning(LetterRow.id)
_ADD_DELIVERIES = insert(DeliveryRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A letter and who gets it, each with the Message-ID of that delivery.

    ``message_files_id`` names the message whose files go along.
    """

    letter: Letter
    addressees: Sequence[tuple[Addressee, str]]
    message_files_id: int | None = None


def post_letters(tx: Connection, postings: Sequence[Posting | None], *, inquiry_id: int | None, now: datetime) -> None:
    """Write letters with their deliveries, due at once; None stands for a letter that nobody would get."""
    deliveries = []
    for posting in filter(None, postings):
        letter_id = tx.execute(_ADD_LETTER, _letter(posting, inquiry_id, now)).scalar_one()
        deliveries += [_delivery(letter_id, *addressee, now) for addressee in posting.addressees]
    if deliveries:
        tx.execute(_ADD_DELIVERIES, deliveries)


def _letter(posting: Posting, inquiry_id: int | None, now: datetime) -> dict[str, Any]:
    letter = posting.letter
    return {
        "inquiry_id": inquiry_id,
        "kind": letter.kind.value,
        "language": letter.language,
        "sender_name": letter.sender_name,
        "sender_address": letter.sender_address,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "headers": letter.headers,
        "message_files_id": posting.message_files_id,
        "written_at": now,
    }


def _delivery(letter_id: int, addressee: Addressee, message_id: str, now: datetime) -> dict[str, Any]:
    return {
        "letter_id": letter_id,
        "recipient_name": addressee.name,
        "recipient_address": addressee.address,
        "reply_to": addressee.reply_to,
        "reply_key": addressee.reply_key,
        "message_id": message_id,
        "state": DeliveryState.QUEUED.value,
        "attempt_count": 0,
        "queued_at": now,
        "due_at": now,
    }
