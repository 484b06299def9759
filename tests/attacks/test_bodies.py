"""Bodies that are meant to fill memory or keep everybody waiting, against the program as it runs.

No test here asserts how long something took to the second: a generous bound tells an answer from a server that hangs.
"""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.program import Program, running
from tests.visitor import FORM, Answer, Upload, multipart

PATIENCE_SECONDS = 20.0  # each is answered within 2 s where nothing else runs
MORE_BYTES = 100_000_000
DRIPS = 500
NORMAL_VISITORS = 20
BOUNDARY = "a-boundary-of-the-tests"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
MEGABYTE = b"0123456789abcdef" * 65_536
HEAD = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program with room for 10 MB of files."""
    with running(tmp_path_factory.mktemp("bodies") / "instance", LIJU_FILES_TOTAL_LIMIT_MB="10") as running_program:
        running_program.visitor().visit()  # whatever is loaded at first use is loaded
        yield running_program
        assert running_program.is_well()


@contextmanager
def little_memory(program: Program) -> Iterator[None]:
    """Fail when the web processes take much more memory at any moment of the block than before it."""
    pids = [pid for pid, role in program.children().items() if role.startswith("web-")]
    assert pids
    before = {pid: psutil.Process(pid).memory_info().rss for pid in pids}
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # forget the highest that was (proc(5))
    yield
    assert {pid: highest(pid) - before[pid] for pid in pids if highest(pid) - before[pid] > MORE_BYTES} == {}


def highest(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return 1024 * int(line.split()[1])


def send(program: Program, body: bytes, headers: dict[str, str]) -> Answer:
    begun_at = time.monotonic()
    answer = program.visitor(timeout=PATIENCE_SECONDS).send("POST", "/", body, headers)
    assert time.monotonic() - begun_at < PATIENCE_SECONDS
    return answer


JSON = {"Content-Type": "application/json"}
PACKED = {**URLENCODED, "Content-Encoding": "gzip"}
PACKED_TWICE = {**MULTIPART, "Content-Encoding": "x-gzip, br"}
# Headers, what makes the body, and the statuses that may answer it.
ATTACKS: dict[str, tuple[dict[str, str], Callable[[], bytes], set[int]]] = {
    "26 MB file": (
        MULTIPART,
        lambda: multipart(BOUNDARY, FORM.items(), [Upload("plan.pdf", b"%PDF-1.7" + 26 * MEGABYTE)]),
        {413},
    ),
    "100 000 fields in parts": (
        MULTIPART,
        lambda: multipart(BOUNDARY, [(f"f{number}", "x") for number in range(100_000)]),
        {413},
    ),
    "10 000 file parts": (
        MULTIPART,
        lambda: multipart(BOUNDARY, FORM.items(), [Upload(f"{number}.txt", b"x") for number in range(10_000)]),
        {413},
    ),
    "5 million short fields": (URLENCODED, lambda: b"a=b&" * 5_000_000, {413}),
    "a text of 20 MB": (URLENCODED, lambda: b"message=" + 20 * MEGABYTE, {413}),
    "JSON of 20 MB": (JSON, lambda: b"[" * 20_000_000, {413}),
    "a gzip bomb": (PACKED, lambda: gzip.compress(bytes(100_000_000), 1), {415}),
    "a gzip bomb in another spelling": (PACKED_TWICE, lambda: gzip.compress(bytes(1_000_000)), {415}),
}


def test_bodies_that_are_too_much_are_refused_in_little_memory(program: Program) -> None:
    for name, (headers, made, statuses) in ATTACKS.items():
        body = made()
        with little_memory(program):
            answer = send(program, body, headers)

        assert (name, answer.status in statuses) == (name, True), answer.status
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], name
        assert program.visitor().get("/").status == 200


def test_10_gb_declared_and_endless_chunks_are_refused_in_little_memory(program: Program) -> None:
    declared = HEAD + b"Content-Length: 10737418240\r\n\r\n"
    chunk = b"%x\r\n" % len(MEGABYTE) + MEGABYTE + b"\r\n"
    for start, block in ((declared, MEGABYTE), (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", chunk)):
        with little_memory(program), socket.create_connection(("127.0.0.1", program.port), PATIENCE_SECONDS) as sending:
            sending.sendall(start)
            for _ in range(30):
                sending.sendall(block)
            answer = sending.recv(100)

            assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400")), answer


@pytest.mark.parametrize("kind", ["head", "body"])
def test_500_dripping_sockets_leave_everybody_else_served(program: Program, kind: str) -> None:
    start = (
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " if kind == "head" else HEAD + b"Content-Length: 9999\r\n\r\n"
    )
    with ExitStack() as stack:
        drips = [
            stack.enter_context(socket.create_connection(("127.0.0.1", program.port), PATIENCE_SECONDS))
            for _ in range(DRIPS)
        ]
        for drip in drips:
            drip.sendall(start)
        begun_at = time.monotonic()
        for number in range(NORMAL_VISITORS):
            program.visitor(timeout=PATIENCE_SECONDS).visit(email=f"visitor{number}@customer.example")
            drips[number].sendall(b"a")
        took = time.monotonic() - begun_at

        assert took < NORMAL_VISITORS * 2.0
        drips[-1].settimeout(0)
        with pytest.raises(BlockingIOError):  # it was there all the time
            drips[-1].recv(1)
