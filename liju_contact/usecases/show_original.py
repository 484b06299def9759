"""Staff look at a received mail as it is stored: what it was taken for and why, its text as read, its raw bytes.

Nothing is parsed here: a mail was read by a process of its own when it came, and another one makes its HTML harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from liju_contact.domain.errors import NotFound, Withheld
from liju_contact.domain.inbound import Envelope
from liju_contact.domain.person import Person
from liju_contact.domain.status_links import without_status_keys
from liju_contact.store.files import CHUNK_BYTES, chunk, chunks
from liju_contact.store.inbound import TakenInbound, get_taken
from liju_contact.store.inbound_files import InboundFile, inbound_files_of
from liju_contact.store.inbound_lines import InboundLine
from liju_contact.store.inbound_texts import find_inbound_text
from liju_contact.store.scans import found_in_mail
from liju_contact.store.thumbnails import Thumbnail, thumbnails_of_inbound
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.fetch_file import chunks_of
from liju_contact.usecases.mail_viewer import NoView
from liju_contact.usecases.open_for_staff import open_mail_for_staff
from liju_contact.usecases.staff_directory import staff_finder
from liju_contact.usecases.tend_held import DeskMail, desk_mail

SHOWN_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalFile:
    """``position`` names it within its mail; ``thumbnail`` is None where it has no small picture."""

    position: int
    file: InboundFile
    thumbnail: Thumbnail | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """``text`` is None for a mail that was never read."""

    mail: DeskMail
    envelope: Envelope
    text: str | None
    files: tuple[OriginalFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail:
    """``chunks`` can be read once."""

    bytes_count: int
    chunks: Iterator[bytes]


def show_original(deps: Deps, person: Person, inbound_id: int) -> Original:
    """Raises ``NotFound`` for a mail that is not ``person``'s to see."""
    with deps.db.read() as tx:
        line, taken = _opened(tx, person, inbound_id)
        text = find_inbound_text(tx, inbound_id)
        files = inbound_files_of(tx, inbound_id)
        thumbnails = thumbnails_of_inbound(tx, inbound_id) if files else {}
        mail = desk_mail(deps, staff_finder(deps, tx), line, "")
    shown = [
        OriginalFile(position=position, file=file, thumbnail=thumbnails.get(position))
        for position, file in enumerate(files)
    ]
    masked = None if text is None else without_status_keys(text)
    return Original(mail=mail, envelope=taken.envelope, text=masked, files=tuple(shown))


def beginning_of_source(deps: Deps, person: Person, inbound_id: int) -> bytes:
    """Return the first ``SHOWN_BYTES`` of a mail as it was received, at most."""
    with deps.db.read() as tx:
        _line, taken = _opened(tx, person, inbound_id)
        pieces = [chunk(tx, taken.blob_id, position) for position in range(SHOWN_BYTES // CHUNK_BYTES)]
    return b"".join(piece for piece in pieces if piece)


def fetch_source(deps: Deps, person: Person, inbound_id: int, *, at_own_risk: bool = False) -> RawMail:
    """Return a mail as it was received, byte by byte; ``at_own_risk`` also one with a file with a virus.

    Raises ``NotFound``, ``Withheld`` or ``StoreBusy``.
    """
    with deps.db.read() as tx:
        line, taken = _opened(tx, person, inbound_id)
        signature = None if at_own_risk else found_in_mail(tx, inbound_id)
    if signature is not None:
        raise Withheld(line.subject, signature)
    return RawMail(bytes_count=taken.bytes_count, chunks=chunks_of(deps, taken.blob_id))


def show_html(deps: Deps, person: Person, inbound_id: int) -> str | NoView:
    """Return the HTML of a mail, made harmless by a process of its own, or why there is none."""
    with deps.db.read() as tx:
        _line, taken = _opened(tx, person, inbound_id)
        if taken.bytes_count > deps.settings.inbound.size_limit_bytes:
            return NoView.TOO_MUCH
        raw = b"".join(chunks(tx, taken.blob_id))
    return deps.view_mail(raw)


def _opened(tx: Connection, person: Person, inbound_id: int) -> tuple[InboundLine, TakenInbound]:
    line, taken = open_mail_for_staff(tx, person, inbound_id), get_taken(tx, inbound_id)
    if taken is None:
        raise NotFound(f"There is no mail {inbound_id}.")
    return line, taken
