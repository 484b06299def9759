"""Limits hold exactly, however many count at once: threads, processes, both databases, and Redis as another counter."""

from __future__ import annotations

import shutil
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liju_contact.domain.errors import TooOften
from liju_contact.domain.public_door import PublicDoor
from liju_contact.redis_counter import RedisCounter
from liju_contact.store.database import BUSY_SECONDS
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Caller, count_entry, count_wrong_key, gate_of
from liju_contact.usecases.rate_counter import Counted, DatabaseCounter, RateCounter
from liju_contact.usecases.submit_inquiry import submit_inquiry
from tests.conftest import ONE_DATABASE, Clock
from tests.launcher import CONTEXT
from tests.limits import with_limits
from tests.usecases.hammer import hammer
from tests.usecases.stories import NEW, at_once, counts, rows, submit

HOUR = timedelta(hours=1)
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OFFICE = Caller(network="203.0.113.0/24")
PROCESSES, TRIES, LIMIT = 4, 25, 60


def test_exactly_the_limit_goes_through_from_several_processes(deps: Deps) -> None:
    settings = with_limits(deps, PublicDoor.INQUIRY, per_network=LIMIT, per_subject=0, in_all=0).settings
    begin, through = CONTEXT.Event(), CONTEXT.Queue()
    processes = [CONTEXT.Process(target=hammer, args=(settings, TRIES, begin, through)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    begin.set()
    counted = [through.get(timeout=100) for _ in processes]
    for process in processes:
        process.join(30)

    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert sum(counted) == LIMIT < PROCESSES * TRIES


def test_exactly_the_limit_goes_through_by_whole_submissions_at_once(deps: Deps) -> None:
    deps = with_limits(deps, PublicDoor.INQUIRY, per_network=5)

    def send(turn: int) -> bool:
        gate = gate_of(deps, PublicDoor.INQUIRY, OFFICE, who=f"{turn}@a.example", now=deps.now())
        try:
            submit_inquiry(deps, replace(NEW, nonce=f"n-{turn}", email=f"{turn}@a.example"), now=deps.now(), gate=gate)
        except TooOften:
            return False
        return True

    assert sum(at_once(8, send)) == 5
    assert counts(deps.db)["inquiry"] == counts(deps.db)["message"] == 5


def test_window_passes_and_addresses_are_not_named(deps: Deps, clock: Clock) -> None:
    deps = with_limits(deps, PublicDoor.INQUIRY, per_subject=1)

    def count() -> bool:
        try:
            with deps.db.begin() as tx:
                count_entry(deps, tx, PublicDoor.INQUIRY, OFFICE, who="Ana@usina.example", now=deps.now())
        except TooOften:
            return False
        return True

    before = [count(), count()]
    clock.move(hours=1)

    assert (before, count()) == ([True, False], True)
    assert "usina" not in repr(rows(deps.db, "rate"))
    assert "203.0.113" not in repr(rows(deps.db, "rate"))


@ONE_DATABASE  # PostgreSQL has no one place for all who write
def test_wrong_key_does_not_wait_for_a_busy_database(deps: Deps) -> None:
    with deps.db.begin():
        began_at = time.monotonic()
        count_wrong_key(deps, OFFICE, now=deps.now())

    assert time.monotonic() - began_at < BUSY_SECONDS / 2
    assert rows(deps.db, "rate") == []


# --- Redis as the counter ---------------------------------------------------------------------------------------------


class _Resp(socketserver.StreamRequestHandler):
    """As much of Redis as a pipeline of INCRBY and EXPIRE needs, in the wire format RESP."""

    def handle(self) -> None:
        queued: list[list[bytes]] | None = None
        while words := self._command():
            name = words[0].upper()
            if name == b"MULTI":
                queued = []
                self.wfile.write(b"+OK\r\n")
            elif name == b"EXEC":
                answers = b"".join(self._answer(one) for one in queued or [])
                self.wfile.write(b"*%d\r\n%s" % (len(queued or []), answers))
                queued = None
            elif queued is not None:
                queued.append(words)
                self.wfile.write(b"+QUEUED\r\n")
            else:
                self.wfile.write(self._answer(words))

    def _command(self) -> list[bytes]:
        head = self.rfile.readline()
        if not head.startswith(b"*"):
            return []
        words = []
        for _ in range(int(head[1:])):
            length = int(self.rfile.readline()[1:])
            words.append(self.rfile.read(length + 2)[:-2])
        return words

    def _answer(self, words: list[bytes]) -> bytes:
        server: _RespServer = self.server  # type: ignore[assignment]  # the one it was made by
        name = words[0].upper()
        if name == b"INCRBY":
            with server.lock:
                server.counts[words[1]] = server.counts.get(words[1], 0) + int(words[2])
                return b":%d\r\n" % server.counts[words[1]]
        if name == b"EXPIRE":
            server.lifetimes.add(int(words[2]))
            return b":1\r\n"
        if name in {b"CLIENT", b"SELECT", b"PING"}:
            return b"+OK\r\n"
        return b"-ERR unknown command\r\n"


class _RespServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Resp)
        self.counts: dict[bytes, int] = {}
        self.lifetimes: set[int] = set()
        self.lock = threading.Lock()


@contextmanager
def _own_redis() -> Iterator[str]:
    with _RespServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
        server.shutdown()


@contextmanager
def _real_redis(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("No redis-server is installed: the contract runs over the tests' own RESP server alone.")
    path = tmp_path / "redis.sock"
    arguments = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.02)
        yield f"unix://{path}"
    finally:
        process.terminate()
        process.wait(20)


class _NoCounter:
    """Stands where the database would count, and must not be asked."""

    def count(self, tx: object, counted: object) -> list[int]:  # noqa: ARG002  # as the port has it
        raise AssertionError(f"{counted} was counted in the database.")


@pytest.fixture(params=["database", "real Redis", "own Redis"])
def counter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RateCounter]:
    if request.param == "database":
        yield DatabaseCounter()
        return
    with _real_redis(tmp_path) if request.param == "real Redis" else _own_redis() as url:
        redis = RedisCounter(url, meanwhile=_NoCounter())
        yield redis
        redis.close()


