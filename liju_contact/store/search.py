"""Find inquiries by their words, the newest first, a page at a time.

The words are a set per inquiry: the index is asked for those that all have to be there, and what they alone do not
prove (a phrase, a longer run of Chinese) is looked for in the document of each hit. Both databases are asked for the
same words and the same pieces of the same text, so both find the same.

SQLite walks the hits from the newest on and stops when the page is full. PostgreSQL's index gives all hits at once, in
no order, and so does SQLite's for the beginning of a word: there the newest documents are looked through first, where a
common word fills the page, and the index is asked only for words that are not common. What else has to hold is asked
hit by hit, so the walk ends with the page.

A list's filters may leave almost nothing of very many hits. So where the page is not full after some thousand, the
list's own rows are looked through, the newest first; either the filters leave few, and these were all, or the words are
common among them and fill the page. Only where neither is so are all hits taken together with all of the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import aliased

from liju_contact.domain.search_query import SearchQuery
from liju_contact.store.desk_tables import SearchDocumentRow
from liju_contact.store.list_candidates import Candidates
from liju_contact.store.search_looks import can_be_looked_for, words_stand_in
from liju_contact.store.tables import InquiryRow

GLANCED_AT = 250
"""How many of the newest documents PostgreSQL looks at first: 4 ms, and a rare word costs the index nothing then."""
LOOKED_THROUGH = 2000
"""How many it looks through where enough was found at a glance, before it asks its index."""
_ENOUGH = 10  # of those glanced at; so common a word has more hits than the index gives quickly
LOOKED_FAR = 8000
"""How many PostgreSQL looks through for a single hit at a glance, where no filter is on: 12 ms at most.

