"""The worker writes the search documents of what has changed; the command line may have all of them written anew.

A document is written from what is committed, in one transaction with striking out that it was due. Whatever is changed
meanwhile is due by a row of its own, so it is written once more; it is never missed.
"""

from __future__ import annotations

from sqlalchemy import Connection

from liju_contact.domain.search_words import BY_WEIGHT, document_of
from liju_contact.store.search_documents import (
    Due,
    forget_due,
    is_any_due,
    note_all_due,
    put_documents,
    remove_documents,
    take_due,
)
from liju_contact.store.search_texts import texts_of
from liju_contact.usecases.deps import Deps

BATCH = 50
"""So few that somebody who wants to write, or to hold one of these inquiries, waits for some milliseconds only."""


def index_search(deps: Deps, *, limit: int = BATCH) -> int:
    """Write the documents of the inquiries that changed last; returns how many were due."""
    with deps.db.read() as tx:
        if not is_any_due(tx):
            return 0
    with deps.db.begin() as tx:
        due = take_due(tx, limit=limit)
        _write(deps, tx, due)
        forget_due(tx, due.row_ids)
    return len(due.row_ids)


def rebuild_search(deps: Deps) -> int:
    """Empty the index and have it written anew; returns how many inquiries there are. They are found as it goes on."""
    with deps.db.begin() as tx:
        return note_all_due(tx)


def _write(deps: Deps, tx: Connection, due: Due) -> None:
    texts = texts_of(tx, due.inquiry_ids, deps.country_names)
    put_documents(tx, {inquiry_id: document_of(texts[inquiry_id].pieces(BY_WEIGHT)) for inquiry_id in due.inquiry_ids})
    remove_documents(tx, due.gone)
