"""What a list asks of an inquiry, term by term: its condition, its parameters, and how few rows it usually leaves.

The statements of ``store.list_statements`` are made of these. A term is written on columns that are handed to it: the
table's, or the same in disguise (``+column``), which SQLite uses no index for; it knows nothing of how frequent a value
is and would take any index it can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.sql.visitors import cloned_traverse

from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.inquiry_list import AWAITED, COUNTED, ME, NO_PRODUCT, NOBODY, ListQuery, View
from liju_contact.domain.person import Person
from liju_contact.domain.priority import Priority
from liju_contact.store.desk_tables import InquiryTagRow, TagRow
from liju_contact.store.list_term import PLAIN, Columns, Rank, Reader, Term

Written = TypeVar("Written", ColumnElement[bool], Select[Any])


def terms_of(query: ListQuery, reader: Reader) -> list[Term]:
    """Return what has to hold for every row, fewest rows first."""
    found = [*_view_terms(query, reader), *_filter_terms(query, reader), *_lines_term(query, reader.person)]
    return sorted(found, key=lambda term: term.rank)


def condition_of(query: ListQuery, reader: Reader) -> ColumnElement[bool]:
    """Return all of it as one condition on ``InquiryRow``, values included, for a statement of somebody else."""
    terms = terms_of(query, reader)
    return filled(and_(true(), *(term.condition(PLAIN) for term in terms)), terms)


def filled(written: Written, terms: Iterable[Term]) -> Written:
    """Return a condition or statement made of ``terms`` with their values in it."""
    values = {name: value for term in terms for name, value in term.values.items()}

    def fill(parameter: BindParameter[Any]) -> None:
        if parameter.key in values:
            parameter.value, parameter.required = values[parameter.key], False

    return cloned_traverse(written, {}, {"bindparam": fill})


def _view_terms(query: ListQuery, reader: Reader) -> list[Term]:
    terms = []
    if query.states != frozenset(InquiryState):
        terms.append(state_term(query.states))
    if query.view is View.MINE:
        address = {"mine": reader.person.address}
        terms.append(
            Term(
                columns=("assignee",),
                key="mine",
                rank=Rank.MINE,
                condition=_equals("assignee", "mine"),
                values=address,
                is_by_id=True,
            )
        )
    if query.view is View.UNASSIGNED:
        terms.append(
            Term(
                columns=("assignee",), key="unassigned", rank=Rank.UNASSIGNED, condition=lambda c: c.assignee.is_(None)
            )
        )
    if query.view is View.MAIL_TROUBLE:
        terms.append(
            Term(
                columns=("has_mail_trouble",), key="trouble", rank=Rank.TROUBLE, condition=lambda c: c.has_mail_trouble
            )
        )
    return terms


def state_term(states: frozenset[InquiryState]) -> Term:
    """Write the states into the statement itself: a parameter does not tell that a partial index has all the rows.

    Of nearly all states it writes the others: SQLite would find all those inquiries by an index, only to sort them.
    """
    if not states:
        return Term(columns=(), key="never", rank=Rank.NO_INDEX, condition=lambda _columns: false())
    key, rank = f"state {_words(states)}", Rank.NO_INDEX
    if len(states) == 1:
        rank = Rank.RARE_STATE if states <= {InquiryState.SPAM, InquiryState.MERGED} else Rank.STATE
    if states <= AWAITED:
        rank = Rank.AWAITED

    def condition(columns: Columns) -> ColumnElement[bool]:
        is_in, is_not_in = (columns.state.op(word, is_comparison=True) for word in ("IN", "NOT IN"))
        if len(states) > 1:
            rest = frozenset(InquiryState) - states
            some: ColumnElement[bool] = is_not_in(_among(rest)) if states >= COUNTED else is_in(_among(states))
            return some
        one: ColumnElement[bool] = columns.state == literal_column(_words(states))
        return and_(is_in(AWAITED_STATES), one) if states <= AWAITED else one

    return Term(columns=("state",), key=key, rank=rank, condition=condition)


def _words(states: frozenset[InquiryState]) -> str:
    return ", ".join(f"'{state.value}'" for state in InquiryState if state in states)


def _among(states: frozenset[InquiryState]) -> ColumnElement[Any]:
    return literal_column(f"({_words(states)})")


AWAITED_STATES = _among(AWAITED)


def _equals(column: str, parameter: str) -> Callable[[Columns], ColumnElement[bool]]:
    def condition(columns: Columns) -> ColumnElement[bool]:
        equal: ColumnElement[bool] = getattr(columns, column) == bindparam(parameter)
        return equal

    return condition


def _filter_terms(query: ListQuery, reader: Reader) -> list[Term]:
    filters = query.filters
    terms = [
        *_value_term("topic", Rank.TOPIC, filters.topic),
        *_value_term("country", Rank.COUNTRY, filters.country),
        *_value_term("language", Rank.LANGUAGE, filters.language),
        *_product_term(filters.product),
        *_person_term(filters.person, reader.person),
        *_priority_term(filters.priority),
        *_tag_term(filters.tag),
        *_received_term("from", filters.received_from, reader.zone),
        *_received_term("to", filters.received_to, reader.zone),
    ]
    if filters.has_files:
        terms.append(
            Term(columns=("has_files",), key="files", rank=Rank.FILES, condition=lambda c: c.has_files, is_by_id=True)
        )
    if filters.is_overdue:
        is_past: Callable[[Columns], Any] = lambda c: c.answer_due_at < bindparam("now")  # noqa: E731  # one of a row
        terms.append(
            Term(
                columns=("answer_due_at",),
                key="overdue",
                rank=Rank.NO_INDEX,
                condition=is_past,
                values={"now": reader.now},
            )
        )
    return terms


def _value_term(column: str, rank: Rank, value: str) -> list[Term]:
    if not value:
        return []
    condition = _equals(column, column)
    return [Term(columns=(column,), key=column, rank=rank, condition=condition, values={column: value}, is_by_id=True)]


def _product_term(product: str) -> list[Term]:
    if product != NO_PRODUCT:
        return _value_term("product", Rank.PRODUCT, product)
    return [
        Term(
            columns=("product",),
            key="product",
            rank=Rank.PRODUCT,
            condition=_equals("product", "product"),
            values={"product": ""},
            is_by_id=True,
        )
    ]


def _person_term(address: str, reader: Person) -> list[Term]:
    if not address:
        return []
    if address == NOBODY:
        return [Term(columns=("assignee",), key="nobody", rank=Rank.NOBODY, condition=lambda c: c.assignee.is_(None))]
    values = {"person": reader.address if address == ME else address}
    condition = _equals("assignee", "person")
    return [
        Term(columns=("assignee",), key="person", rank=Rank.PERSON, condition=condition, values=values, is_by_id=True)
    ]


def _priority_term(priority: Priority | None) -> list[Term]:
    """A priority other than the usual one has an index, which its condition has to show that it fits."""
    if priority is None:
        return []
    words: Any = literal_column(f"'{priority.value}'")
    if priority is Priority.NORMAL:
        return [Term(columns=("priority",), key="normal", rank=Rank.NO_INDEX, condition=lambda c: c.priority == words)]

    def condition(columns: Columns) -> ColumnElement[bool]:
        return and_(columns.priority == words, columns.priority != literal_column("'normal'"))

    return [
        Term(columns=("priority",), key=f"priority {priority}", rank=Rank.PRIORITY, condition=condition, is_by_id=True)
    ]


TAG_ID = select(TagRow.id).where(TagRow.name_folded == bindparam("tag")).scalar_subquery()


def _tag_term(tag: str) -> list[Term]:
    if not tag:
        return []

    def condition(columns: Columns) -> ColumnElement[bool]:
        tagged = select(InquiryTagRow.inquiry_id).where(InquiryTagRow.tag_id == TAG_ID)
        # Where it finds the rows, all that have the tag are wanted; elsewhere each row is looked up by itself.
        if columns is PLAIN:
            return _is_within(columns.id, tagged)
        return tagged.where(InquiryTagRow.inquiry_id == columns.id).exists()

    return [
        Term(
            columns=("id",),
            key="tag",
            rank=Rank.TAG,
            condition=condition,
            values={"tag": tag.casefold()},
            is_by_id=True,
        )
    ]


def _is_within(column: Any, found: Select[Any]) -> ColumnElement[bool]:
    within: ColumnElement[bool] = column.in_(found)
    return within


def _received_term(end: str, day: date | None, zone: tzinfo) -> list[Term]:
    """A day begins and ends on the company's clock."""
    if day is None:
        return []
    if end == "from":
        at = datetime.combine(day, time(), zone)
        return [
            Term(
                columns=("received_at",),
                key="from",
                rank=Rank.RECEIVED,
                condition=lambda c: c.received_at >= bindparam("received_from"),
                values={"received_from": at},
            )
        ]
    at = datetime.combine(day + timedelta(days=1), time(), zone)
    return [
        Term(
            columns=("received_at",),
            key="to",
            rank=Rank.RECEIVED,
            condition=lambda c: c.received_at < bindparam("received_to"),
            values={"received_to": at},
        )
    ]


def _lines_term(query: ListQuery, person: Person) -> list[Term]:
    """What somebody sees who serves some product lines only; ``Person.serves`` says the same of one inquiry.

    Sums of months do not know who has an inquiry, so that one of another line which is theirs is not counted for them.
    """
    if not person.product_lines or (query.view is View.MINE and not query.filters.is_counted):
        return []
    values = {"lines": sorted({*person.product_lines, ""})}

    def of_lines(columns: Columns) -> ColumnElement[bool]:
        within: ColumnElement[bool] = columns.product.in_(bindparam("lines", expanding=True))
        return within

    if query.filters.is_counted:
        return [Term(columns=("product",), key="counted lines", rank=Rank.LINES, condition=of_lines, values=values)]
    return [
        Term(
            columns=("product", "assignee"),
            key="lines",
            rank=Rank.LINES,
            condition=lambda c: or_(of_lines(c), c.assignee == bindparam("own_address")),
            values={**values, "own_address": person.address},
        )
    ]
