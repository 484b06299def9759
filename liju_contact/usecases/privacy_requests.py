"""At the desk: one administrator asks for what is held on an address, or for its erasure, and another one agrees.

The worker then does it. Each step is a line of the register, which knows the address by a keyed digest only.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict, Forbidden, NotFound, Unfit
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.person import Action, Person
from liju_contact.domain.privacy import RequestKind, RequestState, Step
from liju_contact.store.files import blob_size
from liju_contact.store.privacy import (
    Notice,
    PrivacyEvent,
    PrivacyRequest,
    add_request,
    agree,
    every_notice,
    every_request,
    find_agreed,
    find_request,
    make_ready,
    newest_events,
    note_step,
    remove_request,
)
from liju_contact.store.staff import every_account
from liju_contact.usecases.blob_sink import BlobSink
from liju_contact.usecases.clean_up import CleanUp
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.erase_address import erase_address, is_one_of_us
from liju_contact.usecases.export_address import export_address
from liju_contact.usecases.fetch_file import FetchedFile, chunks_of
from liju_contact.usecases.staff_directory import require

EVENTS_SHOWN = 50
_PIECE_BYTES = 256 * 1024
_ASKED = {RequestKind.EXPORT: Step.EXPORT_ASKED, RequestKind.ERASURE: Step.ERASURE_ASKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """``asked_by`` and ``agreed_by`` are names; ``may_agree`` says that whoever looks is the second person needed."""

    request: PrivacyRequest
    asked_by: str
    agreed_by: str
    ends_at: datetime
    may_agree: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyDesk:
    requests: tuple[RequestLine, ...]
    events: tuple[PrivacyEvent, ...]
    notices: tuple[Notice, ...]


def show_privacy_desk(deps: Deps, person: Person) -> PrivacyDesk:
    require(person, Action.ADMINISTER)
    with deps.db.read() as tx:
        names = {account.person.id: account.person.name or account.person.address for account in every_account(tx)}
        requests, events, notices = every_request(tx), newest_events(tx, limit=EVENTS_SHOWN), every_notice(tx)
    lines = tuple(
        RequestLine(
            request=request,
            asked_by=names.get(request.asked_by_id, ""),
            agreed_by=names.get(request.agreed_by_id or 0, ""),
            ends_at=request.changed_at + _patience(deps),
            may_agree=request.state is RequestState.ASKED and request.asked_by_id != person.id,
        )
        for request in requests
    )
    told = tuple(event for event in events if event.step is not Step.CLEANED)
    return PrivacyDesk(requests=lines, events=told, notices=tuple(notices))


def ask(deps: Deps, person: Person, kind: RequestKind, address: str, *, now: datetime) -> int:
    """Ask for something about an address; asking twice is once. Raises ``Forbidden``, ``Unfit`` for our own people."""
    require(person, Action.ADMINISTER)
    if is_one_of_us(deps, address):
        raise Unfit("This is an address of our own people.", field="address")
    with deps.db.begin() as tx:
        same = (kind, fold_address(address))
        for request in every_request(tx):
            if (request.kind, fold_address(request.address)) == same and request.state is not RequestState.READY:
                return request.id
        note_step(tx, deps.keys.erasure_digest(address), _ASKED[kind], actor=person.address, now=now)
        return add_request(tx, kind, address.strip(), asked_by_id=person.id, now=now)


def consent(deps: Deps, person: Person, request_id: int, *, now: datetime) -> None:
    """Agree to what somebody else asked for; doing it twice is once.

    Raises ``Forbidden`` for who asked themselves, ``NotFound``, ``Conflict`` when it is too late.
    """
    require(person, Action.ADMINISTER)
    with deps.db.begin() as tx:
        request = _found(tx, request_id)
        if request.asked_by_id == person.id:
            raise Forbidden("Whoever asked cannot be the second person.")
        if request.state is not RequestState.ASKED:
            return
        if request.asked_at + _patience(deps) < now:
            raise Conflict("This request is too old. Ask once more.")
        agree(tx, request_id, agreed_by_id=person.id, now=now)
        note_step(tx, deps.keys.erasure_digest(request.address), Step.AGREED, actor=person.address, now=now)


def decline(deps: Deps, person: Person, request_id: int, *, now: datetime) -> None:
    """Say no, or take back what one asked for, as long as the worker has not begun."""
    require(person, Action.ADMINISTER)
    with deps.db.begin() as tx:
        request = _found(tx, request_id)
        remove_request(tx, request)
        if request.state is not RequestState.READY:
            note_step(tx, deps.keys.erasure_digest(request.address), Step.DECLINED, actor=person.address, now=now)


def fetch_export(deps: Deps, person: Person, request_id: int) -> FetchedFile:
    """Return the zip that was asked for. Raises ``NotFound``."""
    require(person, Action.ADMINISTER)
    with deps.db.read() as tx:
        request = next((each for each in every_request(tx) if each.id == request_id), None)
        if request is None or request.blob_id is None:
            raise NotFound("There is no such file.")
        bytes_count = blob_size(tx, request.blob_id)
    name = f"held-{request.changed_at:%Y-%m-%d}-{request.id}.zip"
    return FetchedFile(name=name, kind=FileKind.ZIP, bytes_count=bytes_count, chunks=chunks_of(deps, request.blob_id))


def see_to_requests(deps: Deps, cleaning: CleanUp, *, now: datetime) -> bool:
    """Do the next thing that two people agreed on, and forget what nobody agreed to; True when there may be more."""
    with deps.db.read() as tx:
        request = find_agreed(tx)
        over = [each for each in every_request(tx) if _is_over(deps, each, now)] if request is None else []
    if request is not None:
        _fulfil(deps, request, cleaning, now)
    elif over:
        _expire(deps, over, now)
    return request is not None


def _fulfil(deps: Deps, request: PrivacyRequest, cleaning: CleanUp, now: datetime) -> None:
    if request.kind is RequestKind.EXPORT:
        _write_export(deps, request, now)
        return
    cleaning.addresses.add(request.address)
    is_ours = is_one_of_us(deps, request.address)  # somebody may have got an account since it was asked for
    if not is_ours:
        erase_address(deps, request.address, actor="", now=now)
    with deps.db.begin() as tx:
        remove_request(tx, request)
        if is_ours:
            note_step(tx, deps.keys.erasure_digest(request.address), Step.DECLINED, actor="", now=now)


def _write_export(deps: Deps, request: PrivacyRequest, now: datetime) -> None:
    with BlobSink(deps) as sink, tempfile.TemporaryFile() as file:  # nameless: it goes with this process
        export_address(deps, request.address, file, now=now)
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            sink.write(piece)
        blob_id = sink.finish()
    with deps.db.begin() as tx:
        make_ready(tx, request.id, blob_id, now)
        note_step(tx, deps.keys.erasure_digest(request.address), Step.EXPORTED, actor="", now=now)


def _expire(deps: Deps, over: Sequence[PrivacyRequest], now: datetime) -> None:
    with deps.db.begin() as tx:
        for request in over:
            remove_request(tx, request)
            if request.state is RequestState.ASKED:
                note_step(tx, deps.keys.erasure_digest(request.address), Step.EXPIRED, actor="", now=now)


def _is_over(deps: Deps, request: PrivacyRequest, now: datetime) -> bool:
    return request.state is not RequestState.AGREED and request.changed_at + _patience(deps) < now


def _patience(deps: Deps) -> timedelta:
    return timedelta(days=deps.settings.retention.request_days)


def _found(tx: Connection, request_id: int) -> PrivacyRequest:
    request = find_request(tx, request_id)
    if request is None:
        raise NotFound("There is no such request any more.")
    return request
