"""How this room writes SQL: each statement is built once, as a constant of its module, with named parameters.

Building a statement costs SQLAlchemy more than running it; one that is the same object every time is compiled, looked
up and mapped to its columns once. What the two databases spell differently is a mapping from the dialect's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from liju_contact.store.table import Table


def insert_unless_taken(row: type[Table], returning: Any) -> Mapping[str, Any]:
    """Return, per dialect, an insert that writes and returns nothing when a unique value is taken already."""
    return {
        "sqlite": sqlite_insert(row).on_conflict_do_nothing().returning(returning),
        "postgresql": postgresql_insert(row).on_conflict_do_nothing().returning(returning),
    }