def counted(subject: str, *, amount: int = 1, start: datetime = START) -> Counted:
    return Counted(subject=subject, window_start=start, window=HOUR, amount=amount)


@ONE_DATABASE
class TestEveryCounter:
    """What every counter does."""

    def test_counts_each_subject_by_its_amount_in_their_order(self, deps: Deps, counter: RateCounter) -> None:
        with deps.db.begin() as tx:
            answers = [
                counter.count(tx, [counted("b"), counted("a", amount=5)]),
                counter.count(tx, [counted("a", amount=2), counted("b")]),
                counter.count(tx, []),
            ]

        assert answers == [[1, 5], [7, 2], []]

    def test_counts_each_window_from_nothing(self, deps: Deps, counter: RateCounter) -> None:
        with deps.db.begin() as tx:
            answers = [counter.count(tx, [counted("a", start=start)]) for start in (START, START, START + HOUR)]

        assert answers == [[1], [2], [1]]

    def test_loses_none_of_many_at_once(self, deps: Deps, counter: RateCounter) -> None:
        def count(_turn: int) -> list[int]:
            seen = []
            for _ in range(10):
                with deps.db.begin() as tx:
                    seen += counter.count(tx, [counted("a")])
            return seen

        assert sorted(number for share in at_once(4, count) for number in share) == list(range(1, 41))


@ONE_DATABASE
def test_redis_that_is_away_is_replaced_by_the_database_and_left_alone_for_a_while(
    deps: Deps, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ticks = [0.0]
    counter = RedisCounter(
        f"redis://:secret@127.0.0.1:{port}/0", meanwhile=DatabaseCounter(), monotonic=lambda: ticks[0]
    )

    with deps.db.begin() as tx:
        answers = [counter.count(tx, [counted("a")]) for _ in range(3)]
        ticks[0] = 11.0
        answers.append(counter.count(tx, [counted("a")]))

    assert answers == [[1], [2], [3], [4]]
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "secret" not in caplog.text


@ONE_DATABASE
def test_silent_redis_holds_nobody_up(deps: Deps) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        counter = RedisCounter(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", meanwhile=DatabaseCounter())
        with deps.db.begin() as tx:
            answers = [counter.count(tx, [counted("a")]) for _ in range(5)]
        asked = count_waiting(silent)

    assert answers == [[1], [2], [3], [4], [5]]
    assert asked == 1, "who was silent is not asked again for a while"


def count_waiting(listener: socket.socket) -> int:
    """Return how many connections nobody took."""
    listener.settimeout(0)
    count = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            count += 1
    return count


@ONE_DATABASE
def test_inquiry_that_was_stored_before_passes_no_gate(deps: Deps) -> None:
    first = submit(deps)

    with pytest.raises(TooOften), deps.db.begin() as tx:
        count_entry(
            with_limits(deps, PublicDoor.INQUIRY, per_network=0, per_subject=0, in_all=1),
            tx,
            PublicDoor.INQUIRY,
            OFFICE,
            amount=2,
            now=deps.now(),
        )

    assert submit(deps).reference == first.reference
