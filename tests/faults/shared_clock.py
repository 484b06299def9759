"""A clock that real processes share and a test moves: leases and retries come due without anybody waiting for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.sharedctypes import Synchronized

from liju_contact import clock
from tests.launcher import CONTEXT


@dataclass(frozen=True, slots=True)
class SharedClock:
    """Runs as the real one does, and is ``ahead`` of it by so many seconds."""

    ahead: Synchronized[float]

    def now(self) -> datetime:
        return clock.now() + timedelta(seconds=self.ahead.value)

    def move(self, by: timedelta) -> None:
        with self.ahead.get_lock():
            self.ahead.value += by.total_seconds()


def shared_clock() -> SharedClock:
    return SharedClock(CONTEXT.Value("d", 0.0))
