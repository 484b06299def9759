"""Lines of an inquiry's timeline, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    INQUIRY_RECEIVED = "inquiry_received"
    MESSAGE_ADDED = "message_added"
    INQUIRY_CLOSED = "inquiry_closed"
    INQUIRY_REOPENED = "inquiry_reopened"
    INQUIRY_ASSIGNED = "inquiry_assigned"
    LETTER_FAILED = "letter_failed"
    ADDRESS_CORRECTED = "address_corrected"
    MESSAGE_WITHDRAWN = "message_withdrawn"


class Actor(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """``actor_name`` is set where it matters who: an answer, an assignment."""

    kind: EventKind
    actor: Actor
    happened_at: datetime
    actor_name: str = ""
