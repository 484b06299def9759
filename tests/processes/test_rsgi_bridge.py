from __future__ import annotations

import contextlib
import hashlib
import json
import random
import re
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liju_contact.domain.response_headers import protecting_headers
from liju_contact.processes import request_body
from liju_contact.processes.wsgi_environ import address_of
from tests.processes.families import wait_until
from tests.processes.sample_app import BIG_BYTES, LIMIT_BYTES, big_digest
from tests.processes.serving import Served, all_on, answer_on, serving

HEAD = b"Host: test\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


def environ(served: Served, request_line: str, *headers: str) -> dict[str, Any]:
    lines = [request_line, "Host: test", "Connection: close", *headers, "", ""]
    shown: dict[str, Any] = json.loads(served.ask("\r\n".join(lines).encode("latin-1")).body)
    return shown


def test_environ_of_a_plain_request(served: Served) -> None:
    shown = environ(served, "GET /environ/a%20b/%E9%94%85?q=%E7%82%89&x HTTP/1.1", "Content-Type: text/plain")

    assert shown["PATH_INFO"].encode("latin-1").decode() == "/environ/a b/锅"
    assert shown["QUERY_STRING"] == "q=%E7%82%89&x"
    assert shown["rest"] == "a b/锅"
    assert shown["args"] == {"q": "炉", "x": ""}
    assert shown["CONTENT_TYPE"] == "text/plain"
    assert "HTTP_CONTENT_TYPE" not in shown
    assert (shown["SERVER_NAME"], shown["SERVER_PORT"]) == ("127.0.0.1", str(served.port))
    assert (shown["SERVER_PROTOCOL"], shown["wsgi.url_scheme"]) == ("HTTP/1.1", "http")
    assert (shown["REMOTE_ADDR"], shown["HTTP_HOST"], shown["SCRIPT_NAME"]) == ("127.0.0.1", "test", "")


def test_environ_decodes_percents_once(served: Served) -> None:
    assert environ(served, "GET /environ/%2541 HTTP/1.1")["rest"] == "%41"


def test_environ_joins_headers_that_stand_twice(served: Served) -> None:
    shown = environ(
        served, "GET /environ/x HTTP/1.1", "Accept: a", "Accept: b", "Cookie: c=1", "Cookie: d=2", "X-Forwarded-For: 1"
    )

    assert shown["HTTP_ACCEPT"] == "a,b"
    assert shown["HTTP_COOKIE"] == "c=1; d=2"


def test_environ_leaves_out_a_header_that_looks_like_another(served: Served) -> None:
    assert "HTTP_X_FORWARDED_FOR" not in environ(served, "GET /environ/x HTTP/1.1", "X_Forwarded_For: 1.2.3.4")


@pytest.mark.parametrize(
    ("client", "address"),
    [("192.0.2.7:51000", "192.0.2.7"), ("[2001:db8::7]:51000", "2001:db8::7"), ("[::ffff:192.0.2.7]:1", "192.0.2.7")],
)
def test_remote_address_has_no_port_and_no_brackets(client: str, address: str) -> None:
    assert address_of(client) == address


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \xe9\r\n\r\n",
        b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + 300_000 * b"a" + b"\r\n\r\n",
        b"GET /" + 100_000 * b"a" + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /%ff%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ],
)
def test_a_malformed_request_gets_a_4xx_or_a_closed_connection(served: Served, request_: bytes) -> None:
    with served.connect() as connection:
        connection.sendall(request_)
        start = connection.recv(12)

    assert start == b"" or re.fullmatch(rb"HTTP/1.[01] 4..", start)
    assert served.get("/").status == 200


