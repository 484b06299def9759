"""Lines of an inquiry's timeline, in the past tense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class EventKind(StrEnum):
    INQUIRY_RECEIVED = "inquiry_received"
    MESSAGE_ADDED = "message_added"
    INQUIRY_CLOSED = "inquiry_closed"
    INQUIRY_REOPENED = "inquiry_reopened"
    INQUIRY_ASSIGNED = "inquiry_assigned"
    LETTER_FAILED = "letter_failed"
    ADDRESS_CORRECTED = "address_corrected"
    MESSAGE_WITHDRAWN = "message_withdrawn"
    STATE_CHANGED = "state_changed"  # by the desk, to any state but those with a kind of their own
    PRIORITY_CHANGED = "priority_changed"
    TAGS_CHANGED = "tags_changed"
    DUE_CHANGED = "due_changed"
    NOTE_ADDED = "note_added"
    MARKED_SPAM = "marked_spam"
    UNMARKED_SPAM = "unmarked_spam"
    MERGED_INTO = "merged_into"
    MERGED_FROM = "merged_from"
    UNMERGED = "unmerged"
    MESSAGE_MOVED = "message_moved"
    INQUIRY_SPLIT = "inquiry_split"
    MAIL_DECIDED = "mail_decided"
    LETTER_RETRIED = "letter_retried"
    LETTER_DROPPED = "letter_dropped"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    RATED = "rated"
    LINK_RENEWED = "link_renewed"  # the status link; all old ones open nothing since

    @property
    def is_known_to_customer(self) -> bool:
        """Whether the status page may show it: a kind nobody thought about stays among staff (D15)."""
        return self in _KNOWN_TO_CUSTOMER


_KNOWN_TO_CUSTOMER = frozenset(
    {
        EventKind.INQUIRY_RECEIVED,
        EventKind.MESSAGE_ADDED,
        EventKind.INQUIRY_CLOSED,
        EventKind.INQUIRY_REOPENED,
        EventKind.INQUIRY_ASSIGNED,
        EventKind.LETTER_FAILED,
        EventKind.ADDRESS_CORRECTED,
        EventKind.LINK_RENEWED,
    }
)


_PROMISED = "promised"


def promised_anew(before: datetime, after: datetime) -> dict[str, dict[str, str]]:
    """Return what an event says, among its facts, that began a promise; nothing where the old one stands."""
    return {} if before == after else {_PROMISED: {"before": before.isoformat(), "after": after.isoformat()}}


def promise_begun(facts: Mapping[str, Any]) -> datetime | None:
    """Return the promise that began with an event, by its facts."""
    promised = facts.get(_PROMISED)
    return datetime.fromisoformat(promised["after"]) if promised else None


class Actor(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """``actor_name`` is set where it matters who: an answer, an assignment; ``actor_address`` is who that was of staff.

    ``facts`` is what staff read of it and what undoing needs, such as the value ``before`` and ``after``; an event that
    was taken back says since when. ``inquiry_version`` is the version of the inquiry that began with it, or with its
    being taken back.
    """

    kind: EventKind
    actor: Actor
    happened_at: datetime
    actor_name: str = ""
    id: int = 0
    actor_address: str = ""
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    undone_at: datetime | None = None
    inquiry_version: int = 1
    moved_from_id: int | None = None
