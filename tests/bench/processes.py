"""Servers as processes: start, wait until they answer, read their CPU time and memory from the kernel, stop."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.bench.floor import DATABASE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON = sys.executable
HOME = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 15.0
WORKERS = 2
GUNICORN_OPTIONS = [
    "--keep-alive",
    "2",
    "--backlog",
    "2048",
    "--no-control-socket",
    "--log-level",
    "error",
    "--preload",
]
SERVERS = ("gunicorn-gthread", "gunicorn-sync", "granian")


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One process's proportional set size: shared pages are counted in parts, so the sum over all is what they cost."""

    role: str
    pss_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A started program with all the processes below it."""

    port: int
    root: psutil.Process

    def tree(self) -> list[psutil.Process]:
        return [self.root, *self.root.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """User and system time of every living process, and of those that have died below them."""
        total = 0.0
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        return total

    def memory(self) -> list[Memory]:
        found = []
        for process in self.tree():
            with contextlib.suppress(OSError, psutil.NoSuchProcess):
                found.append(Memory(role=role_of(process, self.root), pss_mb=pss_mb(process.pid)))
        return found


def role_of(process: psutil.Process, root: psutil.Process) -> str:
    """Call a process by the name it gave itself (``PR_SET_NAME``), else by its place in the tree."""
    own_name = process.name()
    if not own_name.startswith(("python", "gunicorn")):
        return own_name
    return "parent" if process == root else "child"


def pss_mb(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def floor_command(server: str, port: int, threads: int) -> list[str]:
    """Say how ``server`` starts the floor, tuned as its documentation advises."""
    if server == "granian":
        options = ["--port", str(port), "--workers", str(WORKERS), "--threads", str(threads), "--preload"]
        return [sys.executable, "-m", "tests.bench.granian_server", *options]
    worker_class = server.removeprefix("gunicorn-")
    options = ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), *GUNICORN_OPTIONS]
    threading = ["--threads", str(threads)] if worker_class == "gthread" else []
    app = "tests.bench.floor:create_app()"
    return [sys.executable, "-m", "gunicorn", "--worker-class", worker_class, *threading, *options, app]


# All visitors come from one network: they are counted as ever, and stay below.
_WIDE_LIMITS = {f"LIJU_LIMITS_INQUIRY_{scope}": "1000000" for scope in ("PER_NETWORK", "PER_ADDRESS", "IN_ALL")}


def program_command(port: int, instance: Path, *options: str) -> list[str]:
    return [PYTHON, "-m", "liju_contact", "serve", "--bind", f"127.0.0.1:{port}", "--instance", str(instance), *options]


def worker_command(instance: Path) -> list[str]:
    return [PYTHON, "-m", "liju_contact", "worker", "--instance", str(instance)]


def write_instance(instance: Path, smtp_port: int) -> None:
    """Write the shipped example's settings with a mail server on loopback, so that no demo runs beside the program."""
    instance.mkdir(parents=True, exist_ok=True)
    text = (HOME / "instance" / "config.example.toml").read_text("utf-8")
    text = text.replace("@secret@", secrets.token_urlsafe(36))
    server = f'[mail]\nhost = "127.0.0.1"\nport = {smtp_port}\nsecurity = "none"\n'
    (instance / "config.toml").write_text(text.replace("[mail]\n", server, 1), "utf-8")


@contextlib.contextmanager
def serving(target: str, server: str, threads: int, smtp_port: int) -> Iterator[Running]:
    """Run ``target`` on a free port with a fresh database until the block ends; its letters go to ``smtp_port``."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        write_instance(Path(folder) / "instance", smtp_port)
        command = (
            floor_command(server, port, threads)
            if target == "floor"
            else program_command(port, Path(folder) / "instance")
        )
        with started(command, port, {DATABASE_VARIABLE: str(Path(folder) / "floor.db"), **_WIDE_LIMITS}) as running:
            yield running


@contextlib.contextmanager
def started(command: list[str], port: int, variables: dict[str, str]) -> Iterator[Running]:
    """Start ``command`` in a session of its own, wait for its port, and leave nothing of it behind."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=HOME, env=os.environ | variables, stdout=output, stderr=output, start_new_session=True
        )
        try:
            wait_for_port(process, port)
            yield Running(port=port, root=psutil.Process(process.pid))
        except BaseException:
            output.seek(0)
            sys.stderr.buffer.write(output.read())
            raise
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        sys.stderr.write(f"Killing {process.args!r}: it did not end within {STOP_SECONDS} s.\n")
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for_port(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until a request is answered: an open port alone may belong to a server that still loads its app."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode} before it answered")
        if answers(port):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not answer within {START_SECONDS} s")


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return connection.recv(12).endswith(b"200")
    except OSError:
        return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
