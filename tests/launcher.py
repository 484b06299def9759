"""Runs commands of the program in processes of their own, forked from one that has imported it already.

Importing is most of what a command costs, and the tests start some hundred. What starts here differs from
``python -m liju_contact`` in nothing else: own process, environment, streams and exit status. ``tests/test_run.py``
starts the program as people do.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from liju_contact.app import main

PROJECT = Path(__file__).resolve().parent.parent
# Starts processes that share nothing with the test but what they are given.
CONTEXT = ForkServerContext()
CONTEXT.set_forkserver_preload(["tests.warm_start"])


@dataclass(frozen=True, slots=True)
class Streams:
    """Files that stand for standard input, output and errors; what is there already is kept."""

    stdin: str = os.devnull
    stdout: str = os.devnull
    stderr: str = os.devnull


class Launched:
    """A process that runs a command; to be used as a ``subprocess.Popen`` is."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, negative for a signal; raises ``subprocess.TimeoutExpired``."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self._process.exitcode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def launch(arguments: Sequence[str], environment: Mapping[str, str], streams: Streams) -> Launched:
    """Start a command of the program and do not wait for it."""
    process = CONTEXT.Process(target=_become, args=(list(arguments), dict(environment), streams))
    process.start()
    return Launched(process)


def run_command(
    *arguments: str, typed: bytes = b"", environment: Mapping[str, str] | None = None, seconds: float = 60
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end; raises ``subprocess.TimeoutExpired``, and then it has been killed."""
    with tempfile.TemporaryDirectory(prefix="liju-command-") as folder:
        paths = [Path(folder, name) for name in ("in", "out", "err")]
        paths[0].write_bytes(typed)
        launched = launch(arguments, environment or os.environ, Streams(*map(str, paths)))
        try:
            status = launched.wait(seconds)
        finally:
            launched.kill()
        return subprocess.CompletedProcess(arguments, status, paths[1].read_bytes(), paths[2].read_bytes())


def run_for_text(
    *arguments: str, typed: str = "", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    done = run_command(*arguments, typed=typed.encode(), environment=environment)
    return subprocess.CompletedProcess(done.args, done.returncode, _text(done.stdout), _text(done.stderr))


def _text(octets: bytes) -> str:
    """Return what ``subprocess`` would as text: every line end as one character."""
    return octets.decode().replace("\r\n", "\n")


def _become(arguments: list[str], environment: dict[str, str], streams: Streams) -> None:
    """Be the command from here on; ``sys.exit`` ends the process with its status."""
    os.chdir(PROJECT)
    os.environ.clear()
    os.environ.update(environment)
    for number, (path, flags) in enumerate(
        [(streams.stdin, os.O_RDONLY), (streams.stdout, _WRITING), (streams.stderr, _WRITING)]
    ):
        descriptor = os.open(path, flags, 0o644)
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # a descriptor, open to the end
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # as above
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115  # as above
    sys.argv = ["liju-contact", *arguments]
    main()


_WRITING = os.O_WRONLY | os.O_CREAT | os.O_APPEND
