"""Databases that are locked, full, away or broken off: how each trouble is called, and that it passes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from liju_contact.domain.errors import Conflict, StoreBusy, StoreFull
from liju_contact.store.database import Database
from tests.store.counting import READ, START, count_of, count_once_more, in_threads, rows_of_rate


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


def test_reading_each_begins_no_transaction_and_leaves_the_connection_as_it_was(counting: Database) -> None:
    with counting.read_each() as tx:
        before = (tx.execute(READ).scalar_one(), is_in_transaction(tx))
    with counting.begin() as tx:
        count_once_more(tx)

    with counting.read_each() as tx:
        after = (tx.execute(READ).scalar_one(), is_in_transaction(tx))
    with counting.read() as tx:
        whole = (tx.execute(READ).scalar_one(), is_in_transaction(tx))

    assert (before, after, whole) == ((0, False), (1, False), (1, True))


def is_in_transaction(tx: Connection) -> bool:
    raw: Any = tx.connection.dbapi_connection
    if tx.dialect.name == "sqlite":
        return bool(raw.in_transaction)
    return bool(raw.info.transaction_status != TransactionStatus.IDLE)


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
    # With a timeout it waits until they have ended.
    end = text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name")

    with postgresql_admin.connect() as admin:
        ended = admin.execute(end, {"name": name}).scalars().all()

    assert len(ended) >= 1  # ours, and perhaps a worker of the server itself
    assert all(ended)
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


def test_what_the_driver_said_stays_readable(tmp_path: Path) -> None:
    """A directory in the database's place: the sentence for the operator names the driver's reason."""
    database = Database(f"sqlite:///{tmp_path}")

    with pytest.raises(StoreBusy, match="unable to open database file") as busy, database.read():
        pass

    cause: Any = busy.value.__cause__
    assert isinstance(cause, OperationalError)
    assert getattr(cause.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_CANTOPEN
