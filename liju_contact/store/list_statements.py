"""What a page of the desk's list is found with, by index at any size of the table: no row is counted, none is skipped.

A list is a set of terms and an order (``store.list_terms``). Where one index has exactly its rows in its order, that is
read. Otherwise two things are tried, one after the other, because which of them is quick depends on how frequent the
values are, and that nobody knows beforehand:

1. reading on in the order of the list and leaving out what does not belong to it, up to ``REACH`` rows: quick where
   much belongs to it;
2. collecting all that belongs to it, by the index of the term that usually leaves fewest, and sorting that: quick
   where little does.

One's own list by promise is the exception: it is read by two indexes, one after the other (``_own``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, case, select, tuple_, union_all

from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.inquiry_list import AWAITED, Filters, ListQuery, Sort, View
from liju_contact.store.desk_tables import InquiryTagRow
from liju_contact.store.list_candidates import OF_SOMEBODY, found_by_first, hidden, inquiries_of, read_by
from liju_contact.store.list_term import PLAIN, Columns, Rank, Reader, Term
from liju_contact.store.list_terms import AWAITED_STATES, TAG_ID, state_term, terms_of
from liju_contact.store.listed_inquiries import MARK, ROW_COLUMNS
from liju_contact.store.statements import written
from liju_contact.store.table import Id, UtcDateTime
from liju_contact.store.tables import InquiryRow

REACH = 8000
"""How many rows are read on before a list is taken for a sparse one."""
NO_PROMISE = datetime(9999, 12, 31, tzinfo=UTC)
"""Where a list by promise has inquiries that promise nothing, they come last."""

_NEVER = bindparam("no_promise", NO_PROMISE, UtcDateTime())
_AFTER = bindparam("after_id", type_=Id)
_PLACE = tuple_(bindparam("after_at", type_=UtcDateTime()), _AFTER)
_READ = {"sqlite": ROW_COLUMNS["sqlite"], "postgresql": (InquiryRow.id, MARK.label("mark"))}
_MOST_STATEMENTS = 1000
_statements: dict[tuple[Any, ...], Select[Any]] = {}

Statement = tuple[Select[Any], dict[str, Any]]
"""With the values of its parameters."""


def statements_of(dialect: str, query: ListQuery, reader: Reader, *, limit: int) -> list[Statement]:
    """Return what ``limit`` rows of this list are found with, in the order it is tried.

    Each alone finds nothing wrong. On SQLite they read the rows, on PostgreSQL their ids and marks.
    """
    terms = terms_of(query, reader)
    values = {name: value for term in terms for name, value in term.values.items()}
    if query.cursor:
        values["after_id"] = query.cursor.id
        values["after_at"] = query.cursor.at or datetime(1970, 1, 1, tzinfo=UTC)
        values["after_answered_id"] = query.cursor.id if query.cursor.at == NO_PROMISE else 0
    shape = (dialect, query.view, query.order, _is_descending(query), query.cursor is not None, limit)
    made = []
    for kind in _kinds(query, terms):
        key = (*shape, kind, *(term.key for term in terms))
        statement = _statements.get(key)
        if statement is None:
            if len(_statements) >= _MOST_STATEMENTS:
                _statements.clear()
            hits = kind(dialect, query, terms, written(limit))
            statement = _statements[key] = _rows_of_hits(dialect, query, hits)
        made.append((statement, values))
    return made


_Limit = ColumnElement[int]
_Kind = Callable[[str, ListQuery, list[Term], _Limit], Subquery]


def _kinds(query: ListQuery, terms: list[Term]) -> list[_Kind]:
    """Return which statements are tried: one index alone where it has the list, or reading on and then collecting."""
    rest = _rest(terms, _leading(query, terms))
    if not rest or terms[0].rank is Rank.NO_INDEX:
        return [_exact]
    if terms[0].rank is Rank.MINE and query.order is Sort.DUE:
        return [_own] if query.filters == Filters() else [_collected]
    if terms[0].rank is Rank.AWAITED and query.filters.is_overdue and query.order is not Sort.DUE:
        return [_collected]  # what is overdue is among the oldest, the last that reading on from the newest would meet
    return [_within_reach, _collected]


def _leading(query: ListQuery, terms: list[Term]) -> list[Term]:
    """Return the terms that the index which has the list's order also finds; the rest is left out row by row."""
    match order_key(query, terms):
        case None:
            return terms
        case "received_at":
            return [term for term in terms if term.rank is Rank.RECEIVED]
        case "answer_due_at" if query.view is not View.MINE:
            of_somebody = [term for term in terms if term.rank in OF_SOMEBODY][:1]
            return [*of_somebody, *(term for term in terms if term.rank is Rank.AWAITED or term.key == "overdue")]
        case "changed_at":
            by_change = {Rank.TROUBLE, Rank.STATE, Rank.RARE_STATE}
            return [term for term in terms if term.rank in by_change or _is_one_state(term)][:1]
    return []


