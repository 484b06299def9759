"""What has had its time, kind by kind: which rows those are, and how they go.

Looking is done in a reading transaction and for so many rows at a time, so that a million old rows never hold up who
wants to write. What was found is looked at once more, by its ids (``among``), in the transaction in which it goes: it
may have been taken up again since.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select, text, update

from liju_contact.domain.inbound import InboundState
from liju_contact.domain.inquiry import InquiryState
from liju_contact.store.blobs_of_mail import put_raw
from liju_contact.store.desk_tables import DraftRow, PresenceRow
from liju_contact.store.erasure import drop_blobs, erase, erase_inquiries, is_on_its_way, with_merged
from liju_contact.store.holdings import Holdings, ids
from liju_contact.store.inbound_tables import AbsenceRow, InboundRow
from liju_contact.store.tables import DeliveryRow, InquiryRow, LetterRow
from liju_contact.store.visit_tables import VisitRow

Among = Collection[int] | None
"""The ids of what was found before; None where nothing was yet."""

_OVER = (InquiryState.CLOSED.value, InquiryState.ANSWERED.value)
_DECIDED = (InboundState.APPLIED.value, InboundState.NOTED.value, InboundState.DISCARDED.value)
_OF_STATE = (
    select(InquiryRow.id)
    .where(
        InquiryRow.state == bindparam("state"),
        InquiryRow.changed_at < bindparam("before"),
        InquiryRow.merged_into_id.is_(None),
    )
    .order_by(InquiryRow.changed_at)
    .limit(bindparam("limit"))
)
_LOOSE_MAIL = (
    select(InboundRow.id)
    .where(
        InboundRow.inquiry_id.is_(None),
        InboundRow.received_at < bindparam("before"),
        InboundRow.state.in_(_DECIDED),
    )
    .order_by(InboundRow.id)
    .limit(bindparam("limit"))
)
# These two are written out as their partial indexes have it: with bound values SQLite could not know that they fit.
_RAW_MAIL = (
    select(InboundRow.id)
    .where(InboundRow.received_at < bindparam("before"), text("bytes_count > 0"), InboundRow.state.in_(_DECIDED))
    .order_by(InboundRow.received_at, InboundRow.id)
    .limit(bindparam("limit"))
)
_LETTERS = (
    select(LetterRow.id)
    .where(
        LetterRow.written_at < bindparam("before"),
        text("text <> ''"),
        ~is_on_its_way(),
    )
    .order_by(LetterRow.written_at, LetterRow.id)
    .limit(bindparam("limit"))
)
_IS_EMPTIED = (
    select(DeliveryRow.id)
    .join(LetterRow, LetterRow.id == DeliveryRow.letter_id)
    .where(DeliveryRow.id == bindparam("delivery_id"), LetterRow.text == "")
)


def old_inquiries(tx: Connection, before: datetime, limit: int, among: Among = None) -> list[int]:
    """Return inquiries that nobody waits for and that were changed last before then, the oldest first."""
    found: list[int] = []
    for state in _OVER:
        values = {"state": state, "before": before, "limit": limit - len(found)}
        found += _found(tx, _OF_STATE, values, among) if len(found) < limit else []
    return found


def old_spam(tx: Connection, before: datetime, limit: int, among: Among = None) -> list[int]:
    values = {"state": InquiryState.SPAM.value, "before": before, "limit": limit}
    return _found(tx, _OF_STATE, values, among)


def forget_inquiries(tx: Connection, inquiry_ids: Sequence[int]) -> int:
    """Remove inquiries and those merged into them; what was carried elsewhere stays where it is."""
    return len(erase_inquiries(tx, with_merged(tx, inquiry_ids), with_moved=False).inquiries)


def loose_mail(tx: Connection, before: datetime, limit: int, among: Among = None) -> list[int]:
    """Return received mails that belong to no inquiry and that nobody has to decide about."""
    return _found(tx, _LOOSE_MAIL, {"before": before, "limit": limit}, among)


def forget_mail(tx: Connection, inbound_ids: Sequence[int]) -> int:
    return len(erase(tx, Holdings(mails=frozenset(inbound_ids)), with_moved=False).mails)


def raw_mail(tx: Connection, before: datetime, limit: int, among: Among = None) -> list[int]:
    return _found(tx, _RAW_MAIL, {"before": before, "limit": limit}, among)


def empty_mail(tx: Connection, inbound_ids: Sequence[int]) -> int:
    """Let the bytes of mails go; their texts and files stay."""
    blobs = ids(tx, InboundRow.blob_id, (InboundRow.id, inbound_ids))
    for inbound_id in inbound_ids:
        put_raw(tx, inbound_id, b"")
    drop_blobs(tx, blobs)
    return len(inbound_ids)


def old_letters(tx: Connection, before: datetime, limit: int, among: Among = None) -> list[int]:
    """Return letters that are on their way no more."""
    return _found(tx, _LETTERS, {"before": before, "limit": limit}, among)


def empty_letters(tx: Connection, letter_ids: Sequence[int]) -> int:
    """Let the text of letters go; whom they went to and when stays. One that is sent once more stays whole."""
    emptied = update(LetterRow).where(LetterRow.id.in_(letter_ids), ~is_on_its_way()).values(text="", html="")
    return tx.execute(emptied).rowcount


def is_emptied(tx: Connection, delivery_id: int) -> bool:
    """Tell whether the text of a letter is gone, so that it cannot be sent again."""
    return tx.execute(_IS_EMPTIED, {"delivery_id": delivery_id}).first() is not None


def _found(tx: Connection, statement: Select[int], values: Mapping[str, Any], among: Among) -> list[int]:
    """Return what a statement finds; ``among`` some alone, which then stay as they are until the transaction ends."""
    if among is None:
        return list(tx.execute(statement, values).scalars())
    id_ = statement.selected_columns[0]
    held = statement.where(id_.in_(among)).with_for_update(of=id_)
    return list(tx.execute(held, values).scalars())


def sweep_drafts(tx: Connection, before: datetime) -> int:
    return tx.execute(delete(DraftRow).where(DraftRow.changed_at < before)).rowcount


def sweep_visits(tx: Connection, before: datetime) -> int:
    return tx.execute(delete(VisitRow).where(VisitRow.visited_at < before)).rowcount


def sweep_absences(tx: Connection, before: datetime) -> int:
    return tx.execute(delete(AbsenceRow).where(AbsenceRow.noted_at < before)).rowcount


def sweep_presence(tx: Connection, before: datetime) -> int:
    return tx.execute(delete(PresenceRow).where(PresenceRow.seen_at < before)).rowcount
