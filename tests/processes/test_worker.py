"""The worker: one step does all that is due, trouble does not end it, and a signal does, after the letter at hand."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liju_contact.domain.letter import Letter
from liju_contact.pictures.maker import GuardedPictureMaker
from liju_contact.processes.export_writer import ExportWriter
from liju_contact.processes.worker import Stopping, Worker
from liju_contact.store.database import Database
from liju_contact.store.deliveries import claim_deliveries
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.find_inquiry import ask_for_links
from liju_contact.usecases.keep_limits import Caller
from liju_contact.usecases.report_health import report_health
from tests.conftest import EXAMPLE, PROJECT, SECRET, Clock
from tests.processes.families import wait_until
from tests.store.counting import locked
from tests.usecases.mails import DirectReader
from tests.usecases.stories import ScriptedCarrier, counts, rows, staged, submit

ANA = "Ana.Souza@usina.example"


def worker_of(deps: Deps, carrier: ScriptedCarrier | None = None) -> Worker:
    return Worker(deps, carrier or ScriptedCarrier(), DirectReader(), GuardedPictureMaker(), "w1", Stopping())


def ask(deps: Deps) -> None:
    ask_for_links(deps, ANA, language="en", caller=Caller(network="net"), now=deps.now())


def test_one_step_does_everything_that_is_due(deps: Deps, clock: Clock) -> None:
    staged(deps, b"nobody sent this")
    clock.move(days=2)
    submit(deps)
    ask(deps)
    worker = worker_of(deps)

    more = [worker.step(), worker.step(), worker.step()]

    assert more == [True, True, False]
    assert [row["state"] for row in rows(deps.db, "delivery")] == ["delivered"] * 3
    assert [row["kind"] for row in rows(deps.db, "letter")][-1] == "status_links"
    assert report_health(deps, now=deps.now()).is_well
    assert {"blob", "link_request"} & set(counts(deps.db)) == set()


def test_signs_of_life_and_sweeping_have_their_own_pace(deps: Deps, clock: Clock) -> None:
    worker = worker_of(deps)
    beats = []
    for seconds in (0, 4, 1, 3600):
        clock.move(seconds=seconds)
        worker.step()
        beats.append(rows(deps.db, "heartbeat")[0]["beat_at"])

    assert [(beat - beats[0]).total_seconds() for beat in beats] == [0, 0, 5, 3605]
    assert (worker.swept_at - beats[0]).total_seconds() == 3605


def test_a_clock_that_is_put_back_lets_nothing_rest_for_a_day(deps: Deps, clock: Clock) -> None:
    worker = worker_of(deps)
    worker.step()
    clock.move(days=-1)

    worker.step()

    now = deps.now()
    assert (worker.beat_at, worker.watched_at, worker.reminded_at) == (now, now, now)
    assert (worker.measured_at, worker.retained_at, worker.swept_at, worker.cleaned_at) == (now, now, now, now)
    assert report_health(deps, now=now).is_well


def test_a_worker_with_nothing_to_do_takes_no_writers_turn(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has one writer, and customers wait for their turn: nobody takes it to look for work."""
    worker, writer = worker_of(deps), ExportWriter(deps, Stopping(), "w1")
    submit(deps)
    while worker.step() or writer.step():
        pass
    turns, begin = list[str](), Database.begin
    monkeypatch.setattr(Database, "begin", lambda db: turns.append("write") or begin(db))  # type: ignore[func-returns-value]

    assert (worker.step(), writer.step(), turns) == (False, False, [])
    submit(deps, nonce="n-2")
    assert (worker.step(), turns != []) == (True, True)


def test_a_new_worker_goes_on_at_once_with_what_the_dead_one_had(deps: Deps, clock: Clock) -> None:
    submit(deps)
    with deps.db.begin() as tx:
        claim_deliveries(tx, holder="w1", limit=1, lease=timedelta(minutes=5), now=clock.now())
        claim_deliveries(tx, holder="somebody else", limit=1, lease=timedelta(minutes=5), now=clock.now())
    carrier = ScriptedCarrier()

    worker_of(deps, carrier).step()

    assert carrier.recipients == ["sales@liju.example"]
    assert [row["state"] for row in rows(deps.db, "delivery")] == ["delivered", "sending"]


