from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import granian
import pytest
from granian.server.embed import Server

from liju_contact.domain.errors import StartRefused
from liju_contact.processes import web_server
from liju_contact.processes.web_server import bind
from tests.processes.serving import PATIENCE_SECONDS, Served, answer_on, serving

DRIPS = 100
HEAD_DRIP = b"GET / HTTP/1.1\r\nHost: test\r\nX-Slow: "
BODY_DRIP = (
    b"POST /form HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: %d\r\n\r\nmessage="
)


def test_bind_to_a_taken_port_is_refused_in_one_sentence() -> None:
    with bind("127.0.0.1:0") as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"

        with pytest.raises(StartRefused, match=f"^Cannot listen on {address}: Address already in use"):
            bind(address)


@pytest.mark.parametrize("address", ["8000", "127.0.0.1:", ":8000", "127.0.0.1:http"])
def test_bind_to_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(StartRefused, match="is no address to listen on"):
        bind(address)


def test_bind_to_a_port_beyond_all_ports_is_refused() -> None:
    with pytest.raises(StartRefused, match="Cannot listen on"):
        bind("127.0.0.1:99999")


def test_internals_of_granian_that_are_relied_on_are_there() -> None:
    """A new version may change them: then read web_server's docstring and granian/server/embed.py again."""
    assert granian.__version__.startswith("2.8.")
    assert "_shd" in Server._spawn_worker.__code__.co_names
    assert "_init_shared_socket" in Server.startup.__code__.co_names
    assert web_server._Server._init_shared_socket is not Server._init_shared_socket


def test_two_processes_share_the_socket(tmp_path: Path) -> None:
    with serving(tmp_path, processes=2) as served:
        for pid in served.pids:
            os.kill(pid, signal.SIGSTOP)
            os.waitpid(pid, os.WUNTRACED)  # until all its threads have stopped
            answered_by_the_other = answered_of(served, 20)
            os.kill(pid, signal.SIGCONT)

            assert answered_by_the_other == 20


def answered_of(served: Served, count: int) -> int:
    connections = [served.connect() for _ in range(count)]
    answered = 0
    for connection in connections:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        connection.settimeout(PATIENCE_SECONDS)
        with contextlib.suppress(TimeoutError):
            answered += answer_on(connection).status == 200
        connection.close()
    return answered


def test_an_idle_process_ends_at_once_with_code_0(tmp_path: Path) -> None:
    with serving(tmp_path, processes=2) as served:
        assert served.terminate() == [0, 0]
        assert served.log() == ""


def test_a_stopped_process_refuses_new_connections(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        served.terminate()

        with pytest.raises(ConnectionRefusedError):
            served.connect()


def test_a_second_process_leaves_the_socket_as_the_first_needs_it(tmp_path: Path) -> None:
    """In a blocking accept, the first process would hang with all its connections."""
    with serving(tmp_path, processes=2) as served:
        calls = {(task / "wchan").read_text() for pid in served.pids for task in Path(f"/proc/{pid}/task").iterdir()}

        assert "inet_csk_accept" not in calls
        assert answered_of(served, 20) == 20


def test_sigterm_lets_fifty_running_requests_end(tmp_path: Path) -> None:
    with serving(tmp_path, processes=2) as served:
        connections = [served.connect() for _ in range(50)]
        for connection in connections:
            connection.sendall(b"GET /slow HTTP/1.1\r\nHost: test\r\n\r\n")
        time.sleep(0.1)  # some are done, most are not

        for pid in served.pids:
            os.kill(pid, signal.SIGTERM)

        assert [answer_on(connection).body for connection in connections] == [b"slow"] * 50
        assert served.wait() == [0, 0]
        for connection in connections:
            connection.close()


def test_sigterm_lets_busy_connections_end_without_losing_a_request(tmp_path: Path) -> None:
    with serving(tmp_path, processes=2) as served:
        lost: list[str] = []
        visitors = [threading.Thread(target=ask_until_told_to_go, args=(served, lost)) for _ in range(10)]
        for visitor in visitors:
            visitor.start()
        time.sleep(0.5)

        codes = served.terminate()
        for visitor in visitors:
            visitor.join()

        assert lost == []
        assert codes == [0, 0]


def ask_until_told_to_go(served: Served, lost: list[str]) -> None:
    connection = served.connect()
    with connection:
        while True:
            try:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
                answer = answer_on(connection)
            except OSError as error:
                lost.append(repr(error))
                return
            if answer.header("connection") == ["close"]:
                return


def test_sigterm_waits_for_a_body_on_its_way(tmp_path: Path) -> None:
    with serving(tmp_path) as served, served.connect() as connection:
        connection.sendall(BODY_DRIP % 12)
        time.sleep(0.1)
        os.kill(served.pids[0], signal.SIGTERM)
        time.sleep(0.5)
        connection.sendall(b"late")

        assert answer_on(connection).body == b"late"
        assert served.wait() == [0]


@contextlib.contextmanager
def dripping(served: Served, start: bytes) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(served.connect()) for _ in range(DRIPS)]
        for connection in connections:
            connection.sendall(start)
        for _ in range(3):
            time.sleep(0.1)
            for connection in connections:
                connection.sendall(b"a")
        yield connections


@pytest.mark.parametrize("start", [HEAD_DRIP, BODY_DRIP % 1000, BODY_DRIP % 1_000_000], ids=["head", "small", "large"])
def test_dripping_connections_keep_nobody_waiting(tmp_path: Path, start: bytes) -> None:
    with serving(tmp_path, processes=2) as served, dripping(served, start) as connections:
        statuses = [served.get("/").status for _ in range(20)]

        assert statuses == [200] * 20
        connections[0].settimeout(0)
        with pytest.raises(BlockingIOError):  # it still is open: there was something to be kept waiting by
            connections[0].recv(1)


def test_a_writer_that_waits_for_a_lock_keeps_nobody_waiting(tmp_path: Path) -> None:
    with serving(tmp_path) as served, contextlib.ExitStack() as stack:
        (tmp_path / "lock").touch()
        writers = [stack.enter_context(served.connect()) for _ in range(8)]
        for number, writer in enumerate(writers):
            body = b"message=%d" % number
            writer.sendall(b"POST /write HTTP/1.1\r\nHost: test\r\n" + form_head(body) + body)
        time.sleep(0.2)

        assert served.get("/").body == b"front"

        (tmp_path / "lock").unlink()
        assert [answer_on(writer).body for writer in writers] == [b"%d" % number for number in range(8)]


def form_head(body: bytes) -> bytes:
    return b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body)
