"""The far end of the program's letters: a sink that counts them, and how many per second a worker hands over to it."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import IO, Self

from tests.bench.processes import HOME

QUIET_SECONDS = 1.5
FIRST_LETTER_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    letters: int
    seconds: float

    @property
    def letters_per_second(self) -> float:
        """Count the gaps between letters, so that the start of the worker does not weigh in."""
        return (self.letters - 1) / self.seconds if self.seconds else float("nan")


class Sink:
    """The SMTP server of ``tests.bench.sink`` in a process of its own, on ``port``."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.bench.sink"]
        self._process = subprocess.Popen(command, cwd=HOME, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_pour, args=(self._process.stdout, self._lines), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.wait()

    def wait_until_quiet(self, patience: float = QUIET_SECONDS) -> Handover:
        """Return what has come so far, once nothing has come for ``QUIET_SECONDS``; ``patience`` is for the first."""
        newest, give_up_at = "0 0", time.monotonic() + patience
        while (left := give_up_at - time.monotonic()) > 0:
            try:
                newest = self._lines.get(timeout=left)
            except queue.Empty:
                break
            give_up_at = time.monotonic() + QUIET_SECONDS
        letters, seconds = newest.split()
        return Handover(letters=int(letters), seconds=float(seconds))


def _pour(reports: IO[str], lines: queue.Queue[str]) -> None:
    """Move the sink's lines into a queue, because only a queue can be read with a time limit."""
    for line in reports:
        lines.put(line)