def _is_one_state(term: Term) -> bool:
    return term.key.startswith("state ") and "," not in term.key


def _rest(terms: list[Term], leading: list[Term]) -> list[Term]:
    return [term for term in terms if term not in leading]


def _exact(dialect: str, query: ListQuery, terms: list[Term], limit: _Limit) -> Subquery:
    """Read one index from the cursor on; what does not belong to the list is left out, however many rows that takes."""
    if terms and terms[0].key == "tag":
        return _from_tag(query, terms, limit)
    key = order_key(query, terms)
    columns = [PLAIN.id.label("id"), *([getattr(PLAIN, key).label("key")] if key else [])]
    source = select(*columns).select_from(inquiries_of(dialect, _leading(query, terms)))
    source = source.where(*(term.condition(PLAIN) for term in terms))
    source = source.where(*_beyond_cursor(query, terms, PLAIN)).order_by(*_along(query, terms))
    return source.limit(limit).subquery("along")


def _from_tag(query: ListQuery, terms: list[Term], limit: _Limit) -> Subquery:
    tagged = Columns("inquiry_tag.inquiry_")
    source = select(InquiryTagRow.inquiry_id.label("id")).where(InquiryTagRow.tag_id == TAG_ID)
    source = source.where(*_beyond_cursor(query, terms, tagged)).order_by(*_ordered(query, terms, tagged))
    return source.limit(limit).subquery("hit")


def _within_reach(dialect: str, query: ListQuery, terms: list[Term], limit: _Limit) -> Subquery:
    """Take the next ``REACH`` rows of the leading index, and of these the first that belong to the list.

    SQLite takes rows from a limited subquery one by one in its order, and so stops at the last row of the page, unless
    it is asked for that order once more: then it reads and sorts them all. PostgreSQL has to be asked.
    """
    leading = _leading(query, terms)
    rest, key = _rest(terms, leading), order_key(query, terms) or "id"
    read = dict.fromkeys(["id", key, *(name for term in rest for name in term.columns)])
    source = select(*(getattr(PLAIN, name).label(name) for name in read)).select_from(inquiries_of(dialect, leading))
    source = source.where(*(term.condition(PLAIN) for term in leading), *_beyond_cursor(query, terms, PLAIN))
    source = source.order_by(*_along(query, terms)).limit(written(REACH))
    near, columns = source.subquery("near"), Columns("near.")
    hits = select(near.c.id, near.c[key].label("key")).where(*(term.condition(columns) for term in rest))
    if dialect != "sqlite":
        hits = hits.order_by(*_ordered(query, terms, columns))
    return hits.limit(limit).subquery("hit")


def _own(dialect: str, query: ListQuery, terms: list[Term], limit: _Limit) -> Subquery:
    """Read somebody's own by promise, and after that what is answered, by two indexes that each have their part.

    The states of the view are these two: what awaits an answer, and what is answered.
    """
    mine, awaited, answered = terms[0], state_term(AWAITED), state_term(frozenset({InquiryState.ANSWERED}))
    owed = select(PLAIN.id.label("id"), PLAIN.answer_due_at.label("key"))
    owed = owed.select_from(inquiries_of(dialect, [mine, awaited])).where(
        mine.condition(PLAIN), awaited.condition(PLAIN)
    )
    rest = select(PLAIN.id.label("id"), _NEVER.label("key"))
    rest = rest.select_from(read_by("ix_inquiry_assignee_answered", dialect))
    rest = rest.where(mine.condition(PLAIN), answered.condition(PLAIN))
    if query.cursor is not None:
        owed = owed.where(_beyond(query, tuple_(PLAIN.answer_due_at, PLAIN.id), _PLACE))
        rest = rest.where(_beyond(query, PLAIN.id, bindparam("after_answered_id", type_=Id)))
    owed = owed.order_by(*_directed(query, PLAIN.answer_due_at, PLAIN.id)).limit(limit)
    rest = rest.order_by(*_directed(query, PLAIN.id)).limit(limit)
    both = union_all(select(owed.subquery()), select(rest.subquery())).subquery("own")
    hits = select(both).order_by(*_ordered_hits(query, both)).limit(limit)
    return hits.subquery("hit")


