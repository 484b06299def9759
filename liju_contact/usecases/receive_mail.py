"""A mail comes in by any door: its raw bytes are on disk, with digest and envelope, before the door says "got it".

Nothing is read here. The same bytes twice are one entry; the same Message-ID with other bytes is another mail.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict
from liju_contact.domain.inbound import Envelope
from liju_contact.domain.text import clean_line
from liju_contact.store.files import CHUNK_BYTES, add_whole_blob, find_blob
from liju_contact.store.inbound import add_inbound, add_recipients, find_inbound_by_digest
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.stage_file import stage_bytes

_LONGEST_ADDRESS = 1000
_MOST_RECIPIENTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """``is_new`` is False when the same bytes had come before."""

    inbound_id: int
    is_new: bool


def receive_mail(deps: Deps, raw: bytes, envelope: Envelope, *, now: datetime) -> Received:
    """Store a mail; when this returns it survives a power cut. Raises ``StoreBusy`` or ``StoreFull``."""
    if len(raw) > CHUNK_BYTES:
        stage_bytes(deps, io.BytesIO(raw), now=now)
    try:
        with deps.db.begin() as tx:
            return enter_mail(tx, raw, envelope, now=now)
    except Conflict:  # another door brought the same bytes at the same moment
        with deps.db.begin() as tx:
            return enter_mail(tx, raw, envelope, now=now)


def enter_mail(tx: Connection, raw: bytes, envelope: Envelope, *, now: datetime) -> Received:
    """Enter a mail in a transaction that does more (a mailbox's position); a large one should be staged before."""
    sha256, envelope = hashlib.sha256(raw).hexdigest(), _clean(envelope)
    if (known := find_inbound_by_digest(tx, sha256)) is not None:
        add_recipients(tx, known, envelope.recipients)
        return Received(inbound_id=known, is_new=False)
    blob_id = add_whole_blob(tx, sha256, raw, now) or find_blob(tx, sha256, now)
    if blob_id is None:
        raise Conflict("The same bytes are being swept at this moment.")
    inbound_id = add_inbound(tx, envelope, sha256=sha256, blob_id=blob_id, bytes_count=len(raw), now=now)
    if inbound_id is None:
        raise Conflict("The same mail was entered since the look above.")
    return Received(inbound_id=inbound_id, is_new=True)


def _clean(envelope: Envelope) -> Envelope:
    """Return the envelope as it can be stored: what a pipe gives comes from a command line."""
    recipients = [clean_line(address)[:_LONGEST_ADDRESS] for address in envelope.recipients[:_MOST_RECIPIENTS]]
    sender = None if envelope.sender is None else clean_line(envelope.sender)[:_LONGEST_ADDRESS].strip("<>")
    return Envelope(door=envelope.door, sender=sender, recipients=tuple(filter(None, recipients)))
