"""The list of the desk: a page of it with all it shows, and what has happened in it since somebody looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from liju_contact.domain.excerpt import Excerpt
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.inquiry_list import Cursor, ListQuery, View
from liju_contact.domain.person import ACTIONS_OF, Action, Person
from liju_contact.domain.refusal import CALM
from liju_contact.domain.search_query import SearchQuery
from liju_contact.store.beside_list import BesideList, beside_list
from liju_contact.store.events import newest_event_id
from liju_contact.store.inquiry_list import beginning_of_page, page_of_inquiries
from liju_contact.store.list_news import changed_count
from liju_contact.store.list_term import Reader
from liju_contact.store.listed_inquiries import ListedInquiry
from liju_contact.store.saved_views import SavedView
from liju_contact.store.view_counts import counts_for
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.search_inquiries import naming, search_in
from liju_contact.usecases.tend_held import MOST_COUNTED

__all__ = ["Labels", "ListNews", "ListPage", "ListedInquiry", "list_inquiries", "list_news"]

Labels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """``listed`` is what the rows are: the query as the search in it narrows it; ``search`` is None without one.

    ``people`` are the names by address of all who may have an inquiry, ``names`` of all who may have had one.
    ``newest_event_id`` is for ``list_news``, ``held_count`` the mails and ``refused_count`` the refusals that wait for
    somebody, ``MOST_COUNTED`` at most.
    """

    listed: ListQuery
    rows: tuple[ListedInquiry, ...]
    before: Cursor | None
    after: Cursor | None
    every_tag: tuple[str, ...]
    people: Mapping[str, str]
    names: Mapping[str, str]
    counts: Mapping[View, int]
    saved_views: tuple[SavedView, ...]
    search: SearchQuery | None
    excerpts: Mapping[int, Excerpt]
    newest_event_id: int
    held_count: int
    refused_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNews:
    newest_event_id: int
    changed_count: int
    counts: Mapping[View, int]


def list_inquiries(deps: Deps, person: Person, query: ListQuery, labels: Labels, *, now: datetime) -> ListPage:
    """Return the page that begins where the query's cursor stands. Raises ``StoreBusy``.

    The number of queries is the same however many rows there are. What stands beside a list is read before it, or with
    its beginning: what happens in between is in it, and is announced once more. A search looks at one moment, because
    it asks again and again.
    """
    reader = Reader(person=person, zone=deps.settings.company.working_hours.zone, now=now)
    with deps.db.read() if query.q else deps.db.read_each() as tx:
        along = None if query.q else beginning_of_page(tx.dialect.name, query, reader)
        beside = beside_list(tx, person, calm_before=now - CALM, most=MOST_COUNTED, along=along)
        people, names = _people(deps, beside)
        found = search_in(deps, tx, query, naming(labels, names, beside.every_tag), reader) if query.q else None
        page = found.page if found else page_of_inquiries(tx, query, reader, deps.kept_rows, begun=beside.along)
    return ListPage(
        listed=found.listed if found else query,
        rows=page.rows,
        before=page.before,
        after=page.after,
        every_tag=beside.every_tag,
        people=people,
        names=names,
        counts=beside.counts,
        saved_views=beside.saved_views,
        search=found.query if found else None,
        excerpts=found.excerpts if found else {},
        newest_event_id=beside.newest_event_id,
        held_count=beside.held_count,
        refused_count=beside.refused_count,
    )


def list_news(deps: Deps, person: Person, query: ListQuery, *, since: int, now: datetime) -> ListNews:
    """Return what others have changed in the list since event ``since``.

    Of a search only the counts beside it are news: which of the changed inquiries are hits would be a search each time.
    """
    reader = Reader(person=person, zone=deps.settings.company.working_hours.zone, now=now)
    with deps.db.read_each() as tx:
        return ListNews(
            newest_event_id=newest_event_id(tx),
            changed_count=0 if query.q else changed_count(tx, replace(query, cursor=None), reader, since),
            counts=counts_for(tx, person),
        )


def _people(deps: Deps, beside: BesideList) -> tuple[dict[str, str], dict[str, str]]:
    """Return who may have an inquiry, and who all may have had one: names by address, the address where there is none.

    The settings name somebody before their account does; who may have one is for the account to say.
    """
    language = deps.settings.default_language
    known = {fold_address(staff.address): staff for staff in deps.settings.catalogue.staff}
    names = {staff.address: staff.name.in_language(language) for staff in known.values()}
    shut_out = set()
    for address, (name, role) in beside.people.items():
        staff = known.get(fold_address(address))
        named = names.pop(staff.address) if staff else ""
        names[address] = named or name
        if role is None or Action.ANSWER not in ACTIONS_OF[role]:
            shut_out.add(address)
    names = {address: name or address for address, name in names.items()}
    return {address: name for address, name in names.items() if address not in shut_out}, names
