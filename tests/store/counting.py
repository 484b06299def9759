"""A row that counts, and those who count on it: side by side, in threads, under a lock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from liju_contact.store.database import Database

READ = text("SELECT happened_count FROM rate WHERE subject = 'n'")
WRITE = text("UPDATE rate SET happened_count = :count WHERE subject = 'n'")
START = text("INSERT INTO rate (subject, window_start, happened_count) VALUES ('n', '2026-11-23 00:00:00', 0)")
LOCK = {"sqlite": "SELECT 1", "postgresql": "SELECT * FROM rate FOR UPDATE"}  # SQLite's writers exclude each other


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
def held(db: Database) -> Iterator[None]:
    """Hold the row, and on SQLite the database, all the while, as somebody else would."""
    other = Database(db.url)
    with other.begin() as tx:
        tx.execute(text(LOCK[tx.dialect.name]))
        yield
    other.close()


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
