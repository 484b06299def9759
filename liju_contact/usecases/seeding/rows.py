"""The rows of one invented inquiry after another, in batches of the size a transaction takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import InquiryState, fold_address
from liju_contact.domain.message import Author
from liju_contact.store.inquiries import preview_of
from liju_contact.usecases.seeding.case import Case
from liju_contact.usecases.seeding.invention import Invention

_COLUMNS = {
    "inquiry": "id reference nonce key_version state language name email email_folded country product topic team"
    " company phone details received_at answer_due_at changed_at assignee unreachable_since version priority due_at"
    " has_files preview first_answered_at merged_into_id has_mail_trouble first_answer_due_at",
    "message": "id inquiry_id author author_name author_address moved_from_id body nonce written_at",
    "note": "id inquiry_id author_name author_address body nonce written_at",
    "event": "inquiry_id kind actor actor_name actor_address facts happened_at",
    "file": "message_id position blob_id name kind",
    "inquiry_tag": "inquiry_id tag_id",
    "rating": "inquiry_id stars words rated_at",
    "search_due": "inquiry_id",
}
COLUMNS: Mapping[str, tuple[str, ...]] = {table: tuple(names.split()) for table, names in _COLUMNS.items()}
"""By table, parents first; ids are given where rows of other tables or nonces name them."""


@dataclass(slots=True)
class Batch:
    """Rows by table. ``message`` and ``note`` begin with a place that their id is put in afterwards."""

    rows: dict[str, list[list[Any]]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    def number(self, table: str, ids: Sequence[int]) -> None:
        """Give the rows of ``table`` their ids, and a nonce that follows from it."""
        place = COLUMNS[table].index("nonce")
        for row, id_ in zip(self.rows[table], ids, strict=True):
            row[0], row[place] = id_, f"demo {id_}"
        if table == "message":
            for file in self.rows["file"]:
                file[0] = ids[file[0]]


def batch_of(invention: Invention, ids: Sequence[int], references: Iterator[str], begin: int) -> Batch:
    """Return the rows of the inquiries from the ``begin``-th on, one per id; what was merged is so within the batch."""
    batch = Batch()
    before: Case | None = None
    for place, id_ in enumerate(ids):
        case = invention.case(begin + place, before if place else None)
        _add(batch, case, id_, next(references), ids[place - 1] if case.is_repeated else None)
        before = case
    return batch


def _add(batch: Batch, case: Case, id_: int, reference: str, into_id: int | None) -> None:
    rows, life, customer = batch.rows, case.life, case.customer
    for place, turn in enumerate(case.turns):
        for file_place, (blob_id, name, kind) in enumerate(turn.files):
            rows["file"].append([len(rows["message"]), file_place, blob_id, name, kind])
        name, address = (turn.name, turn.address) if turn.author is Author.STAFF else (customer.name, "")
        moved = (into_id, id_) if into_id else (id_, None)
        rows["message"].append([0, moved[0], turn.author.value, name, address, moved[1], turn.body, "", turn.at])
        if place:
            actor = Actor.STAFF if turn.author is Author.STAFF else Actor.CUSTOMER
            _event(rows, id_, EventKind.MESSAGE_ADDED, actor, turn.at, name if address else "", address)
        else:
            _event(rows, id_, EventKind.INQUIRY_RECEIVED, Actor.CUSTOMER, turn.at)
    for note in case.notes:
        rows["note"].append([0, id_, note.name, note.address, note.body, "", note.at])
    for event in case.events:
        _event(rows, id_, event.kind, event.actor, event.at, event.name, event.address, event.facts)
    rows["inquiry_tag"].extend([id_, tag_id] for tag_id in case.tag_ids)
    if case.rating:
        rows["rating"].append([id_, *case.rating, life.ended_at])
    rows["search_due"].append([id_])
    state = life.state
    if into_id:
        state = InquiryState.MERGED
        _join(batch, into_id, case)
    rows["inquiry"].append(_inquiry(case, id_, reference, state, into_id))


def _inquiry(case: Case, id_: int, reference: str, state: InquiryState, into_id: int | None) -> list[Any]:
    life, customer = case.life, case.customer
    changes = len(case.turns) - 1 + len(case.events)
    return [
        *(id_, reference, f"demo {id_}", 1, state.value, case.language, customer.name, customer.email),
        *(fold_address(customer.email), customer.country, case.product, case.topic, case.team, customer.company),
        *(customer.phone, case.details, life.turns[0][1], case.answer_due_at, case.changed_at),
        *(case.assignee, case.unreachable_since, 1 + changes, case.priority, case.due_at),
        *(any(turn.files for turn in case.turns), preview_of(case.turns[-1].body), life.first_answered_at, into_id),
        case.unreachable_since is not None,
        case.first_answer_due_at,
    ]


def _join(batch: Batch, into_id: int, case: Case) -> None:
    """Let the inquiry that was written just before have the message and the look of it."""
    columns, into = COLUMNS["inquiry"], batch.rows["inquiry"][-1]
    into[columns.index("preview")] = preview_of(case.turns[-1].body)
    into[columns.index("has_files")] |= any(turn.files for turn in case.turns)
    into[columns.index("version")] += 1
    at = case.merged_at
    into[columns.index("changed_at")] = max(into[columns.index("changed_at")], at)
    _event(batch.rows, into_id, EventKind.MERGED_FROM, Actor.STAFF, at, case.staff_name, case.staff_address)


def _event(  # noqa: PLR0917  # called ten times, each with the same line
    rows: dict[str, list[list[Any]]],
    inquiry_id: int,
    kind: EventKind,
    actor: Actor,
    at: datetime,
    name: str = "",
    address: str = "",
    facts: str | None = None,
) -> None:
    rows["event"].append([inquiry_id, kind.value, actor.value, name, address, facts, at])
