"""Somebody downloads a file, chunk by chunk and with no transaction open while the network is slow.

A mail that goes along as a file can hold the link of its customer, as the source of a mail does, and nobody masks a
file: it is for who may answer (D62).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from liju_contact.domain.errors import NotFound, Withheld
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.person import Action, Person
from liju_contact.store.files import StoredFile, chunk, find_file
from liju_contact.store.inbound_files import find_inbound_file
from liju_contact.store.thumbnails import find_inbound_thumbnail, find_thumbnail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_for_staff, open_mail_for_staff
from liju_contact.usecases.open_inquiry import open_for_reading
from liju_contact.usecases.staff_directory import require


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    """``chunks`` can be read once."""

    name: str
    kind: FileKind
    bytes_count: int
    chunks: Iterator[bytes]


def fetch_file(deps: Deps, reference: str, key: str, file_id: int) -> FetchedFile:
    """Return a file of the inquiry ``key`` opens; raises ``NotFound``, ``Withheld`` or ``StoreBusy``."""
    with deps.db.read() as tx:
        inquiry = open_for_reading(deps, tx, reference, key)
        found = find_file(tx, file_id, inquiry.id)
    return _fetched(deps, found)


def fetch_file_for_staff(
    deps: Deps, person: Person, reference: str, file_id: int, *, at_own_risk: bool = False
) -> FetchedFile:
    """Return a file of an inquiry ``person`` serves; ``at_own_risk`` also one in which a virus was found.

    Raises ``NotFound``, ``Forbidden``, ``Withheld`` or ``StoreBusy``.
    """
    with deps.db.read() as tx:
        inquiry = open_for_staff(tx, person, reference)
        found = find_file(tx, file_id, inquiry.id)
    return fetched_for_staff(deps, person, found, at_own_risk=at_own_risk)


def fetch_file_of_mail(
    deps: Deps, person: Person, inbound_id: int, position: int, *, at_own_risk: bool = False
) -> FetchedFile:
    """Return a file part of a received mail, whatever became of the mail; raises as ``fetch_file_for_staff``."""
    with deps.db.read() as tx:
        open_mail_for_staff(tx, person, inbound_id)
        found = find_inbound_file(tx, inbound_id, position)
    return fetched_for_staff(deps, person, found, at_own_risk=at_own_risk)


def fetched_for_staff(
    deps: Deps, person: Person, found: StoredFile | None, *, at_own_risk: bool = False
) -> FetchedFile:
    """Return what is handed out of a file to ``person``, whatever it belongs to.

    One that may be a mail of ours holds a link, which is for who may answer (D62). Raises ``NotFound``, ``Forbidden``
    or ``Withheld``.
    """
    if found is not None:
        require(person, Action.ANSWER if found.kind.may_be_mail else Action.READ)
    return _fetched(deps, found, at_own_risk=at_own_risk)


def fetch_thumbnail(deps: Deps, person: Person, reference: str, file_id: int) -> bytes:
    """Return the small picture of a file; raises ``NotFound`` where there is none, or ``StoreBusy``."""
    with deps.db.read() as tx:
        inquiry = open_for_staff(tx, person, reference)
        return _there(find_thumbnail(tx, file_id, inquiry.id))


def fetch_thumbnail_of_mail(deps: Deps, person: Person, inbound_id: int, position: int) -> bytes:
    """Return the small picture of a mail's file part; raises as ``fetch_thumbnail``."""
    with deps.db.read() as tx:
        open_mail_for_staff(tx, person, inbound_id)
        return _there(find_inbound_thumbnail(tx, inbound_id, position))


def _there(content: bytes | None) -> bytes:
    if content is None:
        raise NotFound("This file has no picture.")
    return content


def _fetched(deps: Deps, found: StoredFile | None, *, at_own_risk: bool = False) -> FetchedFile:
    if found is None:
        raise NotFound("There is no such file.")
    if found.scan.is_infected and not at_own_risk:
        raise Withheld(found.name, found.scan.signature)
    return FetchedFile(
        name=harmless_name(found.name) if found.scan.is_infected else found.name,
        kind=FileKind.OTHER if found.scan.is_infected else found.kind,
        bytes_count=found.bytes_count,
        chunks=chunks_of(deps, found.blob_id),
    )


def harmless_name(name: str) -> str:
    """Return the name an infected file leaves the house with: no program opens it by a double click."""
    return f"{name}.infected"


def chunks_of(deps: Deps, blob_id: int) -> Iterator[bytes]:
    """Return the chunks of a blob, each read when it is wanted."""
    position = 0
    while True:
        with deps.db.read() as tx:
            content = chunk(tx, blob_id, position)
        if content is None:
            return
        yield content
        position += 1
