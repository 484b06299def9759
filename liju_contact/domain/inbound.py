"""A received e-mail and its life: kept raw first, then read and judged.

    waiting --judge--> applied     it became a message, a note, an inquiry, or was entered at a letter of ours
       |                 ^  |
       |           accept|  |undo  (by staff)
       |                 |  v
       |-------------> held         a key or a sender is missing, or a colleague was faster: staff decide
       |                 |  ^
       |          discard|  |undo
       |                 v  |
       |              discarded
       |-------------> noted        automatic mail: kept, and nothing follows from it
       '-------------> parked       it could not be read or applied, three times or by its size: staff look

Its raw bytes are never changed and never deleted by any of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

TRIES = 3
RETRY_AFTER = timedelta(minutes=1)
RATE_WINDOW = timedelta(minutes=10)
MAILS_PER_SENDER = 10
AUTOMATIC_LETTERS_PER_DAY = 3


class Door(StrEnum):
    """By which way a mail came in."""

    PIPE = "pipe"
    IMAP = "imap"
    LMTP = "lmtp"
    POST_OFFICE = "post_office"


class InboundState(StrEnum):
    WAITING = "waiting"
    APPLIED = "applied"
    NOTED = "noted"
    HELD = "held"
    DISCARDED = "discarded"
    PARKED = "parked"


class Verdict(StrEnum):
    """What an inbound is."""

    REPLY = "reply"  # the customer's, to an inquiry
    ANSWER = "answer"  # staff's, to the customer
    NOTE = "note"  # staff's, for staff
    COMMAND = "command"  # staff's, with nothing to tell anybody
    DECISION = "decision"  # staff's, about a mail that is held
    STRANGER = "stranger"  # without a key: a new inquiry
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    ABSENCE = "absence"  # staff's out-of-office
    AUTOMATIC = "automatic"
    HELD = "held"


class Decision(StrEnum):
    """What staff said shall become of a mail that was held."""

    ACCEPT = "accept"  # what it would have been without the reason it is held for
    JOIN = "join"  # the same, and its sender may speak for the customer from now on
    ANSWER = "answer"  # staff's answer, sent from an address we did not know
    ATTACH = "attach"  # part of the inquiry it is now connected with


class HoldReason(StrEnum):
    WRONG_SENDER = "wrong_sender"  # the key was made for somebody else
    COLLEAGUE = "colleague"  # the customer's key, and not the customer's address
    STAFF_WITHOUT_KEY = "staff_without_key"
    AUTHENTICATION_FAILED = "authentication_failed"
    KEYS_DISAGREE = "keys_disagree"
    LATE_ANSWER = "late_answer"
    TOO_MANY = "too_many"
    SPAM = "spam"
    NO_SENDER = "no_sender"
    UNKNOWN_COMMAND = "unknown_command"
    NOTHING_SAID = "nothing_said"  # neither text nor file
    NO_NEW_INQUIRIES = "no_new_inquiries"  # the settings want none by mail
    UNDONE = "undone"  # it was let in, and taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the mail system said about a mail, beside the mail: ``sender`` is None when unknown, empty when null."""

    door: Door
    sender: str | None
    recipients: tuple[str, ...]
