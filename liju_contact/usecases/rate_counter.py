"""Where the limits of the public doors are counted: in the database, or in Redis (``redis_counter``), behind one port.

A subject is a keyed digest; neither place learns an address or a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from liju_contact.store.rates import Tally, count_together


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """``amount`` more of what ``subject`` did, in the window that began at ``window_start``."""

    subject: str
    window_start: datetime
    window: timedelta
    amount: int = 1


class RateCounter(Protocol):
    """Counts each subject by its amount and returns their counts with it, in the same order.

    What is counted at the same moment by several processes is counted one after another. ``tx`` is the transaction of
    the story; a counter that counts in it forgets what was counted when that is rolled back, another need not.
    """

    def count(self, tx: Connection, counted: Sequence[Counted]) -> list[int]: ...


class DatabaseCounter:
    def count(self, tx: Connection, counted: Sequence[Counted]) -> list[int]:
        tallies = [Tally(subject=one.subject, window_start=one.window_start, amount=one.amount) for one in counted]
        return count_together(tx, tallies)
