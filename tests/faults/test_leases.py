"""Worker processes on one outbox: no letter goes twice, and who lost a lease while stopped sends nothing on it.

100 letters here; ``LIJU_TEST_FULL=1`` sends 1000.
"""

from __future__ import annotations

import email
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from typing import Any

import psutil
import pytest

from liju_contact.app import make_deps
from liju_contact.config import Settings
from liju_contact.store.database import Database
from liju_contact.usecases.deliver_letters import lease_of
from liju_contact.usecases.deps import Deps
from tests.faults.killed import work
from tests.faults.shared_clock import SharedClock, shared_clock
from tests.launcher import CONTEXT
from tests.mail.smtp_scripts import Script, ScriptedServer, Wire, script
from tests.program import wait_for
from tests.usecases.outbox import many, post
from tests.usecases.stories import rows

WORKERS = 4
LETTERS = 1000 if os.environ.get("LIJU_TEST_FULL") == "1" else 100
PATIENCE_SECONDS = 60.0 + LETTERS / 10
QUICK_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Outbox:
    """A database, and a clock that all workers on it look at."""

    settings: Settings
    db: Database
    clock: SharedClock

    def sending_to(self, server: ScriptedServer, *, letter_limit_seconds: int) -> Deps:
        mail = replace(
            self.settings.mail,
            host="localhost",
            port=server.port,
            security="none",
            letter_limit_seconds=letter_limit_seconds,
        )
        made = make_deps(replace(self.settings, database_url=self.db.url, mail=mail), now=self.clock.now)
        return replace(made, db=self.db)

    def wait_until_delivered(self) -> None:
        wait_for(self._is_delivered, seconds=PATIENCE_SECONDS, what="all letters to be delivered")

    def _is_delivered(self) -> bool:
        return {row["state"] for row in rows(self.db, "delivery")} == {"delivered"}


@pytest.fixture
def outbox(settings: Settings, db: Database) -> Outbox:
    return Outbox(settings, db, shared_clock())


@contextmanager
def working(deps: Deps, holder: str, clock: SharedClock) -> Iterator[BaseProcess]:
    process = CONTEXT.Process(target=work, args=(deps.settings, holder, clock))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def waits_for(event: Callable[[], Any], words: str) -> Callable[[Wire], None]:
    """Return a reaction of the server: it answers when something has happened."""

    def reaction(wire: Wire) -> None:
        event()
        wire.say(words)

    return reaction


def message_ids(letters: list[bytes]) -> Counter[str]:
    return Counter(str(email.message_from_bytes(letter)["Message-ID"]) for letter in letters)


@pytest.mark.timeout(60 + 2 * PATIENCE_SECONDS)
def test_four_workers_send_each_letter_once(outbox: Outbox) -> None:
    all_at_work = threading.Barrier(WORKERS)
    # Nobody's first letter is taken before each worker has one, so that none is done before the others begin.
    together = script("mail", (waits_for(lambda: all_at_work.wait(PATIENCE_SECONDS), "250 sender ok"), "250 sender ok"))
    with ScriptedServer(together) as server, ExitStack() as processes:
        deps = outbox.sending_to(server, letter_limit_seconds=120)
        post(deps, *many(LETTERS))
        for number in range(WORKERS):
            processes.enter_context(working(deps, f"w{number}", outbox.clock))
        outbox.wait_until_delivered()

    assert message_ids(server.letters) == Counter(f"<{address}>" for address in many(LETTERS))
    assert len(server.wires) == WORKERS
    assert len(rows(outbox.db, "attempt")) == LETTERS


@dataclass
class Stop:
    """A worker is stopped while the server keeps it waiting at one ``moment`` of its first letter."""

    moment: str
    words: str

    def __post_init__(self) -> None:
        self.reached, self.over = threading.Event(), threading.Event()

    def script(self) -> Script:
        return script(self.moment, (waits_for(self._meet, self.words), self.words))

    def _meet(self) -> None:
        self.reached.set()
        self.over.wait(PATIENCE_SECONDS)


def stop(process: BaseProcess) -> None:
    assert process.pid
    os.kill(process.pid, signal.SIGSTOP)
    state = psutil.Process(process.pid)
    wait_for(lambda: state.status() == psutil.STATUS_STOPPED, seconds=10, what="the worker to stand still")


def resume(process: BaseProcess) -> None:
    assert process.pid
    os.kill(process.pid, signal.SIGCONT)


@pytest.mark.parametrize(
    ("moment", "words", "twice"),
    [
        ("greeting", "220 late.example ready", []),
        ("dot", "250 queued as 4711", many(1)),  # it had been sent, and nobody alive could know
    ],
)
def test_a_worker_that_was_stopped_sends_nothing_on_the_lease_it_lost(
    outbox: Outbox, moment: str, words: str, twice: list[str]
) -> None:
    stopped = Stop(moment, words)
    with ScriptedServer(stopped.script(), Script()) as server:
        deps = outbox.sending_to(server, letter_limit_seconds=QUICK_SECONDS)
        post(deps, *many(5))
        with working(deps, "stopped", outbox.clock) as loser:
            assert stopped.reached.wait(PATIENCE_SECONDS)
            stop(loser)
            outbox.clock.move(lease_of(deps))
            with working(deps, "other", outbox.clock):
                outbox.wait_until_delivered()
            time.sleep(QUICK_SECONDS)  # the limit of the letter at hand runs by the machine's own clock
            resume(loser)
            stopped.over.set()
            post(deps, "late@there.example")
            outbox.wait_until_delivered()

    assert message_ids(server.letters) == Counter(
        f"<{address}>" for address in [*many(5), *twice, "late@there.example"]
    )
    assert len(set(server.letters)) == 6  # a second copy has the same bytes
