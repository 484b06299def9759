"""Somebody at the desk searches: a page of the inquiries in which it all stands, and where it stands in each.

What narrows the list is said by the list's address and by the search itself; where both say something, what was typed
last counts, which is the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.excerpt import TELLING, Excerpt, excerpts_of
from liju_contact.domain.inquiry_list import Cursor, ListQuery, Sort, View
from liju_contact.domain.person import Person
from liju_contact.domain.reference import Reference, read_reference
from liju_contact.domain.search_query import SearchQuery, labels_by_name, read_query, tags_by_name
from liju_contact.store.inquiries import find_inquiry
from liju_contact.store.inquiry_list import PAGE_SIZE, Page, page_of_inquiries
from liju_contact.store.list_candidates import candidates_of
from liju_contact.store.list_term import Reader
from liju_contact.store.list_terms import condition_of
from liju_contact.store.listed_inquiries import rows_of
from liju_contact.store.search import Place, page_of_hits
from liju_contact.store.search_texts import texts_of
from liju_contact.usecases.deps import Deps

_Labels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``listed`` is the list as search and address together narrow it; ``excerpts`` are by the inquiry's id."""

    page: Page
    query: SearchQuery
    listed: ListQuery
    excerpts: Mapping[int, Excerpt]


def read_search(query: ListQuery, labels: _Labels) -> tuple[SearchQuery, ListQuery]:
    """Return what was typed, as it is understood, and the list that it narrows; a search has the newest first."""
    search = read_query(query.q, labels)
    words = {**query.words(), **search.filters}
    words.pop("sort", None)
    if search.filters.get("state") and query.view is not View.ALL:
        words["view"] = View.ALL.value  # a state that is asked for is not hidden by the view one comes from
    listed = ListQuery.read(words)
    return search, replace(listed, sort=Sort.NEWEST) if search.has_text else listed


def naming(labels: _Labels, people: Mapping[str, str], tags: Iterable[str]) -> _Labels:
    """Let a search name also whoever has an account, and every tag; ``people`` are names by address."""
    of_accounts = labels_by_name((address, [name]) for address, name in people.items())
    return {**labels, "person": {**of_accounts, **labels.get("person", {})}, "tag": tags_by_name(tags)}


def search_inquiries(
    deps: Deps, person: Person, query: ListQuery, labels: _Labels, *, now: datetime, limit: int = PAGE_SIZE
) -> Found:
    """Do so in a transaction of its own; see ``search_in``."""
    reader = Reader(person=person, zone=deps.settings.company.working_hours.zone, now=now)
    with deps.db.read() as tx:
        return search_in(deps, tx, query, labels, reader, limit=limit)


def search_in(
    deps: Deps, tx: Connection, query: ListQuery, labels: _Labels, reader: Reader, *, limit: int = PAGE_SIZE
) -> Found:
    """Return the page of hits that begins where the query's cursor stands, the newest first.

    A search that only narrows is the list, in the list's own order. One in which nothing can be looked for finds
    nothing: it must not look as if everything were a hit.
    """
    search, listed = read_search(query, labels)
    if search.has_text:
        page = _page_of_hits(tx, search, listed, reader, limit)
    elif search.filters:
        page = page_of_inquiries(tx, listed, reader, deps.kept_rows, limit=limit)
    else:
        page = Page(rows=())
    excerpts = _excerpts(tx, search, [row.id for row in page.rows], deps.country_names)
    return Found(page=page, query=search, listed=listed, excerpts=excerpts)


def find_by_reference(deps: Deps, person: Person, typed: str) -> Reference | None:
    """Return the reference that ``typed`` is the whole of, where it is of an inquiry that the person may see."""
    reference = read_reference(typed, deps.settings.company.reference_prefix)
    if reference is None:
        return None
    with deps.db.read_each() as tx:
        inquiry = find_inquiry(tx, reference)
    return reference if inquiry and person.serves(inquiry.product, inquiry.assignee) else None


def _page_of_hits(tx: Connection, search: SearchQuery, listed: ListQuery, reader: Reader, limit: int) -> Page:
    cursor = listed.cursor
    place = Place(id=cursor.id, is_backward=cursor.is_backward) if cursor else Place()
    condition = condition_of(replace(listed, cursor=None), reader)
    candidates = candidates_of(tx.dialect.name, replace(listed, cursor=None), reader)
    ids = page_of_hits(tx, search, condition=condition, candidates=candidates, place=place, limit=limit + 1)
    has_more = len(ids) > limit
    if place.is_backward and not has_more and place.id is not None:
        return _page_of_hits(tx, search, replace(listed, cursor=None), reader, limit)  # the beginning, as a whole page
    shown = ids[-limit:] if place.is_backward else ids[:limit]
    rows = tuple(rows_of(tx, shown))
    is_first = cursor is None
    is_last = not has_more and not place.is_backward
    return Page(
        rows=rows,
        before=None if is_first or not rows else Cursor(id=rows[0].id, is_backward=True),
        after=None if is_last or not rows else Cursor(id=rows[-1].id),
    )


def _excerpts(
    tx: Connection, search: SearchQuery, ids: Sequence[int], country_names: Callable[[str], Sequence[str]]
) -> dict[int, Excerpt]:
    if not search.has_text:
        return {}
    texts = texts_of(tx, ids, country_names)
    return excerpts_of({id_: of_inquiry.pieces(TELLING) for id_, of_inquiry in texts.items()}, search)
