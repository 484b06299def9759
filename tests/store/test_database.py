"""Transactions on both databases: what is really set, who waits for whom, and how each trouble is called."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from liju_contact.domain.errors import Conflict, StoreBusy, StoreFull
from liju_contact.store.database import BUSY_SECONDS, Database

READ = text("SELECT happened_count FROM rate WHERE subject = 'n'")
WRITE = text("UPDATE rate SET happened_count = :count WHERE subject = 'n'")
START = text("INSERT INTO rate (subject, window_start, happened_count) VALUES ('n', '2026-11-23 00:00:00', 0)")
LOCK = {"sqlite": "SELECT 1", "postgresql": "SELECT * FROM rate FOR UPDATE"}  # SQLite's writers exclude each other


@pytest.fixture
def counting(db: Database) -> Database:
    """A database with one row, ``n``, that counts."""
    with db.begin() as tx:
        tx.execute(START)
    return db


def count_of(db: Database) -> int:
    with db.read() as tx:
        return int(tx.execute(READ).scalar_one())


def rows_of_rate(db: Database) -> int:
    with db.read() as tx:
        return int(tx.execute(text("SELECT count(*) FROM rate")).scalar_one())


def count_once_more(tx: Connection) -> None:
    """Read, then write what was read plus one: two who do it side by side lose one count."""
    lock = "" if tx.dialect.name == "sqlite" else " FOR UPDATE"
    count = tx.execute(text(f"{READ.text}{lock}")).scalar_one()
    tx.execute(WRITE, {"count": count + 1})


def in_threads(number: int, work: Callable[[], None]) -> None:
    faults: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as fault:  # noqa: BLE001  # shown by the thread that waits
            faults.append(fault)

    threads = [threading.Thread(target=guarded) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@contextmanager
def locked(db: Database, *, seconds: float) -> Iterator[None]:
    """Let somebody else hold the row, and on SQLite the database, for so long."""
    holding = threading.Event()

    def hold() -> None:
        other = Database(db.url)
        with other.begin() as tx:
            tx.execute(text(LOCK[tx.dialect.name]))
            holding.set()
            time.sleep(seconds)
        other.close()

    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait()
    try:
        yield
    finally:
        holder.join()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_sqlite_connection_is_safe_and_patient(db: Database) -> None:
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")

    with db.begin() as first, db.read() as second:
        found = [[tx.execute(text(f"PRAGMA {name}")).scalar_one() for name in pragmas] for tx in (first, second)]

    full = 2
    assert found == [["wal", full, 1, int(BUSY_SECONDS * 1000)]] * 2


def test_read_then_write_by_four_threads_loses_no_count(counting: Database) -> None:
    def count_25_times() -> None:
        for _ in range(25):
            with counting.begin() as tx:
                count_once_more(tx)

    in_threads(4, count_25_times)

    assert count_of(counting) == 100


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_read_then_write_by_four_processes_loses_no_count(counting: Database) -> None:
    source = (
        "import sys; from sqlalchemy import text; from liju_contact.store.database import Database\n"
        "database = Database(sys.argv[1])\n"
        "for _ in range(25):\n"
        "    with database.begin() as tx:\n"
        f"        count = tx.execute(text({READ.text!r})).scalar_one()\n"
        f"        tx.execute(text({WRITE.text!r}), {{'count': count + 1}})\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", source, counting.url]) for _ in range(4)]

    statuses = [writer.wait(60) for writer in writers]

    assert statuses == [0, 0, 0, 0]
    assert count_of(counting) == 100


def test_a_writer_waits_for_its_turn(counting: Database) -> None:
    seconds = 3.0 if counting.is_sqlite else 1.0  # SQLite only looks again now and then, so it is given long to look
    begun = time.monotonic()

    with locked(counting, seconds=seconds), counting.begin() as tx:
        count_once_more(tx)

    assert time.monotonic() - begun > seconds - 0.1
    assert count_of(counting) == 1


def test_a_lock_that_outlasts_our_patience_is_store_busy(counting: Database) -> None:
    impatient = Database(counting.url, busy_seconds=0.3)

    with locked(counting, seconds=1.5):
        begun = time.monotonic()
        with pytest.raises(StoreBusy), impatient.begin() as tx:
            count_once_more(tx)
        waited = time.monotonic() - begun

    assert 0.25 < waited < 1.2
    with impatient.begin() as tx:  # and when the lock is gone, the same Database works
        count_once_more(tx)
    assert count_of(counting) == 1
    impatient.close()


def test_a_reader_does_not_wait_for_a_writer(counting: Database) -> None:
    with locked(counting, seconds=0.5):
        begun = time.monotonic()
        assert count_of(counting) == 0
        assert time.monotonic() - begun < 0.3


def test_a_reading_transaction_sees_one_moment(counting: Database) -> None:
    with counting.read() as reader:
        before = reader.execute(READ).scalar_one()
        with counting.begin() as writer:
            count_once_more(writer)
        after = reader.execute(READ).scalar_one()

    assert (before, after, count_of(counting)) == (0, 0, 1)


def test_a_connection_that_read_writes_again_afterwards(counting: Database) -> None:
    """The pool hands the same connection to readers and writers; what a reader set must not stay on it."""
    for _ in range(3):
        count_of(counting)
        with counting.begin() as tx:
            count_once_more(tx)

    assert count_of(counting) == 3


def test_an_exception_rolls_back(counting: Database) -> None:
    def count_and_fail() -> None:
        with counting.begin() as tx:
            count_once_more(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        count_and_fail()

    assert count_of(counting) == 0


def test_a_pool_without_a_free_connection_is_store_busy(db: Database) -> None:
    small = Database(db.url, busy_seconds=0.2, pool_size=1)

    with small.read(), small.read(), pytest.raises(StoreBusy, match="no free connection"), small.read():
        pass

    small.close()


def test_writing_a_unique_value_twice_is_a_conflict(counting: Database) -> None:
    with pytest.raises(Conflict), counting.begin() as tx:
        tx.execute(START)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_store_full_and_leaves_what_was_there(db: Database) -> None:
    with db.begin() as tx:
        tx.execute(START)

    def fill(page_count: int) -> None:
        filling = text("INSERT INTO rate VALUES (:subject, '2026-11-23 00:00:00', 1)")
        with db.begin() as tx:
            tx.execute(text(f"PRAGMA max_page_count = {page_count}"))  # 1: what is there stays, and not one page more
            tx.execute(filling, [{"subject": f"{n}{'x' * 3000}"} for n in range(100)])

    with pytest.raises(StoreFull, match="disk of the database is full"):
        fill(page_count=1)

    assert rows_of_rate(db) == 1
    fill(page_count=1_000_000)  # and when there is room again, it goes on
    assert rows_of_rate(db) == 101


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_without_room_is_store_full(db: Database) -> None:
    no_room = "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$"

    with pytest.raises(StoreFull, match="no room left"), db.begin() as tx:
        tx.execute(text(no_room))


def test_a_missing_table_is_no_busy_database(db: Database) -> None:
    with pytest.raises(DBAPIError, match="nowhere"), db.read() as tx:
        tx.execute(text("SELECT * FROM nowhere"))


def test_wrong_sql_is_no_busy_database(db: Database) -> None:
    with pytest.raises(DBAPIError), db.begin() as tx:
        tx.execute(text("SELEKT 1"))


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nowhere/at/all/liju.db", "postgresql+psycopg://nobody@127.0.0.1:1/nothing"],
    ids=["sqlite", "postgresql"],
)
def test_a_database_that_is_not_there_is_store_busy(url: str) -> None:
    database = Database(url, busy_seconds=0.2)

    with pytest.raises(StoreBusy), database.read():
        pass


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_ends_our_connections_is_met_again(db: Database, postgresql_admin: Engine) -> None:
    with db.read() as tx:
        name = tx.execute(text("SELECT current_database()")).scalar_one()
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")

    with postgresql_admin.connect() as admin:
        ended = admin.execute(end, {"name": name}).all()

    assert len(ended) == 1
    with db.begin() as tx:
        tx.execute(START)
    assert count_of(db) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_lost_in_the_middle_is_store_busy_and_the_next_one_works(
    counting: Database, postgresql_admin: Engine
) -> None:
    def count_while_it_goes() -> None:
        with counting.begin() as tx:
            pid = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with postgresql_admin.connect() as admin:
                admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            count_once_more(tx)

    with pytest.raises(StoreBusy):
        count_while_it_goes()

    assert count_of(counting) == 0


def test_eight_who_open_a_new_sqlite_database_at_once_all_get_in(tmp_path: Path) -> None:
    """Switching to WAL is the one thing SQLite does not wait for by itself."""
    for turn in range(10):
        databases = [Database(f"sqlite:///{tmp_path / f'{turn}.db'}") for _ in range(8)]
        waiting = iter(databases)
        ready = threading.Barrier(len(databases))

        def open_one(waiting: Iterator[Database] = waiting, ready: threading.Barrier = ready) -> None:
            database = next(waiting)
            ready.wait()
            with database.begin():
                pass
            database.close()

        in_threads(len(databases), open_one)


def test_nothing_is_opened_before_the_first_use(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'liju.db'}").close()

    assert list(tmp_path.iterdir()) == []


def test_a_process_forked_after_close_has_a_connection_of_its_own(counting: Database) -> None:
    counting.close()

    child = os.fork()
    if child == 0:
        status = 1
        try:
            with counting.begin() as tx:
                count_once_more(tx)
            counting.close()
            status = 0
        finally:
            os._exit(status)

    with counting.begin() as tx:
        count_once_more(tx)
    assert os.waitpid(child, 0)[1] == 0
    assert count_of(counting) == 2


def test_what_the_driver_said_stays_readable(tmp_path: Path) -> None:
    """A directory in the database's place: the sentence for the operator names the driver's reason."""
    database = Database(f"sqlite:///{tmp_path}")

    with pytest.raises(StoreBusy, match="unable to open database file") as busy, database.read():
        pass

    cause: Any = busy.value.__cause__
    assert isinstance(cause, OperationalError)
    assert getattr(cause.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_CANTOPEN
