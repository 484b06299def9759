"""Nothing that holds SQLite's one writer's place reads a large table as a whole: everybody else would wait for that."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from liju_contact.store.database import _WAITS
from liju_contact.store.table import Table

# Of these there are dozens, or what a day or the drafts and visits of three months bring, in rows of a few bytes.
_SMALL = {
    *("alembic_version", "canned_reply", "export", "link_request", "privacy_request", "reset_request", "saved_view"),
    *("absence", "draft", "presence", "rate", "staff", "staff_session", "visit"),
}
# Of these only what waits is looked through, by an index of that.
_WAITING = {"scan", "search_due", "thumbnail"}
# What an operator asks for once, and what is asked only of domains that have a picture.
_RARE = re.compile(r"INSERT INTO search_due|.*lower\(inbound\.sender\) LIKE", re.DOTALL)
_WHOLE = re.compile(r"SCAN (\w+?)(?:_\d+)?(?: USING (?:COVERING )?INDEX \w+)?")
_LIST = re.compile(r"\?(?:, \?)+")


@contextmanager
def refused() -> Iterator[None]:
    """Fail a statement of the store that reads a table as a whole while it writes; each is looked at once."""
    known: set[str] = set()

    def look(connection: Connection, cursor: Any, statement: str, _values: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001  # SQLAlchemy's signature
        shape = _LIST.sub("?", statement)
        if connection.dialect.name != "sqlite" or shape in known or _WAITS not in connection.get_execution_options():
            return
        known.add(shape)
        if _RARE.match(statement) or not _is_of_the_store():
            return
        given = (None,) * statement.count("?")
        plan = [row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)]
        read = {found[1] for line in plan if (found := _WHOLE.fullmatch(line))} & Table.metadata.tables.keys()
        assert read <= _SMALL | _WAITING, f"reads all of {read - _SMALL - _WAITING}: {statement}"

    event.listen(Engine, "before_cursor_execute", look)
    yield
    event.remove(Engine, "before_cursor_execute", look)


def _is_of_the_store() -> bool:
    """Tell a statement of the program from one of a test, which may look at everything."""
    frame = sys._getframe(2)
    while frame.f_back and "/sqlalchemy/" in frame.f_code.co_filename:
        frame = frame.f_back
    name = frame.f_code.co_filename
    return "/liju_contact/store/" in name and "/migrations/" not in name
