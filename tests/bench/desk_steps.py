"""What the benchmark of the desk does: pages by their address, and the queries below them by function.

A page that does not exist yet answers 404 and is left out with a word. The functions are measured beside the pages,
so that a slow page shows whether it is its query that is slow.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import text

from liju_contact.domain.inquiry_list import Filters, ListQuery, Sort, View
from liju_contact.domain.person import Person, Role
from liju_contact.domain.priority import Priority
from liju_contact.domain.search_query import read_query
from liju_contact.store.inquiry_list import page_of_inquiries
from liju_contact.store.kept_rows import KeptRows
from liju_contact.store.list_candidates import candidates_of
from liju_contact.store.list_term import Reader
from liju_contact.store.list_terms import condition_of
from liju_contact.store.search import page_of_hits
from liju_contact.store.staff import add_account, find_account

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from liju_contact.usecases.deps import Deps

ADDRESS = "bench@liju.example"
_WORDS = {
    "search rare word": "observatory",
    "search serial number": None,
    "search common word": "boiler",
    "search two characters": "锅炉",
    "search two rare characters": "剧院",
    "search company:": "company:engineering",
    "search two words": "gasket observatory",
    "search boil*": "boil*",
    "search observ*": "observ*",
}
_SIFTED = {
    "search word, two filters": ("boiler", {"country": "DE", "priority": "urgent"}),
    "search word, rare tag": ("boiler", {"tag": "tibet"}),
    "search boil*, two filters": ("boil*", {"country": "DE", "priority": "urgent"}),
}
_EVERYTHING: Mapping[str, str] = MappingProxyType({})
_NARROWED = {
    "product": "steam",
    "topic": "fault",
    "person": "chen.jing@liju.example",
    "country": "DE",
    "language": "zh_Hans",
    "tag": "tibet",
    "priority": "urgent",
    "from": "2026-01-01",
    "files": "1",
    "overdue": "1",
}

KEPT = KeptRows()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    name: str
    run: Callable[[Connection], object]


def bench_person(deps: Deps) -> Person:
    with deps.db.begin() as tx:
        add_account(tx, address=ADDRESS, name="Bench", role=Role.ADMINISTRATOR, product_lines=(), now=deps.now())
        account = find_account(tx, ADDRESS)
    assert account is not None
    return account.person


def pages(deps: Deps) -> Iterator[Page]:
    reference, serial = _known(deps)
    yield Page(name="list", address="/staff")
    for view in View:
        yield Page(name=f"view {view}", address=f"/staff?view={view}")
    yield Page(name="one person's view", address=f"/staff?view=needs_answer&person={_NARROWED['person']}")
    for word, value in _NARROWED.items():
        yield Page(name=f"filter {word}", address=f"/staff?view=all&{word}={value}")
    for sort in Sort:
        yield Page(name=f"sort {sort}", address=f"/staff?view=all&sort={sort}")
    yield Page(name="next page", address=f"/staff?{_second(deps).to_query()}")
    for name, typed in _WORDS.items():
        yield Page(name=name, address=f"/staff?q={urllib.parse.quote(typed or serial)}")
    for name, (typed, narrowed) in _SIFTED.items():
        yield Page(name=name, address=f"/staff?{urllib.parse.urlencode({'view': 'all', 'q': typed, **narrowed})}")
    yield Page(name="inquiry", address=f"/staff/inquiry/{reference}")
    yield Page(name="insight", address="/staff/insight")
    yield Page(name="exports", address="/staff/exports")


def queries(deps: Deps, person: Person) -> Iterator[Query]:
    """Return what the list reads, without its page."""
    reader = Reader(person=person, zone=deps.settings.company.working_hours.zone, now=deps.now())
    mine = replace(reader, person=replace(person, address="chen.jing@liju.example"))
    served = replace(reader, person=replace(person, product_lines=frozenset({"steam"})))
    for view in View:
        yield _listed(f"rows of {view}", ListQuery(view=view), mine)
    for word, value in _NARROWED.items():
        yield _listed(f"rows by {word}", ListQuery.read({"view": "all", word: value}), reader)
    two = ListQuery(view=View.ALL, filters=Filters(country="DE", priority=Priority.URGENT))
    yield _listed("rows by two filters", two, reader)
    yield _listed("rows of one product line", ListQuery(view=View.ALL), served)
    for sort in Sort:
        yield _listed(f"rows sorted {sort}", ListQuery(view=View.ALL, sort=sort), reader)
    yield _listed("rows of the next page", _second(deps), reader)
    serial = _known(deps)[1]
    for name, typed in _WORDS.items():
        yield _searched(f"hits: {name}", typed or serial, reader)
    for name, (typed, narrowed) in _SIFTED.items():
        yield _searched(f"hits: {name}", typed, reader, narrowed)


def _listed(name: str, query: ListQuery, reader: Reader) -> Query:
    return Query(name=name, run=lambda tx: page_of_inquiries(tx, query, reader, KEPT))


def _searched(name: str, typed: str, reader: Reader, narrowed: Mapping[str, str] = _EVERYTHING) -> Query:
    search, query = read_query(typed), ListQuery.read({"view": "all", **narrowed})
    condition = condition_of(query, reader)

    def run(tx: Connection) -> object:
        own = candidates_of(tx.dialect.name, query, reader)
        return page_of_hits(tx, search, limit=51, condition=condition, candidates=own)

    return Query(name=name, run=run)


def _second(deps: Deps) -> ListQuery:
    """Return the second page of all inquiries."""
    query = ListQuery(view=View.ALL)
    person = Person(id=0, address=ADDRESS, name="", role=Role.ADMINISTRATOR)
    reader = Reader(person=person, zone=deps.settings.company.working_hours.zone, now=deps.now())
    with deps.db.read() as tx:
        return query.at(page_of_inquiries(tx, query, reader, KEPT).after)


def _known(deps: Deps) -> tuple[str, str]:
    """Return the reference of an inquiry with a long conversation, and a serial number that somebody wrote."""
    longest = text(
        "SELECT inquiry.reference FROM inquiry JOIN message ON message.inquiry_id = inquiry.id"
        " WHERE inquiry.id > (SELECT max(id) FROM inquiry) - 900 GROUP BY inquiry.reference"
        " ORDER BY count(*) DESC, inquiry.reference LIMIT 1"
    )
    serial = text("SELECT body FROM message WHERE body LIKE '%LJ20%' ORDER BY id LIMIT 1")
    with deps.db.read() as tx:
        body = tx.execute(serial).scalar_one()
        return tx.execute(longest).scalar_one(), body[body.index("LJ20") :][:11].rstrip(".,;。 ")
