"""Requests about an address, the register of what was done about one, and the notices that people saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from liju_contact.domain.privacy import RequestKind, RequestState, Step
from liju_contact.store.file_tables import BlobRow
from liju_contact.store.files import is_nobodys
from liju_contact.store.privacy_tables import PrivacyEventRow, PrivacyNoticeRow, PrivacyRequestRow
from liju_contact.store.statements import insert_unless_taken

_ADD_EVENT = insert(PrivacyEventRow)
_ADD_NOTICE = insert_unless_taken(PrivacyNoticeRow)
_REQUESTS = select(
    PrivacyRequestRow.id,
    PrivacyRequestRow.kind,
    PrivacyRequestRow.address,
    PrivacyRequestRow.state,
    PrivacyRequestRow.asked_by_id,
    PrivacyRequestRow.agreed_by_id,
    PrivacyRequestRow.blob_id,
    PrivacyRequestRow.asked_at,
    PrivacyRequestRow.changed_at,
).order_by(PrivacyRequestRow.id)
_ONE = _REQUESTS.where(PrivacyRequestRow.id == bindparam("request_id")).with_for_update()
_AGREED = _REQUESTS.where(PrivacyRequestRow.state == RequestState.AGREED.value).limit(1)
_NEWEST_OF_STEP = select(func.coalesce(func.max(PrivacyEventRow.id), 0)).where(
    PrivacyEventRow.step == bindparam("step")
)
_EVENTS = select(
    PrivacyEventRow.digest,
    PrivacyEventRow.step,
    PrivacyEventRow.actor,
    PrivacyEventRow.counts,
    PrivacyEventRow.happened_at,
)
_NOTICES = select(PrivacyNoticeRow.version, PrivacyNoticeRow.texts, PrivacyNoticeRow.noted_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyRequest:
    id: int
    kind: RequestKind
    address: str
    state: RequestState
    asked_by_id: int
    agreed_by_id: int | None
    blob_id: int | None
    asked_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyEvent:
    digest: str
    step: Step
    actor: str
    counts: Mapping[str, int]
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    version: str
    texts: Mapping[str, str]
    noted_at: datetime


def add_request(tx: Connection, kind: RequestKind, address: str, *, asked_by_id: int, now: datetime) -> int:
    values = {"kind": kind.value, "address": address, "state": RequestState.ASKED.value, "asked_by_id": asked_by_id}
    added = insert(PrivacyRequestRow).returning(PrivacyRequestRow.id)
    id_: int = tx.execute(added, values | {"asked_at": now, "changed_at": now}).scalar_one()
    return id_


def every_request(tx: Connection) -> list[PrivacyRequest]:
    return [_request(row) for row in tx.execute(_REQUESTS)]


def find_request(tx: Connection, request_id: int) -> PrivacyRequest | None:
    """Return a request and keep it from changing until the end of ``tx``."""
    row = tx.execute(_ONE, {"request_id": request_id}).one_or_none()
    return _request(row) if row else None


def find_agreed(tx: Connection) -> PrivacyRequest | None:
    """Return the request that the worker has to see to next."""
    row = tx.execute(_AGREED).one_or_none()
    return _request(row) if row else None


def agree(tx: Connection, request_id: int, *, agreed_by_id: int, now: datetime) -> None:
    _change(tx, request_id, state=RequestState.AGREED.value, agreed_by_id=agreed_by_id, changed_at=now)


def make_ready(tx: Connection, request_id: int, blob_id: int, now: datetime) -> None:
    _change(tx, request_id, state=RequestState.READY.value, blob_id=blob_id, changed_at=now)


def remove_request(tx: Connection, request: PrivacyRequest) -> None:
    """Forget a request, the address in it, and its file."""
    tx.execute(delete(PrivacyRequestRow).where(PrivacyRequestRow.id == request.id))
    if request.blob_id is not None:
        tx.execute(delete(BlobRow).where(BlobRow.id == request.blob_id, *is_nobodys()))


def note_step(
    tx: Connection, digest: str, step: Step, *, actor: str, now: datetime, counts: Mapping[str, int] | None = None
) -> None:
    """Write a line of the register."""
    values = {"digest": digest, "step": step.value, "actor": actor, "counts": dict(counts) if counts else None}
    tx.execute(_ADD_EVENT, values | {"happened_at": now})


def is_clean(tx: Connection) -> bool:
    """Tell whether the bytes of all that was erased are gone too."""
    newest = {step: tx.execute(_NEWEST_OF_STEP, {"step": step.value}).scalar_one() for step in _ABOUT_BYTES}
    return bool(newest[Step.CLEANED] >= max(newest[Step.ERASED], newest[Step.ERASED_AGAIN]))


def erasures(tx: Connection) -> dict[str, datetime]:
    """Return when each address was erased last, by its digest."""
    erased = select(PrivacyEventRow.digest, func.max(PrivacyEventRow.happened_at).label("erased_at")).group_by(
        PrivacyEventRow.digest
    )
    rows = tx.execute(erased.where(PrivacyEventRow.step == Step.ERASED.value))
    return {row.digest: row.erased_at for row in rows}


def newest_events(tx: Connection, *, limit: int) -> list[PrivacyEvent]:
    rows = tx.execute(_EVENTS.order_by(PrivacyEventRow.id.desc()).limit(limit))
    return [_event(row) for row in rows]


def put_notice(tx: Connection, version: str, texts: Mapping[str, str], now: datetime) -> None:
    """Keep what a version of the notice says; the first time counts."""
    values = {"version": version, "texts": dict(texts), "noted_at": now}
    tx.execute(_ADD_NOTICE[tx.dialect.name], values)


def every_notice(tx: Connection) -> list[Notice]:
    """Return the notices there were, the newest first."""
    rows = tx.execute(_NOTICES.order_by(PrivacyNoticeRow.noted_at.desc(), PrivacyNoticeRow.version))
    return [Notice(version=row.version, texts=row.texts, noted_at=row.noted_at) for row in rows]


_ABOUT_BYTES: Sequence[Step] = (Step.CLEANED, Step.ERASED, Step.ERASED_AGAIN)


def _change(tx: Connection, request_id: int, **values: Any) -> None:
    tx.execute(update(PrivacyRequestRow).where(PrivacyRequestRow.id == request_id).values(**values))


def _request(row: Any) -> PrivacyRequest:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping
    return PrivacyRequest(**values | {"kind": RequestKind(row.kind), "state": RequestState(row.state)})


def _event(row: Any) -> PrivacyEvent:
    return PrivacyEvent(
        digest=row.digest,
        step=Step(row.step),
        actor=row.actor,
        counts=row.counts or {},
        happened_at=row.happened_at,
    )