def test_a_busy_database_does_not_end_the_worker(deps: Deps, caplog: pytest.LogCaptureFixture) -> None:
    submit(deps)
    impatient = replace(deps, db=Database(deps.db.url, busy_seconds=0.1))
    worker = worker_of(impatient)
    with deps.db.begin() as tx:
        tx.exec_driver_sql("INSERT INTO rate VALUES ('n', '2026-11-23 00:00:00', 0)")
        if not deps.db.is_sqlite:
            tx.exec_driver_sql("INSERT INTO heartbeat VALUES ('worker', '2026-11-23 00:00:00')")

    if deps.db.is_sqlite:
        with locked(deps.db, seconds=0.5):
            pause = worker._guarded_step()
    else:
        with deps.db.begin() as tx:
            tx.exec_driver_sql("SELECT * FROM heartbeat FOR UPDATE")
            pause = worker._guarded_step()

    assert pause == 2
    assert [(record.levelno, record.message[:34]) for record in caplog.records] == [
        (logging.WARNING, "The worker waits for the database:")
    ]
    assert worker._guarded_step() == 0  # the lock is gone, and there was something to do
    assert {row["state"] for row in rows(deps.db, "delivery")} == {"delivered"}
    impatient.db.close()


def test_a_fault_of_ours_does_not_end_the_worker(deps: Deps, caplog: pytest.LogCaptureFixture) -> None:
    submit(deps)

    def break_down(_claimed: object) -> None:
        raise ZeroDivisionError

    pause = worker_of(deps, ScriptedCarrier(when_carrying=break_down))._guarded_step()

    assert pause == 2
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (logging.ERROR, "A step of the worker failed; it goes on.")
    ]


def test_a_request_for_links_that_fails_does_not_hold_up_the_letters(deps: Deps) -> None:
    class Speechless:
        """A letter writer that cannot write this one letter."""

        def __getattr__(self, name: str) -> Any:
            return getattr(deps.letters, name)

        def status_links(self, *_inquiries: object, **_language: object) -> Letter:
            raise ZeroDivisionError

    submit(deps)
    ask(deps)
    worker = worker_of(replace(deps, letters=Speechless()))

    worker._guarded_step()

    assert [row["state"] for row in rows(deps.db, "delivery")] == ["delivered"] * 2
    assert counts(deps.db)["link_request"] == 1


def test_a_worker_that_was_told_to_stop_ends_without_a_step(deps: Deps) -> None:
    submit(deps)
    worker = worker_of(deps)
    worker.stopping.set()

    worker.run()

    assert {row["state"] for row in rows(deps.db, "delivery")} == {"queued"}


SLOW_WORKER = """
import sys, time
from dataclasses import replace
from pathlib import Path
from liju_contact.app import make_deps
from liju_contact.config import load_settings
from liju_contact.processes.worker import Stopping, run_worker
from tests.usecases.stories import ScriptedCarrier

notes = Path(sys.argv[1], "notes")

def slowly(claimed):
    with notes.open("a") as file: file.write("begun ")
    time.sleep(0.7)
    with notes.open("a") as file: file.write("done ")

deps = make_deps(load_settings(Path(sys.argv[1]), {}))
run_worker(replace(deps, new_carrier=lambda: ScriptedCarrier(when_carrying=slowly)), holder='w1')
"""


@contextmanager
def slow_worker(instance: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", SLOW_WORKER, str(instance)], cwd=PROJECT) as worker:
        try:
            yield worker
        finally:
            worker.kill()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sigterm_ends_the_worker_after_the_letter_at_hand(deps: Deps, clock: Clock, tmp_path: Path) -> None:
    clock.move(days=-9999)  # the worker looks at a real clock, and these letters are due
    (tmp_path / "config.toml").write_text(EXAMPLE.read_text("utf-8").replace("@secret@", SECRET), "utf-8")
    submit(deps)
    notes = tmp_path / "notes"
    notes.touch()

    with slow_worker(tmp_path) as worker:
        wait_until(lambda: notes.read_text() == "begun ", "the first letter")
        worker.terminate()
        assert worker.wait(30) == 0  # at the lowest priority a busy machine leaves it little

    assert notes.read_text() == "begun done "
    assert sorted(row["state"] for row in rows(deps.db, "delivery")) == ["delivered", "queued"]
    assert {row["lease_holder"] for row in rows(deps.db, "delivery")} == {None}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sigterm_ends_an_idle_worker_at_once(deps: Deps, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(EXAMPLE.read_text("utf-8").replace("@secret@", SECRET), "utf-8")
    (tmp_path / "notes").touch()

    with slow_worker(tmp_path) as worker:
        wait_until(lambda: "heartbeat" in counts(deps.db), "a sign of life")
        worker.terminate()
        assert worker.wait(20) == 0  # it runs at the lowest priority, and a letter would take longer
