"""Writes bytes that come piece by piece, and whose size nobody knows before, as a blob (D6)."""

from __future__ import annotations

import hashlib

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
    """Each chunk is a transaction of its own; until ``finish`` the blob counts for nothing, and is swept one day."""

    def __init__(self, deps: Deps) -> None:
        self.bytes_count = 0
        self._deps = deps
        self._digest = hashlib.sha256()
        self._held = bytearray()
        self._position = 0
        with deps.db.begin() as tx:
            self._blob_id = start_blob(tx, 0, deps.now())

    def write(self, content: bytes, /) -> int:
        self._digest.update(content)
        self._held += content
        self.bytes_count += len(content)
        while len(self._held) >= CHUNK_BYTES:
            self._put(bytes(self._held[:CHUNK_BYTES]))
            del self._held[:CHUNK_BYTES]
        return len(content)

    def finish(self) -> int:
        """Make the blob count and return its id, or that of the same bytes that were stored before."""
        self._put(bytes(self._held))
        try:
            with self._deps.db.begin() as tx:
                return self._finish(tx)
        except Conflict:
            with self._deps.db.begin() as tx:
                return self._finish(tx)

    def abandon(self) -> None:
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
        with self._deps.db.begin() as tx:
            add_chunk(tx, self._blob_id, self._position, content)
        self._position += 1
