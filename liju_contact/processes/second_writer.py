"""A second process that writes pages of exports, so that a long one takes half as long where there are two processors.

It is forked while the worker has one thread and no connection, and then only stands by. For each export it forks once
more: what that takes of memory is gone with it, and what breaks in there breaks nothing else. A pipe leads from the
worker to the one that writes; whoever is left alone at it notices at once.
"""

from __future__ import annotations

import os
import signal
import socket
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection, Pipe

from liju_contact.domain.errors import StoreBusy
from liju_contact.processes.supervisor import Child, start
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.export_pages import ExportPages, ExportPlan, NobodyBeside, Place, WriterBeside
from liju_contact.usecases.sheet import WrittenPage

_FEWEST_PROCESSORS = 2
_ROLE = "second-writer"


class SecondWriter:
    """``stand_by`` is called before the first thread is started; without it nobody is there."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._line: socket.socket | None = None
        self._pid = 0

    def stand_by(self) -> None:
        """Have the process ready, where there is a processor for it."""
        if _processor_count() < _FEWEST_PROCESSORS:
            return
        self._deps.db.close()  # no connection outlives a fork
        ours, theirs = socket.socketpair()
        process = Child(role=_ROLE, run=partial(_stand_by, self._deps, theirs, ours))
        start(process)
        theirs.close()
        self._line, self._pid = ours, process.pid

    def close(self) -> None:
        """End it; one that is just writing ends with it."""
        if self._line is not None:
            self._line.close()
            self._line = None
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)

    @contextmanager
    def beside(self, plan: ExportPlan) -> Iterator[WriterBeside | None]:
        """Give the pages of one export to it as well; None where nobody is there."""
        line = self._line  # ``close`` may come meanwhile, from another thread
        if line is None:
            yield None
            return
        ours, theirs = Pipe()
        with ours, theirs:
            try:
                socket.send_fds(line, [b"e"], [theirs.fileno()])
                theirs.close()
                ours.send(plan)
            except OSError:  # it was killed; the next worker has another
                yield None
                return
            with ThreadPoolExecutor(1, "pages") as receiving:
                yield _Beside(ours, receiving)


class _Beside:
    """What comes is taken in by a thread of its own: a pipe holds less than a page, and its writer would wait."""

    def __init__(self, pipe: Connection, receiving: Executor) -> None:
        self._pipe, self._receiving = pipe, receiving
        self._underway: deque[Future[WrittenPage | None]] = deque()

    def give(self, place: Place) -> None:
        try:
            self._pipe.send(place)
        except OSError as error:
            raise NobodyBeside("The second writer takes no more.") from error
        self._underway.append(self._receiving.submit(self._pipe.recv))

    def has_written(self) -> bool:
        return self._underway[0].done()

    def take(self) -> WrittenPage | None:
        try:
            return self._underway.popleft().result()
        except (OSError, EOFError) as error:
            raise NobodyBeside("The second writer says no more.") from error


def _processor_count() -> int:
    """Return how many this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _stand_by(deps: Deps, line: socket.socket, other_end: socket.socket) -> None:
    """Fork a writer for each export, one after another, until the worker is gone."""
    other_end.close()
    while True:
        _word, descriptors, _flags, _address = socket.recv_fds(line, 1, 1)
        if not descriptors:
            return
        writer = Child(role=_ROLE, run=partial(_write_pages, deps, descriptors[0]))
        start(writer)
        os.close(descriptors[0])
        os.waitpid(writer.pid, 0)


def _write_pages(deps: Deps, descriptor: int) -> None:
    """Write a page for each place that comes, until the worker wants no more."""
    with Connection(descriptor) as pipe:
        try:
            pages = ExportPages(deps, pipe.recv())
            while True:
                pipe.send(_page(pages, pipe.recv()))
        except (EOFError, ConnectionError):
            return


def _page(pages: ExportPages, place: Place) -> WrittenPage | None:
    try:
        return pages.write(place)
    except StoreBusy:  # the worker tries it for itself, and tells whoever has to know
        return None
