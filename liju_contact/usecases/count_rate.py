"""Counts how often somebody did something within a window of time, without naming them in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.store.rates import count_once_more
from liju_contact.usecases.deps import Deps


def count_in_window(deps: Deps, tx: Connection, what: str, who: str, *, window: timedelta, now: datetime) -> int:
    """Count ``who`` doing ``what`` once more and return the count in the current window, this time included.

    Windows stand one after another from the epoch on; they do not slide.
    """
    seconds = window.total_seconds()
    window_start = datetime.fromtimestamp(now.timestamp() // seconds * seconds, now.tzinfo)
    return count_once_more(tx, deps.keys.rate_subject(what, who), window_start)
