"""The real program in a folder of its own: started, spoken to from outside, killed in part or whole, and stopped.

Everything here looks at the program as an operator could: command line, processes, Maildir, database file.
What a browser would do is in ``tests.visitor``.
"""

from __future__ import annotations

import contextlib
import email.policy
import os
import re
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import psutil

from liju_contact.mail.maildir import Envelope, kept_at, letter_ids, read_letter
from liju_contact.store.database import Database
from liju_contact.store.schema import migrate
from tests.launcher import Launched, Streams, launch, run_for_text
from tests.visitor import Visitor

SECRET = "a secret that only the tests know, and long enough"
START_SECONDS = 60.0
STOP_SECONDS = 45.0
_Found = TypeVar("_Found")
_FORM_LINE = re.compile(r"^The form: +http://127\.0\.0\.1:(\d+)/$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLetter:
    """A letter in the embedded post office; ``kept_at`` in seconds since 1970, like ``time.time()``."""

    envelope: Envelope
    content: bytes
    kept_at: float

    @property
    def headers(self) -> EmailMessage:
        """Return the header fields alone, decoded; the rest may be 30 MB of drawings."""
        return BytesHeaderParser(EmailMessage, policy=email.policy.default).parsebytes(
            self.content.partition(b"\r\n\r\n")[0]
        )


@dataclass
class Program:
    """``variables`` are settings by their names in the environment, such as ``LIJU_MAIL_PORT``."""

    instance: Path
    variables: dict[str, str] = field(default_factory=dict)
    port: int = 0
    _process: Launched | None = None
    _letters: dict[str, KeptLetter] = field(default_factory=dict)

    @property
    def process(self) -> Launched:
        assert self._process is not None, "the program was not started"
        return self._process

    @property
    def output_path(self) -> Path:
        return self.instance.with_name(f"{self.instance.name}.output")

    def output(self) -> str:
        """Return all that the program has printed and logged, over all its starts."""
        return self.output_path.read_text("utf-8", "replace")

    def start(self) -> None:
        """Start it and wait until it is well; a second start takes the same port again."""
        if "LIJU_DATABASE_URL" not in self.variables and not (self.instance / "liju.db").exists():
            self.instance.mkdir(parents=True, exist_ok=True)
            (self.instance / "liju.db").write_bytes(_migrated_database())
        before = self.output_path.stat().st_size if self.output_path.exists() else 0
        self.output_path.touch()
        command = [*self._command("serve"), "--bind", f"127.0.0.1:{self.port}"]
        output = str(self.output_path)
        self._process = launch(command, self._environment(), Streams(stdout=output, stderr=output))
        self.port = wait_for(lambda: self._announced_port(before), seconds=START_SECONDS, what="the program's address")
        wait_for(self.is_well, seconds=START_SECONDS, what="/healthz to be 200")

    def stop(self) -> int:
        """Ask it to stop, as a service manager does, and return its exit status."""
        self.process.terminate()
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """Kill the parent alone, as ``kill -9`` would."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def children(self) -> dict[int, str]:
        """Return the living processes below the parent: process id to role (``web-1``, ``worker``, ``post-office``)."""
        found = {}
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    if child.status() != psutil.STATUS_ZOMBIE:
                        found[child.pid] = child.name()
        return found

    def pid_of(self, role: str) -> int | None:
        return next((pid for pid, its_role in self.children().items() if its_role == role), None)

    def visitor(self, *, timeout: float = 30.0) -> Visitor:
        return Visitor(self.port, timeout=timeout)

    def is_well(self) -> bool:
        """Tell whether ``/healthz`` says 200; raises when the program has ended instead."""
        if self.process.poll() is not None:
            raise RuntimeError(f"the program ended with {self.process.returncode}:\n{self.output()}")
        try:
            return self.visitor(timeout=5).get("/healthz").status == 200
        except OSError:
            return False

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the program on the same instance."""
        return run_for_text(*self._command(*arguments), environment=self._environment())

    def letters(self) -> list[KeptLetter]:
        """Return what the embedded post office holds, oldest first. Kept letters never change, so each is read once."""
        maildir = self.instance / "post"
        for letter_id in set(letter_ids(maildir)) - self._letters.keys():
            self._letters[letter_id] = _kept(maildir, letter_id)
        return [self._letters[letter_id] for letter_id in sorted(self._letters)]

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Read from its SQLite database, beside it and without writing."""
        url = f"file:{self.instance / 'liju.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(url, uri=True, timeout=30)) as connection:
            return connection.execute(query, parameters).fetchall()

    def _announced_port(self, before: int) -> int | None:
        if self.process.poll() is not None:
            raise RuntimeError(f"the program ended with {self.process.returncode}:\n{self.output()}")
        found = _FORM_LINE.search(self.output_path.read_bytes()[before:].decode("utf-8", "replace"))
        return int(found[1]) if found else None

    def _command(self, *arguments: str) -> list[str]:
        return [*arguments, "--instance", str(self.instance)]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "LIJU_SECRET": SECRET, **self.variables}


@cache
def _migrated_database() -> bytes:
    """Return an empty database as migrating leaves it: doing that is half of what a first start takes."""
    with tempfile.TemporaryDirectory(prefix="liju-migrated-") as folder:
        path = Path(folder, "liju.db")
        database = Database(f"sqlite:///{path}")
        migrate(database)
        database.close()
        return path.read_bytes()


@contextlib.contextmanager
def running(instance: Path, **variables: str) -> Iterator[Program]:
    """Run the program until the block ends, and leave none of its processes behind."""
    instance.parent.mkdir(parents=True, exist_ok=True)
    program = Program(instance, variables)
    try:
        program.start()
        yield program
    finally:
        _end(program)


def wait_for(look: Callable[[], _Found | None], *, seconds: float, what: str) -> _Found:
    """Call ``look`` until it returns something true, and return that; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.05)
    return found


def _end(program: Program) -> None:
    if program._process is None:
        return
    children = program.children()
    with contextlib.suppress(ProcessLookupError):
        program.process.terminate()
    try:
        program.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
    for pid, role in children.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).name() == role:
                os.kill(pid, signal.SIGKILL)


def _kept(maildir: Path, letter_id: str) -> KeptLetter:
    envelope, content = read_letter(maildir, letter_id)
    return KeptLetter(envelope=envelope, content=content, kept_at=kept_at(letter_id).timestamp())


def still_runs(process: psutil.Process) -> bool:
    """Tell a process that runs from a dead one whose new parent, the machine's init, has not collected it yet."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