Its index gives all hits before the newest can be told, each for some microseconds: one in a hundred of a million
documents takes 70 ms, and a glance may have two of them, or five.
"""
REACH = 4000
"""How many hits are walked before the list's own filters are taken to be what is rare."""
OWN_REACH = 1500
"""How many of the list's own rows are then looked through."""
_FTS5 = table("search_words", column("rowid", BigInteger), column("search_words"))
_WORDS = table("search_words", column("inquiry_id", BigInteger), column("words"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Beside which inquiry a page lies: the older ones, or the newer ones. Without an id, from the newest on."""

    id: int | None = None
    is_backward: bool = False


def page_of_hits(
    tx: Connection,
    query: SearchQuery,
    *,
    limit: int,
    condition: ColumnElement[bool] | None = None,
    candidates: Candidates | None = None,
    place: Place | None = None,
) -> list[int]:
    """Return the ids of the inquiries in which all of ``query`` stands, the newest first.

    ``condition`` is about ``InquiryRow``, and ``candidates`` finds all for which it holds. The filters of the query are
    not looked at here: they belong to the list.
    """
    if not query.has_text:
        return []
    at = place or Place()
    seek = _Seek(query, condition, candidates, at, limit)
    found = seek.on_sqlite(tx) if tx.dialect.name == "sqlite" else seek.on_postgresql(tx)
    return found[::-1] if at.is_backward else found


def _has_many(tx: Connection, query: SearchQuery) -> bool:
    """Tell whether there are more hits than are walked."""
    if tx.dialect.name == "sqlite":
        hits = _hits_on_sqlite(query).order_by(_FTS5.c.rowid.desc())
    else:
        hits = select(_WORDS.c.inquiry_id).where(_matches(_WORDS.c.words, query))
    return tx.execute(hits.limit(1).offset(REACH)).first() is not None


@dataclass(frozen=True, slots=True)
class _Seek:
    query: SearchQuery
    condition: ColumnElement[bool] | None
    candidates: Candidates | None
    place: Place
    limit: int

    def on_sqlite(self, tx: Connection) -> list[int]:
        is_begun = bool(self.query.prefixes) and can_be_looked_for(self.query)
        if is_begun:  # the index would have to put all their hits together first
            found = self._among_newest(tx)
            own = found if len(found) >= self.limit else self._among_own(tx)
            if own is not None:
                return own
        if self.condition is None:
            return self._run(tx, _hits_on_sqlite(self.query))
        found = self._run(tx, _walk_on_sqlite(self.query, self.place), is_in_order=True)
        if len(found) >= self.limit or not _has_many(tx, self.query):
            return found
        own = None if is_begun else self._among_own(tx)
        return self._run(tx, _kept_on_sqlite(self.query, self.condition)) if own is None else own

    def on_postgresql(self, tx: Connection) -> list[int]:
        found = self._among_newest(tx)
        if len(found) >= self.limit:
            return found
        if (own := self._among_own(tx)) is not None:
            return own
        reach = None if self.condition is None else REACH
        found = self._run(tx, _indexed_on_postgresql(self.query, self.place, reach))
        if len(found) < self.limit and self.condition is not None and _has_many(tx, self.query):
            found = self._run(tx, _kept_on_postgresql(self.query, self.condition))
        return found

    def _among_newest(self, tx: Connection) -> list[int]:
        """Look through the newest documents, and through more where a glance finds enough."""
        is_sqlite = tx.dialect.name == "sqlite"
        newest = _newest_on_sqlite if is_sqlite else _newest_on_postgresql
        enough, most = (_ENOUGH, LOOKED_THROUGH) if is_sqlite or self.candidates else (1, LOOKED_FAR)
        found = self._run(tx, newest(self.query, self.place, GLANCED_AT), is_in_order=is_sqlite)
        if enough <= len(found) < self.limit:
            found = self._run(tx, newest(self.query, self.place, most), is_in_order=is_sqlite)
        return found

    def _among_own(self, tx: Connection) -> list[int] | None:
        """Look through the list's own rows; None where that was not all of them and not enough."""
        own = self.candidates
        is_sqlite = tx.dialect.name == "sqlite"
        if own is None or (is_sqlite and not can_be_looked_for(self.query)):
            return None
        rows = _beside(own.rows, own.id, self.place)
        rest = rows.limit(1).offset(OWN_REACH)
        if own.is_by_id:
            rows = _in_order(rows, own.id, self.place)
        elif tx.execute(rest).first() is not None:
            return None  # some of them, in whatever order, are not the newest
        standing = _own_on_sqlite if is_sqlite else _own_on_postgresql
        found = self._run(tx, standing(self.query, rows.limit(OWN_REACH)), is_in_order=is_sqlite and own.is_by_id)
        is_done = len(found) >= self.limit or not own.is_by_id or tx.execute(rest).first() is None
        return found if is_done else None

    def _run(self, tx: Connection, hits: Select[Any], *, is_in_order: bool = False) -> list[int]:
        """Walk through ``hits``, whose one column is an inquiry's id, and keep those that hold.

        SQLite reads a limited subquery in its own order row by row, unless it is asked for that order once more.
        """
        id_ = hits.selected_columns[0]
        position = func.instr if tx.dialect.name == "sqlite" else func.strpos
        holds = []
        if self.condition is not None:
            holds.append(select(self.condition).where(InquiryRow.id == id_))
        if self.query.phrases:
            said = [position(SearchDocumentRow.body, phrase) > 0 for phrase in self.query.phrases]
            holds.append(select(and_(*said)).where(SearchDocumentRow.inquiry_id == id_))
        # A scalar subquery is asked row by row, in the order of the walk; a join might be planned the other way round.
        walk = _beside(hits, id_, self.place).where(*(hold.scalar_subquery().is_(true()) for hold in holds))
        ordered = walk if is_in_order else _in_order(walk, id_, self.place)
        return list(tx.execute(ordered.limit(self.limit)).scalars())


def _hits_on_sqlite(query: SearchQuery) -> Select[Any]:
    return select(_FTS5.c.rowid.label("inquiry_id")).where(_FTS5.c.search_words.op("MATCH")(_fts5_query(query)))


def _walk_on_sqlite(query: SearchQuery, place: Place) -> Select[Any]:
    walk = _in_order(_beside(_hits_on_sqlite(query), _FTS5.c.rowid, place), _FTS5.c.rowid, place)
    return select(walk.limit(REACH).subquery("near").c.inquiry_id)


def _kept_on_sqlite(query: SearchQuery, condition: ColumnElement[bool]) -> Select[Any]:
    """Find what the list has by an index of its own, and keep the hits among it."""
    # With ``+`` SQLite does not go through the hits once more to look for each among the inquiries.
    own_id: ColumnElement[int] = literal_column("+inquiry.id", BigInteger)
    kept = select(own_id.label("inquiry_id")).select_from(InquiryRow)
    kept = kept.where(condition, own_id.in_(_hits_on_sqlite(query)))
    return select(kept.cte("kept").prefix_with("MATERIALIZED").c.inquiry_id)


def _kept_on_postgresql(query: SearchQuery, condition: ColumnElement[bool]) -> Select[Any]:
    """Take all hits at once and all that the list has; how to join them PostgreSQL knows from its figures."""
    hits = select(_WORDS.c.inquiry_id).where(_matches(_WORDS.c.words, query)).cte("hits").prefix_with("MATERIALIZED")
    kept = select(hits.c.inquiry_id).join(InquiryRow, InquiryRow.id == hits.c.inquiry_id).where(condition)
    return select(kept.cte("kept").prefix_with("MATERIALIZED").c.inquiry_id)


def _newest_on_postgresql(query: SearchQuery, place: Place, count: int) -> Select[Any]:
    newest = _beside(select(_WORDS.c.inquiry_id, _WORDS.c.words), _WORDS.c.inquiry_id, place)
    looked_through = _in_order(newest, _WORDS.c.inquiry_id, place).limit(count).subquery("newest")
    return select(looked_through.c.inquiry_id).where(_matches(looked_through.c.words, query))


def _indexed_on_postgresql(query: SearchQuery, place: Place, reach: int | None) -> Select[Any]:
    # All hits are taken from the index before any is looked at: a planner that hopes to meet enough of them on its way
    # through the table would read the table.
    hits = select(_WORDS.c.inquiry_id).where(_matches(_WORDS.c.words, query)).cte("hits").prefix_with("MATERIALIZED")
    ordered = _in_order(_beside(select(hits.c.inquiry_id), hits.c.inquiry_id, place), hits.c.inquiry_id, place)
    return select((ordered.limit(reach) if reach else ordered).subquery("ordered").c.inquiry_id)


def _newest_on_sqlite(query: SearchQuery, place: Place, count: int) -> Select[Any]:
    newest = _beside(select(SearchDocumentRow.inquiry_id), SearchDocumentRow.inquiry_id, place)
    return _standing(query, _in_order(newest, SearchDocumentRow.inquiry_id, place).limit(count).subquery("newest"))


def _own_on_sqlite(query: SearchQuery, rows: Select[Any]) -> Select[Any]:
    return _standing(query, rows.with_only_columns(rows.selected_columns[0].label("inquiry_id")).subquery("own"))


def _standing(query: SearchQuery, rows: Any) -> Select[Any]:
    """Return which of ``rows`` have all words of the search in their document, one by one in their order."""
    document = aliased(SearchDocumentRow)
    stands = select(words_stand_in(document.body, query)).where(document.inquiry_id == rows.c.inquiry_id)
    return select(rows.c.inquiry_id).where(stands.scalar_subquery().is_(true()))


def _own_on_postgresql(query: SearchQuery, rows: Select[Any]) -> Select[Any]:
    near = rows.with_only_columns(rows.selected_columns[0].label("inquiry_id")).cte("own").prefix_with("MATERIALIZED")
    stands = select(_matches(_WORDS.c.words, query)).where(_WORDS.c.inquiry_id == near.c.inquiry_id)
    return select(near.c.inquiry_id).where(stands.scalar_subquery().is_(true()))


def _beside(hits: Select[Any], id_: Any, place: Place) -> Select[Any]:
    if place.id is None:
        return hits
    return hits.where(id_ > place.id if place.is_backward else id_ < place.id)


def _in_order(hits: Select[Any], id_: Any, place: Place) -> Select[Any]:
    return hits.order_by(id_.asc() if place.is_backward else id_.desc())


def _matches(words: Any, query: SearchQuery) -> Any:
    return words.op("@@")(cast(_tsquery(query), TSQUERY))


def _fts5_query(query: SearchQuery) -> str:
    """Words of the index are letters and digits only, so a quote ends nothing but our own."""
    terms = [f'"{word}"' for word in query.words] + [f'"{prefix}" *' for prefix in query.prefixes]
    for number in query.numbers:
        grouped = " AND ".join(f'"{word}"' for word in number.words)
        terms.append(f'(({grouped}) OR "{number.digits}")')
    return " AND ".join(terms)


def _tsquery(query: SearchQuery) -> str:
    terms = [f"'{word}'" for word in query.words] + [f"'{prefix}':*" for prefix in query.prefixes]
    for number in query.numbers:
        grouped = " & ".join(f"'{word}'" for word in number.words)
        terms.append(f"(({grouped}) | '{number.digits}')")
    return " & ".join(terms)
