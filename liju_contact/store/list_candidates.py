"""The rows of a list by the index of the term that usually leaves fewest, for whoever sorts or sifts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, text

from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.store.list_term import DISGUISED, PLAIN, Columns, Rank, Reader, Term
from liju_contact.store.list_terms import filled, terms_of
from liju_contact.store.tables import InquiryRow

OF_SOMEBODY = frozenset({Rank.MINE, Rank.UNASSIGNED, Rank.PERSON, Rank.NOBODY})
_STATES = frozenset({Rank.AWAITED, Rank.RARE_STATE, Rank.STATE, Rank.NO_INDEX})
# Terms that the index of another finds along with it.
_FOUND_WITH: Mapping[Rank, frozenset[Rank]] = {
    Rank.MINE: _STATES,
    Rank.PERSON: _STATES,
    Rank.UNASSIGNED: _STATES,
    Rank.AWAITED: frozenset({Rank.NO_INDEX}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """All inquiries of a list. Where an index has them in the order of their ids, the newest come without the rest."""

    rows: Select[Any]
    id: Any
    is_by_id: bool


def candidates_of(dialect: str, query: ListQuery, reader: Reader) -> Candidates | None:
    """Return what finds the rows of a list, values included; None where no index leaves out much."""
    terms = terms_of(query, reader)
    if not terms or terms[0].rank >= Rank.STATE:
        return None
    id_ = PLAIN.id if terms[0].is_by_id else hidden(dialect).id
    return Candidates(rows=filled(found_by_first(dialect, terms), terms), id=id_, is_by_id=terms[0].is_by_id)


def found_by_first(dialect: str, terms: list[Term], more: Sequence[Any] = ()) -> Select[Any]:
    """Return the ids of a list and ``more`` of its rows, in no order."""
    first = terms[0]
    together = {first.rank, *_FOUND_WITH.get(first.rank, ())}
    conditions = [term.condition(PLAIN if term.rank in together else hidden(dialect)) for term in terms]
    return select(PLAIN.id.label("id"), *more).select_from(inquiries_of(dialect, terms[:1])).where(*conditions)


def inquiries_of(dialect: str, leading: list[Term]) -> Any:
    """Return the table; SQLite is told the index of what awaits an answer: it would take any other by state."""
    if not any(term.rank is Rank.AWAITED for term in leading):
        return InquiryRow
    if leading[0].rank in OF_SOMEBODY:
        return read_by("ix_inquiry_assignee_answer_due_at", dialect)
    is_one_state = leading[0].key.startswith("state ") and "," not in leading[0].key
    return InquiryRow if is_one_state else read_by("ix_inquiry_answer_due_at", dialect)


def read_by(index: str, dialect: str) -> Any:
    """Return the table, for SQLite with the index it is to be read by; PostgreSQL knows best."""
    return text(f"inquiry INDEXED BY {index}") if dialect == "sqlite" else InquiryRow


def hidden(dialect: str) -> Columns:
    return DISGUISED if dialect == "sqlite" else PLAIN