def _rows_of_hits(dialect: str, query: ListQuery, hits: Subquery) -> Select[Any]:
    rows = select(*_READ[dialect]).select_from(hits).join(InquiryRow, InquiryRow.id == hits.c.id)
    return rows.order_by(*_ordered_hits(query, hits))


def _collected(dialect: str, query: ListQuery, terms: list[Term], limit: _Limit) -> Subquery:
    """Find all rows of the list by the index of its first term, and sort them.

    The order stands outside of what finds them: no index that merely has the order comes into question for it.
    """
    key = _sort_key(query, terms, PLAIN)
    found = found_by_first(dialect, terms, [] if key is None else [key.label("key")])
    hits = found.where(*_beyond_cursor(query, terms, hidden(dialect))).cte("hit").prefix_with("MATERIALIZED")
    best = select(hits).order_by(*_ordered_hits(query, hits)).limit(limit)
    return best.subquery("best")


def _ordered_hits(query: ListQuery, hits: Any) -> list[Any]:
    return _directed(query, *([hits.c.key, hits.c.id] if "key" in hits.c else [hits.c.id]))


def order_key(query: ListQuery, terms: list[Term]) -> str | None:
    """Return the column the list is sorted by before the id; None for the id alone, which grows with every inquiry.

    By the id goes what one index has in its order: everything, or all of one value. Beside others the same order is
    that of ``received_at``, whose index tells what belongs to the list.
    """
    match query.order:
        case Sort.CHANGED:
            return "changed_at"
        case Sort.DUE:
            return "answer_due_at"
    return None if not terms or (len(terms) == 1 and terms[0].is_by_id) else "received_at"


def _sort_key(query: ListQuery, terms: list[Term], columns: Columns) -> Any:
    key = order_key(query, terms)
    if key == "answer_due_at" and query.view is View.MINE:
        awaited = columns.state.op("IN", is_comparison=True)(AWAITED_STATES)
        return case((awaited, columns.answer_due_at), else_=_NEVER)
    return getattr(columns, key) if key else None


def _is_descending(query: ListQuery) -> bool:
    is_backward = query.cursor is not None and query.cursor.is_backward
    return (query.order in {Sort.NEWEST, Sort.CHANGED}) is not is_backward


def _ordered(query: ListQuery, terms: list[Term], columns: Columns) -> list[Any]:
    key = _sort_key(query, terms, columns)
    return _directed(query, *([columns.id] if key is None else [key, columns.id]))


def _directed(query: ListQuery, *columns: Any) -> list[Any]:
    return [column.desc() for column in columns] if _is_descending(query) else [*columns]


def _along(query: ListQuery, terms: list[Term]) -> list[Any]:
    """Return the order of the leading index.

    What nobody has is all of one value to SQLite, but PostgreSQL has to be shown that the index begins with it.
    """
    order = _ordered(query, terms, PLAIN)
    if not any(term.rank in {Rank.UNASSIGNED, Rank.NOBODY} for term in _leading(query, terms)):
        return order
    return [*_directed(query, PLAIN.assignee), *order]


def _beyond_cursor(query: ListQuery, terms: list[Term], columns: Columns) -> list[ColumnElement[bool]]:
    if query.cursor is None:
        return []
    key = _sort_key(query, terms, columns)
    return [_beyond(query, columns.id, _AFTER) if key is None else _beyond(query, tuple_(key, columns.id), _PLACE)]


def _beyond(query: ListQuery, here: Any, there: Any) -> ColumnElement[bool]:
    beyond: ColumnElement[bool] = here < there if _is_descending(query) else here > there
    return beyond
