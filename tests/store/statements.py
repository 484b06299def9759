"""Listens to what the program says to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from liju_contact.store.database import Database

_FRAME = ("BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def listening(db: Database) -> Iterator[list[str]]:
    """Collect the statements that run meanwhile, without those that only begin or end a transaction."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001  # SQLAlchemy's signature
        if not statement.startswith(_FRAME):
            said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


class Crash(Exception):
    """The program ends here, as by ``kill -9``: nothing that follows runs."""


@contextmanager
def crashing_at(db: Database, number: int) -> Iterator[None]:
    """Fail before the ``number``-th statement (0 = first) that is no BEGIN or COMMIT reaches the database."""
    heard = 0

    def crash(_connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001  # as above
        nonlocal heard
        if statement.startswith(_FRAME):
            return
        heard += 1
        if heard > number:
            raise Crash(statement)

    event.listen(db.engine, "before_cursor_execute", crash)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", crash)
