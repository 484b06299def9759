"""A supervisor in a process of its own with tiny children, which write down each start into a file."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.conftest import PROJECT

PATIENCE_SECONDS = 30.0  # a program of this size takes its time to start on a busy machine

# What a child may be; ``note`` writes a line into the file of starts.
CHILDREN = {
    "steady": "lambda: (note('steady'), signal.pause())",
    "serving": "lambda: (signal.signal(signal.SIGTERM, lambda *_: leave()), note('serving'), signal.pause())",
    "stubborn": "lambda: (signal.signal(signal.SIGTERM, signal.SIG_IGN), note('stubborn'), time.sleep(60))",
    "failing": "lambda: (note('failing'), sys.exit(3))",
    "broken": "lambda: (note('broken'), 1 / 0)",
    "draining": "lambda: (signal.signal(signal.SIGTERM, lambda *_: finish()), note('draining'), signal.pause())",
}
PARENT = """
import logging, os, signal, sys, time
from liju_contact.processes.supervisor import Child, supervise

logging.basicConfig(format="%(message)s")

def note(what):
    with open(sys.argv[1], "a") as starts:
        starts.write(f"{what} {os.getpid()} {time.monotonic()}\\n")

def finish():
    time.sleep(0.5)
    note("drained")
    os._exit(0)

def leave():
    note("left")
    os._exit(0)

children = [Child(role=role, run=run, serves_others=role == "serving") for role, run in [@children@]]
sys.exit(supervise(children, when_started=lambda: note("parent"), drain_seconds=float(sys.argv[2])))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    what: str
    pid: int
    at: float


@dataclass(slots=True, kw_only=True)
class Family:
    parent: subprocess.Popen[bytes]
    notes: Path

    def starts(self, what: str) -> list[Start]:
        if not self.notes.exists():
            return []
        lines = [line.split() for line in self.notes.read_text().splitlines()]
        return [Start(what=kind, pid=int(pid), at=float(at)) for kind, pid, at in lines if kind == what]

    def wait_for(self, what: str, count: int = 1) -> list[Start]:
        """Wait until so many have started, and return them."""
        wait_until(lambda: len(self.starts(what)) >= count, f"{count} x {what}; there is {self.starts(what)}")
        return self.starts(what)

    def words(self) -> str:
        """Return what was logged; the parent has ended."""
        assert self.parent.stderr is not None
        return self.parent.stderr.read().decode()


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < give_up_at, f"waited in vain for {what}"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def family(tmp_path: Path, *kinds: str, drain_seconds: float = 10.0) -> Iterator[Family]:
    """Run a supervisor with a child of each kind; whatever is left at the end is killed."""
    source = PARENT.replace("@children@", ", ".join(f"({kind!r}, {CHILDREN[kind]})" for kind in kinds))
    notes = tmp_path / "starts"
    command = [sys.executable, "-c", source, str(notes), str(drain_seconds)]
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, start_new_session=True) as parent:
        try:
            yield Family(parent=parent, notes=notes)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)
