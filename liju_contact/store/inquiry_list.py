"""Pages of the desk's list: what each shows, and what leads to the pages beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from liju_contact.domain.inquiry import awaits_answer
from liju_contact.domain.inquiry_list import Cursor, ListQuery
from liju_contact.store.kept_rows import KeptRows
from liju_contact.store.list_statements import NO_PROMISE, Statement, order_key, statements_of
from liju_contact.store.list_term import Reader
from liju_contact.store.list_terms import terms_of
from liju_contact.store.listed_inquiries import ListedInquiry, listed

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """``before`` and ``after`` lead to the pages beside this one; None where there is none."""

    rows: tuple[ListedInquiry, ...]
    before: Cursor | None = None
    after: Cursor | None = None


def beginning_of_page(dialect: str, query: ListQuery, reader: Reader) -> Statement | None:
    """Return what a page is looked for with first, for whoever asks for something else along with it.

    None on SQLite, where asking twice costs nothing.
    """
    return None if dialect == "sqlite" else statements_of(dialect, query, reader, limit=PAGE_SIZE + 1)[0]


def page_of_inquiries(
    tx: Connection,
    query: ListQuery,
    reader: Reader,
    kept: KeptRows,
    *,
    limit: int = PAGE_SIZE,
    begun: Sequence[Sequence[int]] | None = None,
) -> Page:
    """Return the page that begins where the query's cursor stands, in the query's order.

    ``begun`` is what ``beginning_of_page`` has found, where that was asked already.
    """
    cursor = query.cursor
    found = _found(tx, query, reader, limit + 1, begun)
    rows = kept.rows_of(tx, found, today=reader.now.date()) if tx.dialect.name != "sqlite" else list(map(listed, found))
    key = order_key(query, terms_of(query, reader))
    if cursor is None or not cursor.is_backward:
        shown = rows[:limit]
        before = _beside(key, shown[0], is_backward=True) if cursor and shown else None
        return Page(rows=tuple(shown), before=before, after=_beside(key, shown[-1]) if len(rows) > limit else None)
    if len(rows) <= limit:  # the beginning of the list: a whole page from there on, not what is left before the cursor
        return page_of_inquiries(tx, query.at(None), reader, kept, limit=limit)
    shown = rows[:limit][::-1]
    return Page(rows=tuple(shown), before=_beside(key, shown[0], is_backward=True), after=_beside(key, shown[-1]))


def _found(tx: Connection, query: ListQuery, reader: Reader, limit: int, begun: Sequence[Any] | None) -> Sequence[Any]:
    """Ask until one statement finds enough, or the last has found what there is."""
    found = begun or ()
    if len(found) >= limit:
        return found
    for statement, values in statements_of(tx.dialect.name, query, reader, limit=limit)[0 if begun is None else 1 :]:
        found = tx.execute(statement, values).all()
        if len(found) >= limit:
            break
    return found


def _beside(key: str | None, row: ListedInquiry, *, is_backward: bool = False) -> Cursor:
    at = getattr(row, key) if key else None
    if key == "answer_due_at" and not awaits_answer(row.state):
        at = NO_PROMISE
    return Cursor(id=row.id, at=at, is_backward=is_backward)
