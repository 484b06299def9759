"""A letter: an e-mail we mean to send, rendered once and kept whole (D5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LetterKind(StrEnum):
    """One template folder ``templates/email/<kind>/`` each."""

    INQUIRY_RECEIVED = "inquiry_received"  # to the customer: we have it
    INQUIRY_FOR_TEAM = "inquiry_for_team"
    MESSAGE_FOR_TEAM = "message_for_team"
    STATE_FOR_TEAM = "state_for_team"
    STATUS_LINKS = "status_links"  # to the customer who asked for them

    @property
    def is_for_customer(self) -> bool:
        return self in {LetterKind.INQUIRY_RECEIVED, LetterKind.STATUS_LINKS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What every recipient gets alike. ``headers`` come on top of those the mail room always writes."""

    kind: LetterKind
    language: str
    sender_name: str
    sender_address: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who gets a letter, and the address an answer of theirs should go to (None: the sender's)."""

    name: str
    address: str
    reply_to: str | None = None
