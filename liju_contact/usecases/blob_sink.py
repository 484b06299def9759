"""Writes bytes that come piece by piece, and whose size nobody knows before, as a blob (D6)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict
from liju_contact.store.files import (
    CHUNK_BYTES,
    add_chunk,
    drop_blob,
    find_blob,
    finish_blob,
    set_blob_size,
    start_blob,
)
from liju_contact.usecases.deps import Deps

_AT_ONCE_BYTES = 4 * CHUNK_BYTES


class BlobSink:
    """A few chunks are a transaction; until ``finish`` the blob counts for nothing, and is swept one day.

    They are stored by a thread of the sink's own while the next are put together: half of that is waiting for the disk,
    and most of the rest needs nothing of Python. What goes wrong with it is raised by the next ``write`` or by
    ``finish``. Used in a ``with``, which lets go of what was written when anything goes wrong inside it.
    """

    def __init__(self, deps: Deps) -> None:
        self.bytes_count = 0
        self._deps = deps
        self._pieces: list[bytes] = []
        self._handed_count = 0
        self._storing = ThreadPoolExecutor(1, "blob")
        self._underway: Future[None] | None = None
        with deps.db.begin() as tx:
            self._blob_id = start_blob(tx, 0, deps.now())
        # These are the thread's.
        self._digest = hashlib.sha256()
        self._rest = b""
        self._position = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:
            self._abandon()

    def write(self, content: bytes, /) -> int:
        self._pieces.append(content)
        self.bytes_count += len(content)
        if self.bytes_count - self._handed_count >= _AT_ONCE_BYTES:
            self._hand_over()
        return len(content)

    def finish(self) -> int:
        """Make the blob count and return its id, or that of the same bytes that were stored before."""
        self._hand_over(is_end=True)
        self._wait()
        self._storing.shutdown()
        try:
            with self._deps.db.begin() as tx:
                return self._finish(tx)
        except Conflict:
            with self._deps.db.begin() as tx:
                return self._finish(tx)

    def _abandon(self) -> None:
        self._storing.shutdown()
        with self._deps.db.begin() as tx:
            drop_blob(tx, self._blob_id)

    def _finish(self, tx: Connection) -> int:
        sha256 = self._digest.hexdigest()
        set_blob_size(tx, self._blob_id, self.bytes_count)
        finish_blob(tx, self._blob_id, sha256)
        found = find_blob(tx, sha256, self._deps.now())
        if found is None:
            raise AssertionError("A blob was finished and is not there.")
        return found

    def _hand_over(self, *, is_end: bool = False) -> None:
        """Have what came stored once that before it is."""
        self._wait()
        pieces, self._pieces, self._handed_count = self._pieces, [], self.bytes_count
        self._underway = self._storing.submit(self._store, pieces, is_end=is_end)

    def _wait(self) -> None:
        underway, self._underway = self._underway, None
        if underway:
            underway.result()

    def _store(self, pieces: Sequence[bytes], *, is_end: bool) -> None:
        """Store whole chunks, and at the end what is left."""
        content = self._rest + b"".join(pieces)
        stored = len(content) if is_end else len(content) // CHUNK_BYTES * CHUNK_BYTES
        self._rest = content[stored:]
        with self._deps.db.begin() as tx:
            for begin in range(0, stored, CHUNK_BYTES):
                chunk = content[begin : min(begin + CHUNK_BYTES, stored)]
                self._digest.update(chunk)
                add_chunk(tx, self._blob_id, self._position, chunk)
                self._position += 1
