"""What every table has in common: its metadata and names, how times are stored, and indexes of a part of the rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import DeclarativeBase

# BIGINT on PostgreSQL; on SQLite only the exact word INTEGER makes a primary key count by itself.
Id = BigInteger().with_variant(Integer(), "sqlite")


_ZONE = "+00:00"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite drops the zone, so it is given back here, and a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A time without a zone cannot be stored: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002  # SQLAlchemy's signature
        """Read a time in one step: a page of the list has hundreds of them."""
        return _read_utc if dialect.name == "sqlite" else _in_utc


def _in_utc(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


def _read_utc(text: str | None) -> datetime | None:
    # With its zone in the text it is read in half the time that giving it one afterwards takes.
    return datetime.fromisoformat(text if text.endswith(_ZONE) else text + _ZONE) if text else None


class Table(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), str: Text(), dict[str, Any]: JSON(), list[Any]: JSON()}  # noqa: RUF012  # SQLAlchemy reads it from the class


def index_where(table: str, column: str, condition: str, *more: str) -> Index:
    """Index by one column, then the id; see ``partial_index``."""
    return partial_index(f"ix_{table}_{column}", condition, column, "id", *more)


def partial_index(name: str, condition: str, *columns: str) -> Index:
    """Index only the rows anybody looks for: every index that a new row enters costs a page in its commit."""
    where = text(condition)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)
