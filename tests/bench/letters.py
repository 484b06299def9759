"""The letters benchmark: how many letters per second a worker hands to a local SMTP server.

The command to measure is told from outside, with ``{port}`` where the SMTP port belongs, because filling the outbox is
the program's own business. It may end by itself or run on; the measurement ends when no letter has come for a while.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shlex
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from tests.bench.processes import HOME

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_LETTER_SECONDS = 60.0
QUIET_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    letters: int
    seconds: float

    @property
    def letters_per_second(self) -> float:
        """Count the gaps between letters, so that the start of the worker does not weigh in."""
        return (self.letters - 1) / self.seconds if self.seconds else float("nan")


def hand_over(command: str) -> Handover:
    """Run ``command`` against a fresh sink until its letters cease."""
    sink = subprocess.Popen([sys.executable, "-m", "tests.bench.sink"], cwd=HOME, stdout=subprocess.PIPE, text=True)
    try:
        assert sink.stdout is not None
        port = sink.stdout.readline().strip()
        with worker(shlex.split(command.replace("{port}", port))):
            return last_report(sink.stdout)
    finally:
        sink.kill()
        sink.wait()


@contextlib.contextmanager
def worker(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=HOME, start_new_session=True)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def last_report(reports: IO[str]) -> Handover:
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=pour, args=(reports, lines), daemon=True).start()
    patience, newest = FIRST_LETTER_SECONDS, "0 0"
    with contextlib.suppress(queue.Empty):
        while True:
            newest = lines.get(timeout=patience)
            patience = QUIET_SECONDS
    letters, seconds = newest.split()
    return Handover(letters=int(letters), seconds=float(seconds))


def pour(reports: IO[str], lines: queue.Queue[str]) -> None:
    """Move the sink's lines into a queue, because only a queue can be read with a time limit."""
    for line in reports:
        lines.put(line)
