"""The bytes of received mails where they do not stay as they came: an address is struck out, or their time is over."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from liju_contact.store.file_tables import BlobRow
from liju_contact.store.files import add_whole_blob, chunks
from liju_contact.store.inbound_tables import InboundRow

_LONG_AGO = datetime(
    2000, 1, 1, tzinfo=UTC
)  # nothing waits for these bytes: they may be swept as soon as nobody has them


def raw_of(tx: Connection, blob_id: int) -> bytes:
    return b"".join(chunks(tx, blob_id))


def put_raw(tx: Connection, inbound_id: int, content: bytes) -> None:
    """Give a mail other bytes; what it was known by when it came stays, so that it is not taken in once more."""
    digest = hashlib.sha256(content).hexdigest()
    blob_id = add_whole_blob(tx, digest, content, _LONG_AGO)
    if blob_id is None:
        blob_id = tx.execute(select(BlobRow.id).where(BlobRow.sha256 == digest)).scalar_one()
    changed = update(InboundRow).where(InboundRow.id == inbound_id)
    tx.execute(changed.values(blob_id=blob_id, bytes_count=len(content)))
