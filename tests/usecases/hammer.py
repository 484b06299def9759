"""A process that counts at a limit while others do; a module of its own, because it is imported in each of them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event

from liju_contact.app import make_deps
from liju_contact.config import Settings
from liju_contact.domain.errors import TooOften
from liju_contact.domain.public_door import PublicDoor
from liju_contact.usecases.keep_limits import Caller, count_entry

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def hammer(settings: Settings, tries: int, begin: Event, through: Queue[int]) -> None:
    """Try to go through the door so many times, at once with the others, and tell how often that was let."""
    deps, count = make_deps(settings), 0
    begin.wait(60)
    for _ in range(tries):
        with suppress(TooOften):
            with deps.db.begin() as tx:
                count_entry(deps, tx, PublicDoor.INQUIRY, Caller(network="n"), who="a", now=NOW)
            count += 1
    through.put(count)