def test_what_the_bridge_answers_itself_has_the_headers_of_a_page(served: Served) -> None:
    refused = served.ask(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
    failed = served.get("/fail/x")

    assert (refused.status, failed.status) == (400, 500)
    for answer in (refused, failed):
        for name, value in protecting_headers(is_https=False).items():
            assert answer.header(name.lower()) == [value]


def test_a_connection_is_kept_for_the_next_request(served: Served) -> None:
    connection = served.open()
    bodies, sockets = [], set()
    for body in (None, "message=hello", None):
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request("POST" if body else "GET", "/form" if body else "/", body, headers)
        bodies.append(connection.getresponse().read())
        sockets.add(connection.sock)
    connection.close()

    assert bodies == [b"front", b"hello", b"front"]
    assert len(sockets) == 1
    assert None not in sockets


def test_pipelined_requests_are_answered_in_order(served: Served) -> None:
    first = b"POST /form HTTP/1.1\r\n" + HEAD + b"Content-Length: 9\r\n\r\nmessage=1"
    last = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    with served.connect() as connection:
        connection.sendall(first + last)
        received = all_on(connection)

    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.index(b"\r\n\r\n1") < received.index(b"\r\n\r\nfront")


def test_head_has_the_headers_of_get_and_no_body(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(b"HEAD / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
        received = all_on(connection)

    assert b"\r\ncontent-length: 5\r\n" in received
    assert received.endswith(b"\r\n\r\n")


def test_head_of_a_big_file_does_not_make_it(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(b"HEAD /big HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
        answer = answer_on(connection, "HEAD")

    assert answer.header("content-length") == [str(BIG_BYTES)]


def test_two_cookies_stay_two_headers(served: Served) -> None:
    assert served.get("/cookies").header("set-cookie") == ["one=1; Path=/", "two=2; Path=/"]


def test_20_mb_arrive_exactly(served: Served) -> None:
    body = random.Random(7).randbytes(20 * 1024**2)
    connection = served.open()
    connection.request("POST", "/digest", body)

    assert connection.getresponse().read().decode() == f"{len(body)} {hashlib.sha256(body).hexdigest()}"
    connection.close()


@pytest.mark.parametrize("size", [3, 700_000])
def test_a_chunked_body_arrives_exactly(served: Served, size: int) -> None:
    body = random.Random(7).randbytes(size)
    connection = served.open()
    connection.request("POST", "/digest", iter([body[: size // 2], body[size // 2 :]]), encode_chunked=True)

    assert connection.getresponse().read().decode() == f"{size} {hashlib.sha256(body).hexdigest()}"
    connection.close()


def test_10_gb_declared_get_413_from_the_application_at_once(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(b"POST /form HTTP/1.1\r\n" + HEAD + b"Content-Length: 10737418240\r\n\r\n")
        for _ in range(80):
            connection.sendall(bytes(100_000))  # a browser goes on sending and must be able to
        answer = answer_on(connection)

    assert answer.status == 413
    assert b"exceeds the capacity limit" in answer.body


def test_endless_chunks_get_413_from_the_application(served: Served) -> None:
    block = b"%x\r\n" % 1_000_000 + bytes(1_000_000) + b"\r\n"
    with served.connect() as connection:
        connection.sendall(b"POST /form HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(LIMIT_BYTES // 1_000_000 + 2):
            connection.sendall(block)
        answer = answer_on(connection)

    assert answer.status == 413
    assert b"exceeds the capacity limit" in answer.body


@pytest.mark.parametrize("length", [b"Content-Length: 100", b"Content-Length: 2000000", b"Transfer-Encoding: chunked"])
def test_a_body_that_breaks_off_does_not_reach_the_application(tmp_path: Path, length: bytes) -> None:
    with serving(tmp_path) as served:
        with served.connect() as connection:
            connection.sendall(b"POST /digest HTTP/1.1\r\n" + HEAD + length + b"\r\n\r\n3e8\r\n" + bytes(50))
            time.sleep(0.1)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(100)
        assert served.get("/").status == 200

        assert not (tmp_path / "called").exists()
        served.ask(b"POST /digest HTTP/1.1\r\n" + HEAD + b"Content-Length: 3\r\n\r\n3e8")
        assert (tmp_path / "called").exists()


@pytest.mark.parametrize("length", [b"Content-Length: 100", b"Content-Length: 2000000", b"Transfer-Encoding: chunked"])
def test_a_body_that_drips_gets_408_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: bytes) -> None:
    monkeypatch.setattr(request_body, "FIRST_SECONDS", 0.3)
    with serving(tmp_path) as served, served.connect() as connection:
        connection.sendall(b"POST /digest HTTP/1.1\r\n" + HEAD + length + b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(20):
                connection.sendall(b"1\r\na\r\n")
                time.sleep(0.05)
                if select.select([connection], [], [], 0)[0]:
                    break
        received = connection.recv(13)

        assert received == b"HTTP/1.1 408 "
        assert not (tmp_path / "called").exists()


def test_a_body_that_comes_slowly_but_fast_enough_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "FIRST_SECONDS", 0.3)
    with serving(tmp_path) as served, served.connect() as connection:
        connection.sendall(b"POST /digest HTTP/1.1\r\n" + HEAD + b"Content-Length: 40000\r\n\r\n")
        for _ in range(8):
            time.sleep(0.08)
            connection.sendall(bytes(5000))

        assert answer_on(connection).body.startswith(b"40000 ")


def test_one_body_too_many_gets_503(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "BODIES_AT_ONCE", 1)
    with serving(tmp_path) as served, served.connect() as first:
        first.sendall(b"POST /digest HTTP/1.1\r\n" + HEAD + b"Content-Length: 5\r\n\r\n")
        time.sleep(0.1)
        request = b"POST /digest HTTP/1.1\r\n" + HEAD + b"Content-Length: 3\r\n\r\nabc"

        assert served.ask(request).status == 503
        first.sendall(b"hello")
        assert answer_on(first).status == 200
        assert served.ask(request).status == 200


def test_a_slow_reader_of_a_download_keeps_nobody_waiting(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        before = memory_kb(served.pids[0])
        with served.connect() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 10_000)
            slow.sendall(b"GET /big HTTP/1.1\r\nHost: test\r\n\r\n")
            slow.recv(10_000)
            statuses = [served.get("/").status for _ in range(20)]

            assert statuses == [200] * 20
            assert memory_kb(served.pids[0]) - before < 8_000
        assert (tmp_path / "closed").exists()


def test_nothing_is_left_of_downloads_that_are_over(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        before = files_without_a_name(served.pids[0])
        with served.connect() as slow, served.connect() as broken:
            for reader in (slow, broken):
                reader.sendall(b"GET /big HTTP/1.1\r\nHost: test\r\n\r\n")
                reader.recv(10_000)
            for _ in range(3):
                assert hashlib.sha256(served.get("/big").body).hexdigest() == big_digest()
            assert files_without_a_name(served.pids[0]) > before
            broken.close()
            assert sum(iter(lambda: len(slow.recv(65_536)), 0)) > BIG_BYTES - 10_000

        wait_until(lambda: files_without_a_name(served.pids[0]) == before, "the end of what was sent")
        assert served.terminate() == [0]
        assert "rror" not in served.log()


def files_without_a_name(pid: int) -> int:
    """Return how many descriptors a process has of files that have no name any more."""
    count = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it has just been closed
            count += link.readlink().name.endswith(" (deleted)")
    return count


def memory_kb(pid: int) -> int:
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def test_a_download_arrives_exactly(served: Served) -> None:
    answer = served.get("/big")

    assert answer.header("content-length") == [str(BIG_BYTES)]
    assert hashlib.sha256(answer.body).hexdigest() == big_digest()


def test_an_exception_gives_500_and_the_log_holds_no_path(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        answer = served.get("/fail/LJ-SECRET?key=QUERYSECRET")

        assert answer.status == 500
        assert served.get("/").status == 200
        log = served.log()
        assert "A GET request failed: ValueError" in log
        assert "sample_app.py" in log
        assert "SECRET" not in log
        assert "/fail" not in log
