"""Starts a guarded process and asks it: at the first question, and anew after one that ended it.

Its own pipes are all it has: no descriptor of ours, and no variable that may hold a password. What it says is read by
whoever asks, and taken only if it has the form that it may have.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from liju_contact.guarded.limits import LENGTH_BYTES, OUT_OF_MEMORY

WALL_SECONDS = 30.0
"""A machine so busy that 2 s of computing take longer is not the question's fault."""

_PIECE_BYTES = 1 << 16
_ENDING_SECONDS = 0.4  # a process that closed its pipes is gone by then, and only then it says how it ended
_Answer = TypeVar("_Answer")
Read = Callable[[int], bytes]
"""Returns exactly so many bytes of the answer."""


class Limit(StrEnum):
    """What a question may take only so much of."""

    TIME = "time"
    MEMORY = "memory"


_LIMIT_OF_STATUS = {
    -signal.SIGPROF: Limit.TIME,
    -signal.SIGXCPU: Limit.TIME,
    OUT_OF_MEMORY: Limit.MEMORY,
}
# How a process ends that met a fault of its own code, or had no memory where nothing can say so.
_CRASHES = frozenset(
    {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL, -signal.SIGBUS, -signal.SIGFPE}
)


class NoAnswer(Exception):
    """The process gave no answer that could be understood.

    ``limit`` is the one the question broke, if any; ``is_crash`` says that it broke the program that was to answer.
    """

    def __init__(self, words: str, limit: Limit | None, *, is_crash: bool) -> None:
        super().__init__(words)
        self.limit = limit
        self.is_crash = is_crash


class _Ended(Exception):
    """The process ended or did not answer in time."""


class GuardedProcess:
    """``command`` starts the process, which has ``wall_seconds`` for an answer; tests give others."""

    def __init__(self, command: tuple[str, ...], *, wall_seconds: float = WALL_SECONDS) -> None:
        self._command = command
        self._wall_seconds = wall_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: bytes, read_answer: Callable[[Read], _Answer]) -> _Answer:
        """Return what ``read_answer`` makes of the answer; it raises ``ValueError`` for what can be none.

        Raises ``NoAnswer``; the next question goes to a new process then.
        """
        process = self._started()
        deadline = time.monotonic() + self._wall_seconds
        try:
            _send(process, len(question).to_bytes(LENGTH_BYTES, "big") + question, deadline)
            return read_answer(lambda count: _receive(process, count, deadline))
        except (_Ended, ValueError) as error:
            status = _exit_status(process) or 0
            self.close()
            words, limit = f"{type(error).__name__}: {error}", _LIMIT_OF_STATUS.get(status)
            raise NoAnswer(words, limit, is_crash=status in _CRASHES) from error

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
            environment = {name: value for name, value in os.environ.items() if not name.startswith("LIJU_")}
            self._process = subprocess.Popen(  # noqa: S603  # a fixed command
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=0
            )
            for pipe in (self._process.stdin, self._process.stdout):
                os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]  # both were asked for
        return self._process


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
