"""Reads mail in a process of its own, so that no mail can take the worker's time or memory (``MailReader``).

The process is started at the first mail and lives until it is closed or a mail ends it. What it says is a description,
never code (``reading.wire``).
"""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import time

from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.mail.reading.wire import LENGTH_BYTES, OUT_OF_MEMORY, read_mail_from
from liju_contact.usecases.mail_reader import Unreadable

COMMAND = (sys.executable, "-m", "liju_contact.mail.reading")
WALL_SECONDS = 30.0
"""A machine so busy that 2 s of computing take longer is not the mail's fault."""

_PIECE_BYTES = 1 << 16
_ENDING_SECONDS = 0.4  # a process that closed its pipes is gone by then, and only then it says how it ended
_TOO_MUCH = {
    -signal.SIGPROF: "Reading it takes longer than a mail may.",
    OUT_OF_MEMORY: "Reading it takes more memory than a mail may.",
}
_log = logging.getLogger(__name__)


class _Ended(Exception):
    """The process ended or did not answer in time."""


class GuardedReader:
    """``command`` starts the reading process, which has ``wall_seconds`` for a mail; tests give others."""

    def __init__(self, command: tuple[str, ...] = COMMAND, *, wall_seconds: float = WALL_SECONDS) -> None:
        self._command = command
        self._wall_seconds = wall_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, raw: bytes) -> InboundMail | Unreadable:
        process = self._started()
        deadline = time.monotonic() + self._wall_seconds
        try:
            _send(process, len(raw).to_bytes(LENGTH_BYTES, "big") + raw, deadline)
            return read_mail_from(lambda count: _receive(process, count, deadline))
        except (_Ended, ValueError) as error:
            return self._given_up(process, error)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                pipe.close()  # type: ignore[union-attr]  # both were asked for
            self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            # Its own pipes are all it has: no descriptor of ours, and no variable that may hold a password.
            environment = {name: value for name, value in os.environ.items() if not name.startswith("LIJU_")}
            self._process = subprocess.Popen(  # noqa: S603  # a fixed command
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=0
            )
            for pipe in (self._process.stdin, self._process.stdout):
                os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]  # both were asked for
        return self._process

    def _given_up(self, process: subprocess.Popen[bytes], error: Exception) -> Unreadable:
        """Say why there is no answer, and start anew with the next mail."""
        words = _TOO_MUCH.get(_exit_status(process) or 0)
        self.close()
        if words:
            return Unreadable(words=words, is_final=True)
        _log.warning("The reading of a mail ended unexpectedly: %s: %s", type(error).__name__, error)
        return Unreadable(words="The process that reads mail ended unexpectedly.", is_final=False)


def _exit_status(process: subprocess.Popen[bytes]) -> int | None:
    """Return how the process ended, None if it still runs a moment after it closed its pipes."""
    try:
        return process.wait(_ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def _send(process: subprocess.Popen[bytes], octets: bytes, deadline: float) -> None:
    pipe = process.stdin.fileno()  # type: ignore[union-attr]  # it was asked for
    rest = memoryview(octets)
    while rest:
        _wait(pipe, select.POLLOUT, deadline)
        try:
            rest = rest[os.write(pipe, rest[:_PIECE_BYTES]) :]
        except BrokenPipeError as error:
            raise _Ended("it takes no more") from error


def _receive(process: subprocess.Popen[bytes], count: int, deadline: float) -> bytes:
    pipe = process.stdout.fileno()  # type: ignore[union-attr]  # it was asked for
    received = bytearray()
    while len(received) < count:
        _wait(pipe, select.POLLIN, deadline)
        piece = os.read(pipe, min(_PIECE_BYTES, count - len(received)))
        if not piece:
            raise _Ended("it says no more")
        received += piece
    return bytes(received)


def _wait(pipe: int, event: int, deadline: float) -> None:
    """Wait until a pipe is ready, or broken; not by ``select``, which knows no descriptor above 1023."""
    waiting = select.poll()
    waiting.register(pipe, event)
    seconds = deadline - time.monotonic()
    if seconds <= 0 or not waiting.poll(seconds * 1000):
        raise _Ended("it takes too long")
