"""Remembers that a signed value was used, so that it works once, without naming it in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from liju_contact.store.rates import count_once_more
from liju_contact.usecases.deps import Deps


def use_once(deps: Deps, tx: Connection, what: str, value: str, *, issued_at: datetime) -> bool:
    """Use a value up; False when it was used before.

    It counts in the window that began when the value was made, and so in the same one whenever it comes. Windows are
    kept for longer than any such value is good (``sweep``).
    """
    return count_once_more(tx, deps.keys.rate_subject(what, value), issued_at) == 1
