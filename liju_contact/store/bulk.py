"""Many rows at once, past what a statement per row costs: raw ``executemany`` on SQLite, ``COPY`` on PostgreSQL.

For rows the program makes up or moves itself. Nothing is checked here beyond what the database checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from liju_contact.store.table import Table

Row = Sequence[Any]
_CACHE_KIB = 256 * 1024
_PIECE_CHARACTERS = 256 * 1024


def begin_bulk(tx: Connection) -> None:
    """Let this transaction take the time and memory it takes; a server stops statements that run long otherwise.

    Indices of random values (references, addresses) are written all over: SQLite keeps their pages at hand.
    """
    is_server = tx.dialect.name == "postgresql"
    tx.execute(text("SET LOCAL statement_timeout = 0" if is_server else f"PRAGMA cache_size = -{_CACHE_KIB}"))


def free_ids(tx: Connection, table: type[Table], count: int) -> Sequence[int]:
    """Return ``count`` ids that nothing has or will get, in rising order.

    On SQLite they are free until the end of ``tx``, which keeps every other writer out.
    """
    name = table.__tablename__
    if tx.dialect.name == "postgresql":
        taken = text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)")
        return list(tx.execute(taken, {"name": f"{name}_id_seq", "count": count}).scalars())
    last: int = tx.execute(select(func.coalesce(func.max(table.__table__.c.id), 0))).scalar_one()
    return range(last + 1, last + count + 1)


def add_rows(tx: Connection, table: type[Table], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert ``rows`` with their values in the order of ``columns``; a JSON column takes its text."""
    if not rows:
        return
    raw: Any = tx.connection.driver_connection
    name, listed = table.__tablename__, ", ".join(columns)
    if tx.dialect.name == "postgresql":
        with raw.cursor() as cursor, cursor.copy(f"COPY {name} ({listed}) FROM STDIN") as copy:
            for piece in _pieces(rows):
                copy.write(piece)
        return
    marks = ", ".join("?" * len(columns))
    raw.executemany(f"INSERT INTO {name} ({listed}) VALUES ({marks})", map(_sqlite_values, rows))  # noqa: S608  # names of our own tables


def learn_sizes(tx: Connection) -> None:
    """Let the database look at what it holds now, so that it plans by it."""
    tx.execute(text("ANALYZE" if tx.dialect.name == "postgresql" else "PRAGMA optimize"))


def _sqlite_values(row: Row) -> list[Any]:
    return [
        value.astimezone(UTC).isoformat(" ", "microseconds")[:26] if value.__class__ is datetime else value
        for value in row
    ]


def _pieces(rows: Iterable[Row]) -> Iterator[str]:
    """Return the text format of COPY, some hundred rows at a time."""
    lines: list[str] = []
    size = 0
    for row in rows:
        line = "\t".join([_copied(value) for value in row])
        lines.append(line)
        size += len(line)
        if size > _PIECE_CHARACTERS:
            yield "\n".join(lines) + "\n"
            lines, size = [], 0
    if lines:
        yield "\n".join(lines) + "\n"


def _copied(value: Any) -> str:
    convert = _COPIED.get(value.__class__)
    if convert is None:
        return _escaped(value)
    return convert(value)


def _escaped(value: str) -> str:
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    if "\n" in value or "\t" in value or "\r" in value:
        value = value.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return value


_COPIED: dict[type, Callable[[Any], str]] = {
    type(None): lambda _none: "\\N",
    bool: lambda flag: "t" if flag else "f",
    int: str,
    datetime: datetime.isoformat,
}
