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
from liju_contact.mail.reading.wire import LENGTH_BYTES, read_answer
from liju_contact.usecases.mail_reader import Unreadable

_WALL_SECONDS = 30.0  # a machine so busy that 2 s of computing take longer is not the mail's fault
_PIECE_BYTES = 1 << 16
_log = logging.getLogger(__name__)


class _Ended(Exception):
    """The process ended or did not answer in time."""


class GuardedReader:
    """``command`` starts the reading process; tests give others."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "liju_contact.mail.reading")) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, raw: bytes) -> InboundMail | Unreadable:
        process = self._started()
        deadline = time.monotonic() + _WALL_SECONDS
        try:
            _send(process, len(raw).to_bytes(LENGTH_BYTES, "big") + raw, deadline)
            answer = read_answer(lambda count: _receive(process, count, deadline))
        except (_Ended, ValueError, KeyError, TypeError) as error:
            return self._given_up(error)
        return Unreadable(words=answer, is_final=True) if isinstance(answer, str) else answer

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
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

    def _given_up(self, error: Exception) -> Unreadable:
        """Say why there is no answer, and start anew with the next mail."""
        process = self._process
        code = process.wait(0.2) if process and _is_ending(process) else None
        self.close()
        if code == -signal.SIGPROF:
            return Unreadable(words="Reading it takes longer than a mail may.", is_final=True)
        _log.warning("The reading of a mail ended unexpectedly: %s", type(error).__name__)
        return Unreadable(words="The process that reads mail ended unexpectedly.", is_final=False)


def _is_ending(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether a process that closed its pipes is gone, or is so within a moment."""
    try:
        process.wait(0.2)
    except subprocess.TimeoutExpired:
        return False
    return True


def _send(process: subprocess.Popen[bytes], octets: bytes, deadline: float) -> None:
    pipe = process.stdin.fileno()  # type: ignore[union-attr]  # it was asked for
    rest = memoryview(octets)
    while rest:
        _wait([], [pipe], deadline)
        try:
            rest = rest[os.write(pipe, rest[:_PIECE_BYTES]) :]
        except BrokenPipeError as error:
            raise _Ended("it takes no more") from error


def _receive(process: subprocess.Popen[bytes], count: int, deadline: float) -> bytes:
    pipe = process.stdout.fileno()  # type: ignore[union-attr]  # it was asked for
    received = bytearray()
    while len(received) < count:
        _wait([pipe], [], deadline)
        piece = os.read(pipe, min(_PIECE_BYTES, count - len(received)))
        if not piece:
            raise _Ended("it says no more")
        received += piece
    return bytes(received)


def _wait(readers: list[int], writers: list[int], deadline: float) -> None:
    seconds = deadline - time.monotonic()
    if seconds <= 0 or not any(select.select(readers, writers, [], seconds)):
        raise _Ended("it takes too long")
