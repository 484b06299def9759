"""The pages of an export in their order, written here and, where somebody is beside, by another process as well.

A page has a place: the ids it lies between, or those it holds. Every page is read in a transaction of its own, so it
makes no difference who writes it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Protocol
from urllib.parse import parse_qsl

from liju_contact.domain.errors import LijuError
from liju_contact.domain.export import Export
from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.domain.person import Person
from liju_contact.domain.search_query import SearchQuery, read_query
from liju_contact.store.exported import Window, by_ids, chosen_of, newest_id, page_of_window, window_of
from liju_contact.store.list_candidates import candidates_of
from liju_contact.store.list_term import Reader
from liju_contact.store.list_terms import condition_of
from liju_contact.store.search import Place as HitPlace
from liju_contact.store.search import page_of_hits
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.sheet import WrittenPage

PAGE = 1000  # ids in a window
_REFERENCES_AT_ONCE = 100
_HITS_AT_ONCE = 500
_GIVEN_AT_ONCE = 2  # one that the other writes, and one that it finds when that is done
_MOST_AHEAD = 4  # pages that wait for one before them

Place = dict[str, object]


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """All that the pages of an export depend on; ``person`` is whose it is, as their account is now."""

    export: Export
    person: Person


class NobodyBeside(LijuError):
    """The other process is gone."""


class WriterBeside(Protocol):
    """Writes pages in another process. ``give`` and ``take`` raise ``NobodyBeside``."""

    def give(self, place: Place) -> None: ...

    def has_written(self) -> bool:
        """Tell whether ``take`` would not have to wait."""
        ...

    def take(self) -> WrittenPage | None:
        """Return the page of the place given first of those that are underway; None if it could not be written."""
        ...


FindBeside = Callable[[ExportPlan], AbstractContextManager[WriterBeside | None]]


def nobody_beside(_plan: ExportPlan) -> AbstractContextManager[WriterBeside | None]:
    return nullcontext()


def written_pages(deps: Deps, plan: ExportPlan, find_beside: FindBeside) -> Generator[WrittenPage]:
    """Return the pages of the list, newest inquiry first; no transaction stays open between two.

    Nobody is called for a single page.
    """
    pages = ExportPages(deps, plan)
    places = pages.places()
    yield from map(pages.write, islice(places, 1))
    if (second := next(places, None)) is None:
        return
    with find_beside(plan) as beside:
        turns = _Turns(pages, beside)
        for place in chain([second], places):
            yield from turns.take(place)
        yield from turns.rest()


class ExportPages:
    """Finds the places of an export, and writes the page of one."""

    def __init__(self, deps: Deps, plan: ExportPlan) -> None:
        self._deps = deps
        export = plan.export
        self._writer = deps.new_page_writer(export.format, export.language)
        words = dict(parse_qsl(export.query))
        self._typed = words.pop("q", "")
        self._query = ListQuery.read(words)
        zone = deps.settings.company.working_hours.zone
        self._reader = Reader(person=plan.person, zone=zone, now=export.asked_at)
        self._references = words.get("references", "").split()
        self._window: Window | None = None

    def places(self) -> Iterator[Place]:
        if self._references:
            return self._chosen()
        return self._hits(read_query(self._typed)) if self._typed else self._windows()

    def write(self, place: Place) -> WrittenPage:
        """Raises ``StoreBusy``."""
        with self._deps.db.read() as tx:
            if self._window is None:
                self._window = self._window_on(tx.dialect.name)
            page = page_of_window(tx, self._window, place, has_messages=self._writer.has_messages)
        return WrittenPage(len(page.inquiries), self._writer.write(page) if page.inquiries else b"")

    def _window_on(self, dialect: str) -> Window:
        if self._references:
            return chosen_of(dialect, self._query, self._reader)
        return by_ids(dialect) if self._typed else window_of(dialect, self._query, self._reader)

    def _windows(self) -> Iterator[Place]:
        with self._deps.db.read() as tx:
            upto = newest_id(tx)
        while upto > 0:
            yield {"above": upto - PAGE, "upto": upto}
            upto -= PAGE

    def _hits(self, search: SearchQuery) -> Iterator[Place]:
        """Follow a search from its newest hit on."""
        condition, place = condition_of(self._query, self._reader), HitPlace()
        while True:
            with self._deps.db.read() as tx:
                own = candidates_of(tx.dialect.name, self._query, self._reader)
                ids = page_of_hits(tx, search, limit=_HITS_AT_ONCE, condition=condition, candidates=own, place=place)
            if not ids:
                return
            yield {"ids": ids}
            place = HitPlace(id=ids[-1])

    def _chosen(self) -> Iterator[Place]:
        for begin in range(0, len(self._references), _REFERENCES_AT_ONCE):
            yield {"references": self._references[begin : begin + _REFERENCES_AT_ONCE]}


@dataclass(slots=True)
class _Turns:
    """Who has nothing to do gets the next place, and the pages come in the order of the places all the same.

    Both are as quick as they are: while the other has enough to do one is written here, and only where many would wait
    for one before them is anybody waited for. What the other could not write, or took along when it went, is written
    here.
    """

    pages: ExportPages
    beside: WriterBeside | None
    ahead: deque[tuple[Place, WrittenPage | None]] = field(default_factory=deque)  # None: it is with the other
    given_count: int = 0

    def take(self, place: Place) -> Iterator[WrittenPage]:
        """Have the page of ``place`` written, and return what has become ready in the meantime."""
        page = None if self._give(place) else self.pages.write(place)
        self.ahead.append((place, page))
        while self.ahead and (self._is_next_ready() or len(self.ahead) > _MOST_AHEAD):
            yield self._next()

    def rest(self) -> Iterator[WrittenPage]:
        while self.ahead:
            yield self._next()

    def _give(self, place: Place) -> bool:
        if self.beside is None or self.given_count >= _GIVEN_AT_ONCE:
            return False
        try:
            self.beside.give(place)
        except NobodyBeside:
            self.beside = None
            return False
        self.given_count += 1
        return True

    def _is_next_ready(self) -> bool:
        return self.ahead[0][1] is not None or self.beside is None or self.beside.has_written()

    def _next(self) -> WrittenPage:
        place, page = self.ahead.popleft()
        return page or self._given_back() or self.pages.write(place)

    def _given_back(self) -> WrittenPage | None:
        if self.beside is None:
            return None
        self.given_count -= 1
        try:
            return self.beside.take()
        except NobodyBeside:
            self.beside = None
            return None
