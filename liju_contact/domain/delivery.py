"""The life of one delivery: one letter on its way to one recipient (D4, D5).

    queued --claim--> sending --settle--> delivered
      ^                  |------------> refused      the server said no for good
      |                  |------------> given_up     five days of temporary answers
      |                  '------------> parked       the letter itself cannot be sent (a fault of ours)
      '---- deferred, unknown, or the lease ran out

``bounced`` follows ``delivered`` when the letter comes back later. ``dropped`` is staff's decision and can follow
``queued``, ``parked``, ``refused`` and ``given_up``. An attempt ends in exactly one ``Outcome``. The odd edge is
``Unknown``: the connection went away after the final dot, so the server may or may not have taken the letter. It goes
again with the same bytes and the same Message-ID, because two copies are better than none and receivers can fold them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

SHORTEST_RETRY_SECONDS = 60
LONGEST_RETRY_SECONDS = 4000
GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321 section 4.5.4.1: "at least 4-5 days"


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    PARKED = "parked"
    DROPPED = "dropped"
    BOUNCED = "bounced"


class Stage(StrEnum):
    """How far an SMTP conversation had come when it ended."""

    PREPARE = "prepare"
    CONNECT = "connect"
    SIGN_IN = "sign_in"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the mail server said last: reply code (0 when it said nothing), its words, and the stage reached."""

    stage: Stage
    code: int
    words: str


@dataclass(frozen=True, slots=True)
class Delivered:
    answer: Answer


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not taken, may be taken later."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Refused:
    """Not taken, and asking again would get the same answer (5xx, RFC 5321 section 4.2.1)."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Unknown:
    """Perhaps taken: the connection ended after the final dot and before the reply."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Unsendable:
    """Never offered to a server: the letter itself cannot be put into a mail. A fault of ours, for staff to see."""

    answer: Answer


Outcome = Delivered | Deferred | Refused | Unknown | Unsendable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What becomes of a delivery after an attempt; ``next_attempt_at`` is set exactly when it goes again."""

    state: DeliveryState
    next_attempt_at: datetime | None


def settlement(
    outcome: Outcome, *, attempt_count: int, queued_at: datetime, now: datetime, jitter: float
) -> Settlement:
    """Decide what an attempt's outcome means for its delivery.

    ``attempt_count`` counts this attempt too; ``jitter`` is a random number in [0, 1).
    """
    match outcome:
        case Delivered():
            return Settlement(state=DeliveryState.DELIVERED, next_attempt_at=None)
        case Refused():
            return Settlement(state=DeliveryState.REFUSED, next_attempt_at=None)
        case Unsendable():
            return Settlement(state=DeliveryState.PARKED, next_attempt_at=None)
        case Deferred() | Unknown():
            next_attempt_at = now + retry_delay(attempt_count, jitter)
            if next_attempt_at - queued_at > GIVE_UP_AFTER:
                return Settlement(state=DeliveryState.GIVEN_UP, next_attempt_at=None)
            return Settlement(state=DeliveryState.QUEUED, next_attempt_at=next_attempt_at)
        case _:
            assert_never(outcome)


def retry_delay(attempt_count: int, jitter: float) -> timedelta:
    """Return how long to wait after the ``attempt_count``-th attempt: between 1 min and 4000 s, doubling.

    The jitter takes away up to half, so that a thousand letters that failed together do not come back together.
    """
    longest = min(2 * SHORTEST_RETRY_SECONDS * 2 ** min(attempt_count - 1, 6), LONGEST_RETRY_SECONDS)
    return timedelta(seconds=longest * (1 - jitter / 2))
