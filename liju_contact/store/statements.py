"""How this room writes SQL: each statement is built once, as a constant of its module, with named parameters.

Building a statement costs SQLAlchemy more than running it; one that is the same object every time is compiled, looked
up and mapped to its columns once. What the two databases spell differently is a mapping from the dialect's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Dialect,
    Integer,
    Text,
    TypeDecorator,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from liju_contact.store.table import Table


def insert_unless_taken(row: type[Table], *returning: Any) -> Mapping[str, Any]:
    """Return, per dialect, an insert that writes and returns nothing when a unique value is taken already."""

    def statement(insert: Callable[[type[Table]], Any]) -> Any:
        unless_taken = insert(row).on_conflict_do_nothing()
        return unless_taken.returning(*returning) if returning else unless_taken

    return {"sqlite": statement(sqlite_insert), "postgresql": statement(postgresql_insert)}


def insert_or_change(
    row: type[Table],
    key: Sequence[str],
    change: Callable[[Any], dict[str, Any]],
    returning: Any = None,
    where: Any = None,
) -> Mapping[str, Any]:
    """Return, per dialect, an insert that changes the row with the same ``key`` where there is one.

    ``change`` gets the row that would have been inserted and returns the new values of the one there is. Where that is
    not as ``where`` says it stays as it is, and nothing is returned.
    """

    def statement(insert: Callable[[type[Table]], Any]) -> Any:
        first = insert(row)
        changed = first.on_conflict_do_update(index_elements=key, set_=change(first.excluded), where=where)
        return changed if returning is None else changed.returning(returning)

    return {"sqlite": statement(sqlite_insert), "postgresql": statement(postgresql_insert)}


def written(count: int) -> ColumnElement[int]:
    """Return a number for ``limit`` or ``offset`` that stands in the statement itself and is no parameter.

    PostgreSQL keeps the plan of a statement that comes again only where it costs no more than one made for the
    parameters at hand. Where it does not know how many rows are wanted it expects a tenth of all and keeps none: a page
    of the list then took a third longer to plan than to read.
    """
    return literal_column(str(count), Integer())


class _Texts(TypeDecorator[list[str]]):
    """Several texts as one parameter: an array to PostgreSQL, JSON to SQLite."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(JSON() if dialect.name == "sqlite" else ARRAY(Text()))


class _OneOf(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True


@compiles(_OneOf, "sqlite")
def _one_of_json(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    text, texts = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{text} IN (SELECT value FROM json_each({texts}))"  # noqa: S608  # of nothing but compiled clauses


@compiles(_OneOf, "postgresql")
def _one_of_array(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    text, texts = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{text} = ANY ({texts})"


def is_one_of(text: Any, name: str) -> ColumnElement[bool]:
    """Return whether ``text`` is one of those in the parameter ``name``, however many they are.

    With ``in_`` the statement has another text for each number of them, which SQLAlchemy writes anew each time.
    """
    return _OneOf(text, bindparam(name, type_=_Texts()))


def rows_in_one(query: Any) -> Mapping[str, ColumnElement[list[list[Any]]]]:
    """Return, per dialect, one value that holds all rows of ``query`` in its order, each as a list.

    Asking once for what several small tables hold costs less than asking each of them. Only texts, numbers and
    booleans come back as what they are (SQLite's booleans as 0 and 1), because JSON knows no others.
    """
    rows = query.subquery()
    sqlite = func.json_group_array(func.json_array(*rows.c), type_=JSON())
    none: Any = literal_column("'[]'::json")
    postgresql = func.coalesce(func.json_agg(func.json_build_array(*rows.c)), none, type_=JSON())
    return {
        dialect: select(value).select_from(rows).scalar_subquery()
        for dialect, value in (("sqlite", sqlite), ("postgresql", postgresql))
    }
