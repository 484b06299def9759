"""Counts how often somebody did something within a window of time, without naming them in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.inbound import AUTOMATIC_LETTERS_PER_DAY
from liju_contact.domain.inquiry import Inquiry
from liju_contact.store.rates import Tally, count_once_more
from liju_contact.usecases.deps import Deps

_DAY = timedelta(days=1)


def count_in_window(deps: Deps, tx: Connection, what: str, who: str, *, window: timedelta, now: datetime) -> int:
    """Count ``who`` doing ``what`` once more and return the count in the current window, this time included."""
    once = tally_of(deps, what, who, window=window, now=now)
    return count_once_more(tx, once.subject, once.window_start)


def tally_of(deps: Deps, what: str, who: str, *, window: timedelta, now: datetime) -> Tally:
    """Return what counts ``who`` doing ``what`` once more, for whoever counts several things together.

    Windows stand one after another from the epoch on; they do not slide.
    """
    seconds = window.total_seconds()
    window_start = datetime.fromtimestamp(now.timestamp() // seconds * seconds, now.tzinfo)
    return Tally(subject=deps.keys.rate_subject(what, who), window_start=window_start)


def may_write_automatically(deps: Deps, tx: Connection, inquiry: Inquiry, now: datetime) -> bool:
    """Count one more letter that no person wrote to this customer, and tell whether it may be written today.

    The confirmation is one of them too, on the day it was written.
    """
    count = count_in_window(deps, tx, "automatic letter", inquiry.reference, window=_DAY, now=now)
    confirmations = 1 if now - inquiry.received_at < _DAY else 0
    return count + confirmations <= AUTOMATIC_LETTERS_PER_DAY
