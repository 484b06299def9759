"""Search documents: which are due, and how they and their words are written and taken away.

Whoever changes what can be searched says ``note_search_due`` in the same transaction; the worker does the rest
(``usecases.index_search``). One worker writes documents at a time, and it waits for nobody: an inquiry that somebody
holds just now stays due.

SQLite's FTS5 keeps the words without the text they come from, so it forgets only what it is told again, word for word:
the old document says which those were. On PostgreSQL the words are a row beside the document and go with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text

from liju_contact.domain.search_words import words_of
from liju_contact.store.desk_tables import SearchDocumentRow, SearchDueRow
from liju_contact.store.statements import insert_or_change
from liju_contact.store.tables import InquiryRow, MessageRow

_ONE_WORKER = 0x4C494A56  # any number that is ours, and not that of another lock

_ALONE = text("SELECT pg_try_advisory_xact_lock(:number)")
_NOTE = insert(SearchDueRow)
_NOTE_MESSAGE = insert(SearchDueRow).from_select(
    ["inquiry_id"], select(MessageRow.inquiry_id).where(MessageRow.id == bindparam("message_id"))
)
_ALL_DUE = insert(SearchDueRow).from_select(["inquiry_id"], select(InquiryRow.id).order_by(InquiryRow.id))
# The newest first: while the worker makes up for a rebuild, what people write today is found all the same.
_NEXT = select(SearchDueRow.id, SearchDueRow.inquiry_id).order_by(SearchDueRow.id.desc()).limit(bindparam("limit"))
_DONE = delete(SearchDueRow).where(SearchDueRow.id.in_(bindparam("ids", expanding=True)))
_THERE = select(InquiryRow.id).where(InquiryRow.id.in_(bindparam("ids", expanding=True)))
_FREE = _THERE.with_for_update(key_share=True, read=True, skip_locked=True)
_BODIES = select(SearchDocumentRow.inquiry_id, SearchDocumentRow.body).where(
    SearchDocumentRow.inquiry_id.in_(bindparam("ids", expanding=True))
)
_PUT = insert_or_change(SearchDocumentRow, ["inquiry_id"], lambda new: {"body": new.body})
_REMOVE = delete(SearchDocumentRow).where(SearchDocumentRow.inquiry_id.in_(bindparam("ids", expanding=True)))
# With ``command`` NULL this writes; with 'delete' it takes away. One statement, so that one inquiry follows another:
# FTS5 begins a new segment whenever the numbers do not grow.
_FTS5 = text("INSERT INTO search_words (search_words, rowid, words) VALUES (:command, :inquiry_id, :words)")
_PUT_WORDS = text(
    "INSERT INTO search_words (inquiry_id, words) VALUES (:inquiry_id, array_to_tsvector(:words))"
    " ON CONFLICT (inquiry_id) DO UPDATE SET words = excluded.words"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """``row_ids`` are done with once the inquiries' documents are written; ``gone`` are no inquiries any more."""

    row_ids: tuple[int, ...]
    inquiry_ids: tuple[int, ...]
    gone: tuple[int, ...]


def note_search_due(tx: Connection, inquiry_id: int) -> None:
    """Have the search document written anew: something was changed that can be searched."""
    tx.execute(_NOTE, {"inquiry_id": inquiry_id})


def note_message_due(tx: Connection, message_id: int) -> None:
    """The same for the inquiry that a message belongs to; said before the message is taken away."""
    tx.execute(_NOTE_MESSAGE, {"message_id": message_id})


def note_all_due(tx: Connection) -> int:
    """Forget all documents and have them written anew; returns how many that will be."""
    tx.execute(delete(SearchDueRow))
    if tx.dialect.name == "sqlite":
        tx.execute(text("INSERT INTO search_words (search_words) VALUES ('delete-all')"))
    tx.execute(delete(SearchDocumentRow))
    tx.execute(_ALL_DUE)
    return int(tx.execute(select(func.count()).select_from(SearchDueRow)).scalar_one())


def is_any_due(tx: Connection) -> bool:
    return tx.execute(_NEXT, {"limit": 1}).first() is not None


def take_due(tx: Connection, *, limit: int) -> Due:
    """Return what is due, and keep those inquiries from being deleted until the end of ``tx``.

    Nothing is due for a worker beside which another one is at it.
    """
    if tx.dialect.name == "postgresql" and not tx.execute(_ALONE, {"number": _ONE_WORKER}).scalar_one():
        return Due(row_ids=(), inquiry_ids=(), gone=())
    rows = tx.execute(_NEXT, {"limit": limit}).all()
    wanted = {row.inquiry_id for row in rows}
    free = set(tx.execute(_FREE, {"ids": sorted(wanted)}).scalars()) if wanted else set()
    held_or_gone = sorted(wanted - free)
    held = set(tx.execute(_THERE, {"ids": held_or_gone}).scalars()) if held_or_gone else set()
    return Due(
        row_ids=tuple(row.id for row in rows if row.inquiry_id not in held),
        inquiry_ids=tuple(sorted(free)),
        gone=tuple(sorted(wanted - free - held)),
    )


def forget_due(tx: Connection, row_ids: Sequence[int]) -> None:
    """Strike out what was taken, and nothing that was noted since."""
    if row_ids:
        tx.execute(_DONE, {"ids": list(row_ids)})


def put_documents(tx: Connection, documents: Mapping[int, str]) -> None:
    """Write documents, by inquiry, in place of those there were."""
    if not documents:
        return
    before = {row.inquiry_id: row.body for row in tx.execute(_BODIES, {"ids": sorted(documents)})}
    changed = [id_ for id_ in sorted(documents) if documents[id_] != before.get(id_)]
    if not changed:
        return
    tx.execute(_PUT[tx.dialect.name], [{"inquiry_id": id_, "body": documents[id_]} for id_ in changed])
    if tx.dialect.name == "sqlite":
        tx.execute(_FTS5, [row for id_ in changed for row in _renewal(id_, before.get(id_), documents[id_])])
    else:
        tx.execute(_PUT_WORDS, [{"inquiry_id": id_, "words": words_of(documents[id_])} for id_ in changed])


def remove_document(tx: Connection, inquiry_id: int) -> None:
    """Take an inquiry out of the search, so that nothing of it is found any more.

    Whoever deletes an inquiry holds it (``get_inquiry_for_update``) and calls this first. SQLite's index drops the
    words themselves when it next merges its segments; ``search rebuild`` does it at once.
    """
    remove_documents(tx, [inquiry_id])


def remove_documents(tx: Connection, inquiry_ids: Sequence[int]) -> None:
    if not inquiry_ids:
        return
    if tx.dialect.name == "sqlite":
        rows = tx.execute(_BODIES, {"ids": list(inquiry_ids)}).all()
        if rows:
            tx.execute(_FTS5, [_forgotten(row.inquiry_id, row.body) for row in rows])
    tx.execute(_REMOVE, {"ids": list(inquiry_ids)})


def _renewal(inquiry_id: int, before: str | None, after: str) -> Iterable[dict[str, Any]]:
    if before is not None:
        yield _forgotten(inquiry_id, before)
    yield {"command": None, "inquiry_id": inquiry_id, "words": " ".join(words_of(after))}


def _forgotten(inquiry_id: int, document: str) -> dict[str, Any]:
    return {"command": "delete", "inquiry_id": inquiry_id, "words": " ".join(words_of(document))}
