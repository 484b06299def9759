"""Opens the database and its transactions, the same way on SQLite and PostgreSQL (D2, D3).

``Database.begin()`` is for writing, ``Database.read()`` for reading; both are used by ``usecases`` only. What the
drivers say when the database is locked, away or full becomes ``StoreBusy`` or ``StoreFull``.

SQLite: pysqlite's own transaction handling is switched off, because it opens none for SELECT and so lets two writers
read the same row and both "succeed"; a writer says ``BEGIN IMMEDIATE`` instead, which waits for its turn before it
reads.
"""

from __future__ import annotations

import select
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from liju_contact.domain.errors import Conflict, StoreBusy, StoreFull

BUSY_SECONDS = 10.0
HURRIED_SECONDS = 0.05
_FIRST_PAUSE_SECONDS = 0.0002
_LONGEST_PAUSE_SECONDS = 0.05
ROOM_BYTES = 16 * 1024 * 1024
_WAL_RETRY_SECONDS = 0.01
_WAITS = "liju_waits"  # seconds; a connection with this option writes
_ALONE = "liju_alone"  # a connection with this option begins no transaction


class Database:
    """One engine, opened at first use so that a process may fork before it (connections do not survive a fork)."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS, pool_size: int = 5) -> None:
        self.url = url
        self._busy_seconds = busy_seconds
        self._pool_size = pool_size
        self._opening = threading.Lock()
        self._patience = threading.local()
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        with self._opening:
            if self._engine is None:
                make = _sqlite_engine if self.is_sqlite else _postgresql_engine
                self._engine = make(self.url, self._busy_seconds, self._pool_size)
            return self._engine

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A writing transaction: committed at the end, rolled back by any exception."""
        with _translated(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.execution_options(**{_WAITS: getattr(self._patience, "seconds", self._busy_seconds)})
            else:
                connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                yield connection

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Within this, writers of this thread wait for SQLite's one writer's place only briefly, then ``StoreBusy``.

        For a caller who serves others meanwhile and can try again where waiting hurts nobody.
        """
        before = getattr(self._patience, "seconds", self._busy_seconds)
        self._patience.seconds = HURRIED_SECONDS
        try:
            yield
        finally:
            self._patience.seconds = before

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A reading transaction: one consistent view, never blocked by a writer."""
        with _translated(), self.engine.connect() as connection:
            if not self.is_sqlite:  # SQLite sees one snapshot from the first SELECT on, PostgreSQL only when asked
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read_each(self) -> Iterator[Connection]:
        """For statements that need not agree on a moment: each is a transaction by itself.

        To begin one and to end it are two ways to a server, which take as long as what is read.
        """
        with _translated(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.execution_options(**{_ALONE: True})
            yield connection

    @contextmanager
    def outside(self) -> Iterator[Callable[[str], list[Any]]]:
        """Run statements without any transaction, for what cannot be done in one: VACUUM, checkpoints, new indexes."""
        with _translated(), self.engine.connect() as connection:
            if self.is_sqlite:
                raw: Any = connection.connection.dbapi_connection
                yield lambda statement: raw.execute(statement).fetchall()
                return
            connection.exec_driver_sql("SET statement_timeout = 0")  # a large table takes its time
            yield lambda statement: _rows(connection.exec_driver_sql(statement))
            connection.exec_driver_sql("RESET statement_timeout")

    def has_room(self) -> bool:
        """Tell whether the disk of a SQLite file can take more than a few inquiries; a server looks to its own."""
        path = make_url(self.url).database
        return not self.is_sqlite or not path or shutil.disk_usage(Path(path).parent).free > ROOM_BYTES

    def close(self) -> None:
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None


def _rows(result: CursorResult[Any]) -> list[Any]:
    return list(result) if result.returns_rows else []


def _sqlite_engine(url: str, busy_seconds: float, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # what customers wrote stays out of the log, whatever statement fails
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=busy_seconds,
        connect_args={"timeout": busy_seconds},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        _use_wal(cursor, busy_seconds)
        # What is deleted or changed is overwritten: what a customer wrote must not stay between the rows of the file.
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        raw: Any = connection.connection.dbapi_connection
        if _WAITS in options:
            _begin_writing(raw, options[_WAITS])
        elif _ALONE not in options:
            raw.execute("BEGIN")

    return engine


def _begin_writing(connection: sqlite3.Connection, seconds: float) -> None:
    """Take the one writer's place, waiting at most so long; raises ``StoreBusy``.

    SQLite's own waiting sleeps for 1, 2, 5, 10 ms and more, and a writer is done in one: asking more often at first
    lets far more through when processes meet.
    """
    give_up_at, pause = time.monotonic() + seconds, _FIRST_PAUSE_SECONDS
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while not _has_begun(connection):
            if time.monotonic() > give_up_at:
                raise StoreBusy("The database is locked by another process.")
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
    finally:
        connection.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")


def _has_begun(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True


def _use_wal(cursor: sqlite3.Cursor, busy_seconds: float) -> None:
    """Switch the database to WAL, where it stays; two programs that open a new one at once have to take turns.

    SQLite itself does not wait here, whatever the busy timeout: it says at once that the database is locked.
    """
    give_up_at = time.monotonic() + busy_seconds
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
            time.sleep(_WAL_RETRY_SECONDS)
        else:
            return


def _postgresql_engine(url: str, busy_seconds: float, pool_size: int) -> Engine:
    milliseconds = int(busy_seconds * 1000)
    options = {
        "lock_timeout": milliseconds,
        "statement_timeout": 3 * milliseconds,
        "timezone": "UTC",
        "random_page_cost": 1.1,  # what is asked for lies in memory, or on a disk that has no head to move
    }
    engine = create_engine(
        url,
        hide_parameters=True,  # what customers wrote stays out of the log, whatever statement fails
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=busy_seconds,
        isolation_level="AUTOCOMMIT",  # but in a transaction: a connection is switched for these, not for single reads
        connect_args={"options": _as_options(options), "connect_timeout": max(2, int(busy_seconds))},
    )

    @event.listens_for(engine, "checkout")
    def check(connection: Any, _record: Any, _proxy: Any) -> None:
        if _has_word(connection.fileno()):
            raise InvalidatePoolError("The server has closed its connections.")

    return engine


def _as_options(settings: Mapping[str, object]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _has_word(descriptor: int) -> bool:
    """Tell whether a server that was asked nothing has said something, which is its farewell.

    Looking at the socket finds what asking the server would, without going there before each transaction.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the drivers raise for a locked, absent or full database into errors of the house.

    A fault of ours (a missing table, wrong SQL) stays what it is: it must not look like a database that is busy.
    """
    try:
        yield
    except PoolTimeout as error:
        raise StoreBusy("The database has no free connection.") from error
    except IntegrityError as error:
        raise Conflict("The same was written by somebody else at the same moment.") from error
    except sqlite3.Error as error:
        raise _store_error(error) or error from error
    except (OperationalError, InterfaceError) as error:
        if (store_error := _store_error(error.orig)) is None:
            raise
        raise store_error from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreBusy("The connection to the database was lost.") from error
        if type(error.orig) is sqlite3.DatabaseError:  # neither locked nor full: damaged, or another kind of file
            raise StoreBusy(f"The database cannot be used: {error.orig}.") from error
        raise


def _store_error(original: BaseException | None) -> StoreBusy | None:
    """Tell a full disk from a database that is busy; SQLite by its result code, PostgreSQL by SQLSTATE class 53."""
    if not isinstance(original, sqlite3.Error):
        if str(getattr(original, "sqlstate", "")).startswith("53"):
            return StoreFull("The database server has no room left.")
        return StoreBusy("The database server is out of reach or busy.")
    match getattr(original, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return StoreFull("The disk of the database is full.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy("The database is locked by another process.")
        case sqlite3.SQLITE_ERROR:
            return None
    return StoreBusy(f"The database cannot be used now: {original}")
