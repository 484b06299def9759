"""Writes bytes that come piece by piece, and whose size nobody knows before, as a blob (D6)."""

from __future__ import annotations

import hashlib
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


class BlobSink:
    """Each chunk is a transaction of its own; until ``finish`` the blob counts for nothing, and is swept one day.

    A chunk is stored by a thread of the sink's own while the next is put together: half of that is waiting for the
    disk. What goes wrong with it is raised by the next ``write`` or by ``finish``. Used in a ``with``, which lets go of
    what was written when anything goes wrong inside it.
    """

    def __init__(self, deps: Deps) -> None:
        self.bytes_count = 0
        self._deps = deps
        self._digest = hashlib.sha256()
        self._held = bytearray()
        self._position = 0
        self._storing = ThreadPoolExecutor(1, "blob")
        self._underway: Future[None] | None = None
        with deps.db.begin() as tx:
            self._blob_id = start_blob(tx, 0, deps.now())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:
            self._abandon()

    def write(self, content: bytes, /) -> int:
        self._held += content
        self.bytes_count += len(content)
        while len(self._held) >= CHUNK_BYTES:
            self._put(bytes(self._held[:CHUNK_BYTES]))
            del self._held[:CHUNK_BYTES]
        return len(content)

    def finish(self) -> int:
        """Make the blob count and return its id, or that of the same bytes that were stored before."""
        self._put(bytes(self._held))
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

    def _put(self, content: bytes) -> None:
        """Have a chunk stored once the one before it is."""
        self._wait()
        self._underway = self._storing.submit(self._store, self._position, content)
        self._position += 1

    def _wait(self) -> None:
        underway, self._underway = self._underway, None
        if underway:
            underway.result()

    def _store(self, position: int, content: bytes) -> None:
        self._digest.update(content)
        with self._deps.db.begin() as tx:
            add_chunk(tx, self._blob_id, position, content)
