"""The schema on both databases: migrations build what the tables say, once; a newer program's database is refused."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from liju_contact.domain.errors import SchemaMismatch
from liju_contact.store import schema
from liju_contact.store.database import Database
from liju_contact.store.deliveries import deliveries_of
from liju_contact.store.events import events_of
from liju_contact.store.inquiries import newest_inquiries_of
from liju_contact.store.messages import messages_of
from liju_contact.store.schema import HEAD, check_schema, known_revisions, migrate, revision
from liju_contact.store.table import Table

_PAST = Path(__file__).parent / "past"  # one inquiry each, as the program with that schema wrote it
NEWER = (
    "The database was written by a newer program (schema 9999; this one knows up to 0007). "
    "Start the newer program, or restore a backup from before its first start."
)


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    with contextlib.closing(Database(database_url)) as database:
        yield database


def rows_of_version(db: Database) -> list[str]:
    with db.read() as tx:
        return list(tx.execute(text("SELECT version_num FROM alembic_version")).scalars())


def pretend_newer(db: Database) -> None:
    with db.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("asks", [migrate, check_schema])
def test_a_server_that_is_too_old_is_refused_before_anything_is_written(
    empty: Database, monkeypatch: pytest.MonkeyPatch, asks: Callable[[Database], object]
) -> None:
    with empty.read():  # the version is asked for when the first connection is made
        monkeypatch.setattr(empty.engine.dialect, "server_version_info", (13, 4))

    with pytest.raises(SchemaMismatch, match=r"PostgreSQL 13\.4, and this program needs 14 or later\."):
        asks(empty)
    with empty.read() as tx:
        assert revision(tx) is None


def test_migrating_an_empty_database_makes_exactly_the_tables(empty: Database) -> None:
    migrate(empty)

    with empty.read() as tx:
        # The words that are searched are indexed in each database's own way, which no table of ours describes.
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, _type, _parents: not str(name).startswith(("search_words", "ix_search_words")),
        }
        context = MigrationContext.configure(tx, opts=options)
        differences = compare_metadata(context, Table.metadata)
    assert differences == []
    empty.close()


def test_head_is_the_newest_migration() -> None:
    files = sorted(path.name[:4] for path in Path(schema.__file__).parent.glob("migrations/versions/[0-9]*.py"))

    assert files[-1] == HEAD
    assert known_revisions() == set(files)


def test_migrating_tells_whether_there_was_something_to_do(empty: Database) -> None:
    assert (migrate(empty), migrate(empty)) == (True, False)
    assert rows_of_version(empty) == [HEAD]
    empty.close()


def test_two_programs_migrating_at_once_migrate_once(database_url: str) -> None:
    came_to: list[bool] = []
    at_once = threading.Barrier(2)

    def start_a_program() -> None:
        database = Database(database_url)
        at_once.wait()
        came_to.append(migrate(database))
        database.close()

    programs = [threading.Thread(target=start_a_program) for _ in range(2)]
    for program in programs:
        program.start()
    for program in programs:
        program.join()

    assert sorted(came_to) == [False, True]


def test_two_processes_opening_a_new_database_at_once_both_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'liju.db'}"
    source = (
        "import sys; from liju_contact.store.database import Database; from liju_contact.store.schema import migrate;"
        "database = Database(sys.argv[1]); sys.stdin.readline(); print(migrate(database))"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", source, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=2, text=True
        )
        for _ in range(2)
    ]

    answers = [process.communicate("go\n", timeout=30)[0].strip() for process in starts]

    assert sorted(answers) == ["False", "True"]


def test_a_failed_migration_leaves_the_database_empty(empty: Database) -> None:
    def migrate_and_fail() -> None:
        with empty.begin() as tx:
            schema._upgrade(tx)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        migrate_and_fail()

    with empty.read() as tx:
        assert revision(tx) is None
    assert migrate(empty)
    empty.close()


def stored_by(revision: str) -> str:
    """Return what the program of that schema wrote; one that changed no table wrote what the one before it did."""
    return max(path for path in _PAST.glob("*.sql") if path.stem <= revision).read_text("utf-8")


@pytest.mark.parametrize("past", sorted(known_revisions() - {HEAD}))
def test_what_an_older_program_stored_is_still_there_after_migrating(empty: Database, past: str) -> None:
    """Every past schema is filled with one inquiry, as that program wrote it, and brought to today's."""
    with empty.begin() as tx:
        config = schema.alembic_config()
        config.attributes["connection"] = tx
        command.upgrade(config, past)
        for statement in stored_by(past).split(";"):
            tx.execute(text(statement))

    migrate(empty)

    with empty.read() as tx:
        [inquiry] = newest_inquiries_of(tx, "ana@x.example", limit=5)
        assert (inquiry.reference, inquiry.assignee, inquiry.unreachable_since) == ("LJ-0000-0001", None, None)
        assert [message.body for message in messages_of(tx, inquiry.id)] == ["Two boilers."]
        assert [(event.kind.value, event.actor_name) for event in events_of(tx, inquiry.id)] == [
            ("inquiry_received", "")
        ]
        assert [line.recipient for line in deliveries_of(tx, inquiry.id)] == ["ana@x.example"]
        assert tx.execute(text("SELECT preview, version, priority FROM inquiry")).one() == ("Two boilers.", 1, "normal")
        assert tx.execute(text("SELECT inquiry_id FROM search_due")).scalars().all() == [inquiry.id]
    empty.close()


def test_a_newer_database_is_refused_by_migrate(db: Database) -> None:
    pretend_newer(db)

    with pytest.raises(SchemaMismatch) as refused:
        migrate(db)

    assert str(refused.value) == NEWER
    assert rows_of_version(db) == ["9999"]


def test_a_newer_database_is_refused_by_check_schema(db: Database) -> None:
    pretend_newer(db)

    with pytest.raises(SchemaMismatch) as refused:
        check_schema(db)

    assert str(refused.value) == NEWER


def test_check_schema_refuses_a_database_that_was_never_migrated(empty: Database) -> None:
    with pytest.raises(SchemaMismatch) as refused:
        check_schema(empty)

    assert str(refused.value) == (
        "The database has schema none and this program needs 0007: run `liju-contact migrate`."
    )
    empty.close()


def test_check_schema_accepts_a_migrated_database(db: Database) -> None:
    check_schema(db)


def test_a_warm_start_does_not_load_alembic(migrated_file: Path) -> None:
    source = (
        "import sys; from liju_contact.store.database import Database; from liju_contact.store.schema import migrate;"
        "done = migrate(Database(sys.argv[1])); print(done, sorted(m for m in sys.modules if m.startswith('alembic')))"
    )

    run = subprocess.run(
        [sys.executable, "-c", source, f"sqlite:///{migrated_file}"], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "False []"
