"""Staff ask for a list of inquiries as a file, see how far it is, fetch it, and take it away. The worker writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.export import UNFINISHED_LIMIT, Export, ExportFormat, ExportState
from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.domain.person import Person
from liju_contact.domain.search_query import NO_LABELS, without_filters
from liju_contact.store.exports import add_export, exports_of, find_export, remove_export, unfinished_count
from liju_contact.store.files import chunk
from liju_contact.store.staff import every_account
from liju_contact.store.tags import every_tag
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.search_inquiries import naming, read_search

REFERENCES_LIMIT = 500
Labels = Mapping[str, Mapping[str, str]]


class TooManyExports(Conflict):
    """Somebody has as many exports waiting as one may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedExport:
    """``chunks`` can be read once."""

    export: Export
    chunks: Iterator[bytes]


def ask_for_export(
    deps: Deps,
    person: Person,
    *,
    query: ListQuery,
    references: Sequence[str],
    format_: ExportFormat,
    language: str,
    labels: Labels = NO_LABELS,
    now: datetime,
) -> int:
    """Have the list written to a file, or of it only ``references`` where some are given; return the export's id.

    A search is understood here and now, with ``labels``; what it says beside its text becomes part of the list.

    Raises ``TooManyExports`` or ``StoreBusy``.
    """
    labels = _named(deps, labels) if query.q else labels
    search, listed = read_search(query, labels)
    # Where nothing in it can be looked for, what narrows is the list, and nothing at all finds nothing, as on the page.
    typed = without_filters(query.q, labels) if search.has_text else "" if search.filters else query.q
    words = replace(listed.at(None), q=typed).words()
    if references:
        words["references"] = " ".join(references[:REFERENCES_LIMIT])
    with deps.db.begin() as tx:
        if unfinished_count(tx, person.id) >= UNFINISHED_LIMIT:
            raise TooManyExports("As many exports are being written as one person may have at a time.")
        return add_export(tx, person.id, query=urlencode(words), format_=format_, language=language, now=now)


def _named(deps: Deps, labels: Labels) -> Labels:
    with deps.db.read() as tx:
        people = {account.person.address: account.person.name for account in every_account(tx)}
        return naming(labels, people, every_tag(tx))


def list_exports(deps: Deps, person: Person) -> list[Export]:
    """Return somebody's exports, newest first."""
    with deps.db.read() as tx:
        return exports_of(tx, person.id)


def drop_export(deps: Deps, person: Person, export_id: int) -> None:
    """Take an export away, also one that is being written; raises ``NotFound``."""
    with deps.db.begin() as tx:
        if not remove_export(tx, export_id, person.id):
            raise NotFound("There is no such export.")


def fetch_export(deps: Deps, person: Person, export_id: int) -> FetchedExport:
    """Return a file that is ready; raises ``NotFound``, for somebody else's too."""
    with deps.db.read() as tx:
        export = find_export(tx, export_id, person.id)
    if export is None or export.state is not ExportState.READY or export.blob_id is None:
        raise NotFound("There is no such export.")
    return FetchedExport(export=export, chunks=_chunks(deps, export.blob_id))


def _chunks(deps: Deps, blob_id: int) -> Iterator[bytes]:
    position = 0
    while True:
        with deps.db.read() as tx:
            content = chunk(tx, blob_id, position)
        if content is None:
            return
        yield content
        position += 1
