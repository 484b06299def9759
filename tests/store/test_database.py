"""Transactions on both databases: what is really set, who waits for whom, and what everybody sees."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from liju_contact.domain.errors import StoreBusy
from liju_contact.store.database import BUSY_SECONDS, Database
from tests.store.counting import READ, WRITE, count_of, count_once_more, held, in_threads, locked


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

    with held(counting):
        begun = time.monotonic()
        with pytest.raises(StoreBusy), impatient.begin() as tx:
            count_once_more(tx)
        waited = time.monotonic() - begun

    assert 0.25 < waited < BUSY_SECONDS / 2
    with impatient.begin() as tx:  # and when the lock is gone, the same Database works
        count_once_more(tx)
    assert count_of(counting) == 1
    impatient.close()


def test_a_reader_does_not_wait_for_a_writer(counting: Database) -> None:
    with held(counting):
        assert count_of(counting) == 0


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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_hurried_writer_waits_briefly_and_the_others_as_ever(counting: Database) -> None:
    with held(counting):
        begun = time.monotonic()
        with pytest.raises(StoreBusy), counting.hurried(), counting.begin() as tx:
            count_once_more(tx)
        waited = time.monotonic() - begun
    with locked(counting, seconds=0.5), counting.begin() as tx:  # on the same connection, and with patience again
        count_once_more(tx)

    assert waited < BUSY_SECONDS / 2
    assert count_of(counting) == 1


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
