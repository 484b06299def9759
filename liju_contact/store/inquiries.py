"""Inquiries: written once, found by reference, by form or by the customer's address."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from liju_contact.domain.detail import Detail
from liju_contact.domain.errors import NotFound
from liju_contact.domain.inquiry import Inquiry, InquiryState, NewInquiry, fold_address
from liju_contact.domain.message import Author
from liju_contact.domain.priority import Priority
from liju_contact.store.file_tables import FileRow
from liju_contact.store.mail_trouble import note_mail_trouble
from liju_contact.store.search_documents import note_search_due
from liju_contact.store.statements import insert_unless_taken
from liju_contact.store.tables import InquiryRow, MessageRow

_COLUMNS = (
    InquiryRow.id,
    InquiryRow.reference,
    InquiryRow.key_version,
    InquiryRow.state,
    InquiryRow.language,
    InquiryRow.name,
    InquiryRow.email,
    InquiryRow.country,
    InquiryRow.product,
    InquiryRow.topic,
    InquiryRow.team,
    InquiryRow.company,
    InquiryRow.phone,
    InquiryRow.details,
    InquiryRow.received_at,
    InquiryRow.answer_due_at,
    InquiryRow.assignee,
    InquiryRow.unreachable_since,
    InquiryRow.version,
    InquiryRow.priority,
    InquiryRow.due_at,
    InquiryRow.merged_into_id,
    InquiryRow.notice_version,
)
_FIELDS = tuple(column.key for column in _COLUMNS)

_ADD = insert_unless_taken(InquiryRow, InquiryRow.id)
_BY_NONCE = select(*_COLUMNS).where(InquiryRow.nonce == bindparam("nonce"))
_BY_REFERENCE = select(*_COLUMNS).where(InquiryRow.reference == bindparam("reference"))
_FOR_UPDATE = _BY_REFERENCE.with_for_update()
_UNMERGED_FOR_UPDATE = _FOR_UPDATE.where(InquiryRow.merged_into_id.is_(None))
_BY_ID = select(*_COLUMNS).where(InquiryRow.id == bindparam("inquiry_id"))
_BY_ID_FOR_UPDATE = select(*_COLUMNS).where(InquiryRow.id == bindparam("inquiry_id")).with_for_update()
_BY_REFERENCES = select(*_COLUMNS).where(InquiryRow.reference.in_(bindparam("references", expanding=True)))
_BY_IDS = select(*_COLUMNS).where(InquiryRow.id.in_(bindparam("inquiry_ids", expanding=True)))
_NEWEST_OF = (
    select(*_COLUMNS)
    .where(InquiryRow.email_folded == bindparam("email_folded"))
    .order_by(InquiryRow.id.desc())
    .limit(bindparam("limit"))
)
_PROMISE = (
    update(InquiryRow).where(InquiryRow.id == bindparam("inquiry_id")).values(answer_due_at=bindparam("promised_at"))
)
_NEWEST_BODY = (
    select(MessageRow.body)
    .where(MessageRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(MessageRow.written_at.desc(), MessageRow.id.desc())
    .limit(1)
)
_REFRESH = (
    update(InquiryRow)
    .where(InquiryRow.id == bindparam("refreshed_id"))
    .values(
        preview=bindparam("new_preview"),
        has_files=select(FileRow.id)
        .join(MessageRow, MessageRow.id == FileRow.message_id)
        .where(MessageRow.inquiry_id == InquiryRow.id)
        .correlate(InquiryRow)
        .exists(),
        first_answered_at=select(func.min(MessageRow.written_at))
        .where(
            MessageRow.inquiry_id == InquiryRow.id,
            MessageRow.author == Author.STAFF.value,
            MessageRow.written_at >= InquiryRow.received_at,
        )
        .correlate(InquiryRow)
        .scalar_subquery(),
    )
)
_VERSION = select(InquiryRow.version).where(InquiryRow.id == bindparam("inquiry_id"))
_SET_STATE = (
    update(InquiryRow)
    .where(InquiryRow.id == bindparam("inquiry_id"))
    .values(state=bindparam("to_state"), changed_at=bindparam("at"), version=InquiryRow.version + 1)
)
_REFERENCE = select(InquiryRow.reference).where(InquiryRow.id == bindparam("inquiry_id"))
_PREVIEW_LENGTH = 200  # characters; a list cuts it to its own width


def add_inquiry(
    tx: Connection,
    new: NewInquiry,
    *,
    reference: str,
    nonce: str,
    team: str,
    answer_due_at: datetime,
    now: datetime,
    state: InquiryState = InquiryState.RECEIVED,
) -> int | None:
    """Write an inquiry and return its id; None when its nonce or its reference is taken, and then nothing is written.

    It can be searched as soon as its first message says that it is due. The conflict is left to the database, so that
    twenty parallel clicks cannot slip between a look and a write.
    """
    values = {
        **_given(new),
        "reference": reference,
        "nonce": nonce,
        "key_version": 1,
        "state": state.value,
        "team": team,
        "received_at": now,
        "answer_due_at": answer_due_at,
        "first_answer_due_at": answer_due_at,
        "changed_at": now,
    }
    return tx.execute(_ADD[tx.dialect.name], values).scalar_one_or_none()


def _given(new: NewInquiry) -> dict[str, Any]:
    return {
        "language": new.language,
        "name": new.name,
        "email": new.email,
        "email_folded": fold_address(new.email),
        "country": new.country,
        "product": new.product,
        "topic": new.topic,
        "company": new.company,
        "phone": new.phone,
        "details": [detail.to_json() for detail in new.details],
        "preview": preview_of(new.message),
        "has_files": bool(new.files),
        "notice_version": new.notice_version,
    }


def find_inquiry_by_nonce(tx: Connection, nonce: str) -> Inquiry | None:
    row = tx.execute(_BY_NONCE, {"nonce": nonce}).one_or_none()
    return _inquiry(row) if row else None


def find_inquiry(tx: Connection, reference: str) -> Inquiry | None:
    row = tx.execute(_BY_REFERENCE, {"reference": reference}).one_or_none()
    return _inquiry(row) if row else None


def get_inquiry_for_update(tx: Connection, reference: str) -> Inquiry:
    """Return the inquiry and keep it from changing under us until the end of ``tx``; raises ``NotFound``.

    On SQLite a writing transaction already excludes every other writer, and ``FOR UPDATE`` is left out by SQLAlchemy.
    """
    row = tx.execute(_FOR_UPDATE, {"reference": reference}).one_or_none()
    if row is None:
        raise NotFound(f"There is no inquiry {reference}.")
    return _inquiry(row)


def reference_of(tx: Connection, inquiry_id: int) -> str:
    """Return the public number of an inquiry, empty when there is none with that id."""
    return tx.execute(_REFERENCE, {"inquiry_id": inquiry_id}).scalar_one_or_none() or ""


def inquiries_by_id(tx: Connection, inquiry_ids: Collection[int]) -> dict[int, Inquiry]:
    """Return those inquiries by their ids."""
    rows = tx.execute(_BY_IDS, {"inquiry_ids": list(inquiry_ids)}) if inquiry_ids else ()
    return {row.id: _inquiry(row) for row in rows}


def inquiries_by_reference(tx: Connection, references: Collection[str]) -> list[Inquiry]:
    """Return the inquiries that there are, in no order."""
    return [_inquiry(row) for row in tx.execute(_BY_REFERENCES, {"references": list(references)})]


def end_of_merges(tx: Connection, inquiry: Inquiry) -> Inquiry:
    """Return the inquiry in which the conversation of ``inquiry`` goes on: itself, where it was not merged."""
    while inquiry.merged_into_id is not None:
        inquiry = _inquiry(tx.execute(_BY_ID, {"inquiry_id": inquiry.merged_into_id}).one())
    return inquiry


def get_end_for_update(tx: Connection, reference: str) -> Inquiry:
    """Return the inquiry in which that of ``reference`` goes on and keep it from changing; raises ``NotFound``.

    Only the end is locked: whoever locked the others too could wait for somebody who waits for them.
    """
    row = tx.execute(_UNMERGED_FOR_UPDATE, {"reference": reference}).one_or_none()
    while row is None:
        found = find_inquiry(tx, reference)
        if found is None:
            raise NotFound(f"There is no inquiry {reference}.")
        row = tx.execute(_UNMERGED_FOR_UPDATE, {"reference": end_of_merges(tx, found).reference}).one_or_none()
    return _inquiry(row)


def newest_inquiries_of(tx: Connection, address: str, *, limit: int) -> list[Inquiry]:
    """Return the inquiries written from ``address``, newest first."""
    rows = tx.execute(_NEWEST_OF, {"email_folded": fold_address(address), "limit": limit})
    return [_inquiry(row) for row in rows]


def set_state(tx: Connection, inquiry_id: int, state: InquiryState, now: datetime) -> None:
    tx.execute(_SET_STATE, {"inquiry_id": inquiry_id, "to_state": state.value, "at": now})


def preview_of(body: str) -> str:
    """Return the beginning of a message as one line."""
    return " ".join(body[: 2 * _PREVIEW_LENGTH].split())[:_PREVIEW_LENGTH]


def note_newest_message(
    tx: Connection, inquiry_id: int, body: str, *, author: Author, has_files: bool, now: datetime
) -> None:
    """Keep what a list shows of the conversation without looking into it."""
    values: dict[str, Any] = {"preview": preview_of(body)}
    if has_files:
        values["has_files"] = True
    if author is Author.STAFF:
        values["first_answered_at"] = func.coalesce(InquiryRow.first_answered_at, now)
    tx.execute(update(InquiryRow).where(InquiryRow.id == inquiry_id).values(**values))


def refresh_conversation(tx: Connection, inquiry_id: int) -> None:
    """Gather anew what a list shows of the conversation, when messages came or went by another way than being written.

    An answer from before the inquiry was received, which came with another one, does not count as its first.
    """
    newest = tx.execute(_NEWEST_BODY, {"inquiry_id": inquiry_id}).scalar_one_or_none()
    tx.execute(_REFRESH, {"refreshed_id": inquiry_id, "new_preview": preview_of(newest or "")})


def promise_answer(tx: Connection, inquiry_id: int, answer_due_at: datetime) -> None:
    """Renew the promise: the customer is told when the next answer comes."""
    tx.execute(_PROMISE, {"inquiry_id": inquiry_id, "promised_at": answer_due_at})


def change_columns(tx: Connection, inquiry_id: int, columns: Mapping[str, Any], now: datetime) -> None:
    """Set columns of an inquiry by their names; the event that goes with it begins the new version."""
    tx.execute(update(InquiryRow).where(InquiryRow.id == inquiry_id).values(**columns, changed_at=now))


def version_of(tx: Connection, inquiry_id: int) -> int:
    version: int = tx.execute(_VERSION, {"inquiry_id": inquiry_id}).scalar_one()
    return version


def set_unreachable(tx: Connection, inquiry_id: int, since: datetime | None) -> None:
    """Say since when letters to the customer do not arrive; None when there is an address that may work."""
    tx.execute(update(InquiryRow).where(InquiryRow.id == inquiry_id).values(unreachable_since=since))
    note_mail_trouble(tx, inquiry_id)


def set_email(tx: Connection, inquiry_id: int, email: str, now: datetime) -> None:
    """Write to the customer at another address from now on."""
    change = update(InquiryRow).where(InquiryRow.id == inquiry_id)
    values = {"email": email, "email_folded": fold_address(email), "changed_at": now}
    tx.execute(change.values(**values, version=InquiryRow.version + 1))
    note_search_due(tx, inquiry_id)
    note_mail_trouble(tx, inquiry_id)


def get_inquiry(tx: Connection, inquiry_id: int) -> Inquiry:
    """Return an inquiry by its id and keep it from changing under us; raises ``NotFound``."""
    row = tx.execute(_BY_ID_FOR_UPDATE, {"inquiry_id": inquiry_id}).one_or_none()
    if row is None:
        raise NotFound(f"There is no inquiry with the number {inquiry_id}.")
    return _inquiry(row)


def _inquiry(row: Row[Any] | Sequence[Any]) -> Inquiry:
    values = dict(zip(_FIELDS, row, strict=True))
    values["state"] = InquiryState(values["state"])
    values["priority"] = Priority(values["priority"])
    values["details"] = tuple(Detail.from_json(detail) for detail in values["details"])
    return Inquiry(**values)
