"""Counts the ready views for the desk, when something has happened since: a step of the worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from liju_contact.store.events import newest_event_id
from liju_contact.store.view_counts import count_views, put_counts
from liju_contact.usecases.deps import Deps

_LEAST_SECONDS = 1.0
_SHARE = 20  # counting takes at most one part in so many of the time


@dataclass(slots=True)
class ViewCounter:
    """``clock`` gives seconds that only grow; how long counting took says how soon it is done again."""

    deps: Deps
    clock: Callable[[], float] = time.monotonic
    counted_event_id: int = -1
    not_before: float = 0.0

    def step(self) -> bool:
        """Count if anything has changed and it is time; tells whether it did. Raises ``StoreBusy``."""
        began = self.clock()
        if began < self.not_before:
            return False
        with self.deps.db.read() as tx:
            event_id = newest_event_id(tx)
            if event_id == self.counted_event_id:
                return False
            counts = count_views(tx)  # in the reading transaction: whoever writes does not wait for it
        with self.deps.db.begin() as tx:
            put_counts(tx, counts)
        ended = self.clock()
        self.counted_event_id = event_id
        self.not_before = ended + max(_LEAST_SECONDS, _SHARE * (ended - began))
        return True
