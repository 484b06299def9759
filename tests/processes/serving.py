"""Web processes for tests: forked as the supervisor forks them, with a log that can be read, ended without a trace."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from liju_contact.processes.web_server import bind, run_web_process
from tests.processes.sample_app import LIMIT_BYTES, hurried, make_app

PATIENCE_SECONDS = 10.0
SERVING_THREADS = 4  # the event loop, Granian's network, its calls into Python, its wait for the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


@dataclass(slots=True, kw_only=True)
class Served:
    port: int
    pids: list[int]
    folder: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)

    def ask(self, request: bytes) -> Answer:
        with self.connect() as connection:
            connection.sendall(request)
            return answer_on(connection)

    def get(self, path: str) -> Answer:
        return self.ask(f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())

    def open(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def terminate(self) -> list[int]:
        """Ask all processes to end, wait for it, and return their exit codes."""
        for pid in self.pids:
            os.kill(pid, signal.SIGTERM)
        return self.wait()

    def wait(self) -> list[int]:
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        codes = []
        for pid in self.pids:
            while not (ended := os.waitpid(pid, os.WNOHANG))[0]:
                assert time.monotonic() < give_up_at, "the process does not end"
                time.sleep(0.01)
            codes.append(os.waitstatus_to_exitcode(ended[1]))
        self.pids = []
        return codes


@contextlib.contextmanager
def serving(folder: Path, *, processes: int = 1, body_limit_bytes: int = LIMIT_BYTES) -> Iterator[Served]:
    with bind("127.0.0.1:0") as listener:
        pids = [_forked(folder, listener, body_limit_bytes) for _ in range(processes)]
        served = Served(port=listener.getsockname()[1], pids=pids, folder=folder)
    try:
        wait_for_threads(pids)
        assert served.get("/").status == 200
        yield served
    finally:
        for pid in served.pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def wait_for_threads(pids: list[int]) -> None:
    """Wait until every process serves: the server's threads are the last thing it starts."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    for pid in pids:
        while len(list(Path(f"/proc/{pid}/task").iterdir())) < SERVING_THREADS:
            assert time.monotonic() < give_up_at, "the process does not start"
            time.sleep(0.01)


def answer_on(connection: socket.socket, method: str = "GET") -> Answer:
    with contextlib.closing(HTTPResponse(connection, method=method)) as response:
        response.begin()
        return Answer(status=response.status, headers=response.getheaders(), body=response.read())


def all_on(connection: socket.socket) -> bytes:
    """Read until the server closes the connection."""
    with connection.makefile("rb") as received:
        return received.read()


def _forked(folder: Path, listener: socket.socket, body_limit_bytes: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for descriptor in (1, 2):
            os.dup2(log, descriptor)
        logging.basicConfig(force=True, filename=folder / "log")
        app = make_app(folder)
        run_web_process(app, listener, threads=2, body_limit_bytes=body_limit_bytes, hurried=hurried)
        status = 0
    except BaseException:
        logging.getLogger(__name__).exception("The process failed.")
    finally:
        os._exit(status)
