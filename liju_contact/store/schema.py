"""Brings a database to the schema of this program, and refuses one that a newer program wrote.

Alembic is imported only when there is something to migrate: a warm start looks at one row and goes on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Dialect, inspect, text

from liju_contact.domain.errors import SchemaMismatch

if TYPE_CHECKING:
    from alembic.config import Config  # as above

    from liju_contact.store.database import Database

HEAD = "0007"
_OLDEST_POSTGRESQL = (14,)  # the first that hashes whole rows (``store.kept_rows``)
_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_NUMBER = 0x4C494A55  # any number that is ours: it keeps two programs from migrating one PostgreSQL at a time


def migrate(db: Database) -> bool:
    """Bring the database to ``HEAD``; True when there was something to do.

    Raises ``SchemaMismatch`` or ``StoreBusy``.
    """
    if is_current(db):
        return False
    with db.begin() as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
            tx.execute(text("SET LOCAL statement_timeout = 0"))  # a large table takes its time to change
        found = revision(tx)
        if found == HEAD:  # somebody else migrated while this waited for its turn
            return False
        _refuse_unknown(found)
        _upgrade(tx)
    return True


def is_current(db: Database) -> bool:
    """Tell by one look whether there is nothing to migrate. Raises ``SchemaMismatch``, ``StoreBusy``."""
    with db.read() as tx:
        _refuse_old(tx.dialect)
        return revision(tx) == HEAD


def check_schema(db: Database) -> None:
    """Raises ``SchemaMismatch`` unless the database has exactly the schema of this program."""
    with db.read() as tx:
        _refuse_old(tx.dialect)
        found = revision(tx)
    _refuse_unknown(found)
    if found != HEAD:
        raise SchemaMismatch(
            f"The database has schema {found or 'none'} and this program needs {HEAD}: run `liju-contact migrate`."
        )


def revision(tx: Connection) -> str | None:
    """Return the schema the database says it has; None for an empty one."""
    if not inspect(tx).has_table("alembic_version"):
        return None
    return tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def known_revisions() -> frozenset[str]:
    return frozenset(path.name.split("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _refuse_old(dialect: Dialect) -> None:
    version = dialect.server_version_info or _OLDEST_POSTGRESQL
    if dialect.name == "postgresql" and version < _OLDEST_POSTGRESQL:
        there, needed = (".".join(map(str, each)) for each in (version, _OLDEST_POSTGRESQL))
        raise SchemaMismatch(f"The server is PostgreSQL {there}, and this program needs {needed} or later.")


def _refuse_unknown(found: str | None) -> None:
    if found is not None and found not in known_revisions():
        raise SchemaMismatch(
            f"The database was written by a newer program (schema {found}; this one knows up to {HEAD}). "
            "Start the newer program, or restore a backup from before its first start."
        )


def _upgrade(tx: Connection) -> None:
    from alembic import command  # noqa: PLC0415  # costs 0.2 s, which only a migration should pay

    config = alembic_config()
    config.attributes["connection"] = tx
    command.upgrade(config, HEAD)


def alembic_config() -> Config:
    from alembic.config import Config  # noqa: PLC0415  # as above

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
