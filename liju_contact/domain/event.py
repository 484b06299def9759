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


class Actor(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    kind: EventKind
    actor: Actor
    happened_at: datetime
