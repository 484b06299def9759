"""Whether all of a search stands in one document, read off its text: without an index, and with the same answer.

Quick for some hundred documents, however many hits the index has.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true

from liju_contact.domain.search_query import Number, SearchQuery
from liju_contact.domain.search_words import LONGEST_WORD, MARKS, is_dense

_MARKS = tuple(MARKS.values())


def can_be_looked_for(query: SearchQuery) -> bool:
    """Tell whether the text shows all that the index knows.

    It does not for words that were cut, and for runs without spaces that belong to one kind of piece: only their
    beginning is marked.
    """
    terms = (*query.words, *query.prefixes)
    return not any(len(term) >= LONGEST_WORD or (term.startswith(_MARKS) and is_dense(term[1:])) for term in terms)


def words_stand_in(body: Any, query: SearchQuery) -> ColumnElement[bool]:
    """Return the condition that a document, whose text SQLite has in ``body``, has all words of a search."""
    words = [_has(body, _as_it_stands(word)) for word in query.words]
    prefixes = [_has(body, f" {prefix}") for prefix in query.prefixes]
    return and_(true(), *words, *prefixes, *(_has_number(body, number) for number in query.numbers))


def _has_number(body: Any, number: Number) -> ColumnElement[bool]:
    grouped = and_(true(), *(_has(body, _as_it_stands(word)) for word in number.words))
    return or_(grouped, _has(body, f" {number.digits} "))


def _as_it_stands(word: str) -> str:
    """Return a word as the normal form has it: characters anywhere in a run without spaces, all else between two."""
    return word if is_dense(word) else f" {word} "


def _has(body: Any, text: str) -> ColumnElement[bool]:
    return func.instr(body, text) > 0
