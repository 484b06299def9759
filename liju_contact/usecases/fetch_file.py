"""A customer downloads a file, chunk by chunk and with no transaction open while the network is slow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from liju_contact.domain.errors import NotFound
from liju_contact.domain.file_kind import FileKind
from liju_contact.store.files import chunk, find_file
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_inquiry import open_for_reading


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    """``chunks`` can be read once."""

    name: str
    kind: FileKind
    bytes_count: int
    chunks: Iterator[bytes]


def fetch_file(deps: Deps, reference: str, key: str, file_id: int) -> FetchedFile:
    """Return a file of the inquiry ``key`` opens; raises ``NotFound`` or ``StoreBusy``."""
    with deps.db.read() as tx:
        inquiry = open_for_reading(deps, tx, reference, key)
        found = find_file(tx, file_id, inquiry.id)
    if found is None:
        raise NotFound("This inquiry has no such file.")
    return FetchedFile(
        name=found.name, kind=found.kind, bytes_count=found.bytes_count, chunks=_chunks(deps, found.blob_id)
    )


def _chunks(deps: Deps, blob_id: int) -> Iterator[bytes]:
    position = 0
    while True:
        with deps.db.read() as tx:
            content = chunk(tx, blob_id, position)
        if content is None:
            return
        yield content
        position += 1
