"""Stores the bytes of an uploaded file before the inquiry they belong to (D6).

The chunks go in by short transactions, so that a large drawing does not hold up others who write. What never becomes
part of a message is swept after ``KEPT`` by ``sweep``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO

from liju_contact.domain.errors import Conflict
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.public_door import PublicDoor
from liju_contact.store.files import CHUNK_BYTES, add_chunk, find_blob, finish_blob, start_blob
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Caller, count_entry

KEPT = timedelta(days=1)
_BYTES_PER_KB = 1000


def stage_file(
    deps: Deps, stream: BinaryIO, *, name: str, kind: FileKind, now: datetime, caller: Caller | None = None
) -> StagedFile:
    """Store what ``stream`` holds and return what stands for it; bytes that are stored already are not stored again.

    They count for ``caller``, if it is one from outside. Raises ``TooOften``, ``StoreBusy`` or ``StoreFull``.
    """
    sha256, bytes_count = stage_bytes(deps, stream, now=now, caller=caller)
    return StagedFile(sha256=sha256, name=name, kind=kind, bytes_count=bytes_count)


def stage_bytes(deps: Deps, stream: BinaryIO, *, now: datetime, caller: Caller | None = None) -> tuple[str, int]:
    """Store what ``stream`` holds, unless it is stored already; return its SHA-256 and its size."""
    sha256, bytes_count = _measure(stream)
    with deps.db.begin() as tx:
        stored = find_blob(tx, sha256, now)
        if stored is None and caller is not None:
            kilobytes = bytes_count // _BYTES_PER_KB + 1
            count_entry(deps, tx, PublicDoor.UPLOAD, caller, amount=kilobytes, now=now)
    if stored is None:
        _write(deps, stream, sha256, bytes_count, now)
    return sha256, bytes_count


def _measure(stream: BinaryIO) -> tuple[str, int]:
    stream.seek(0)
    digest, bytes_count = hashlib.sha256(), 0
    for piece in _pieces(stream):
        digest.update(piece)
        bytes_count += len(piece)
    return digest.hexdigest(), bytes_count


def _write(deps: Deps, stream: BinaryIO, sha256: str, bytes_count: int, now: datetime) -> None:
    """Write the chunks; where two write the same bytes at the same time, the first to finish counts."""
    stream.seek(0)
    with deps.db.begin() as tx:
        blob_id = start_blob(tx, bytes_count, now)
    for position, piece in enumerate(_pieces(stream)):
        with deps.db.begin() as tx:
            add_chunk(tx, blob_id, position, piece)
    try:
        with deps.db.begin() as tx:
            finish_blob(tx, blob_id, sha256)
    except Conflict:
        with deps.db.begin() as tx:
            finish_blob(tx, blob_id, sha256)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(CHUNK_BYTES):
        yield piece
