"""Staff write a note: for staff alone. It never becomes a message; the colleagues get it as a letter of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Staff
from liju_contact.domain.inquiry import Inquiry, StagedFile
from liju_contact.domain.reply_key import Purpose, without_keys
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import newest_message_id
from liju_contact.store.notes import add_note
from liju_contact.usecases.deps import Deps, FileLine
from liju_contact.usecases.post_letters import to_team
from liju_contact.usecases.watch_inquiry import addresses_concerned


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """``files`` came with it by mail; they stay with that mail."""

    author: Staff
    body: str
    files: tuple[StagedFile, ...]
    nonce: str


def write_note(deps: Deps, tx: Connection, inquiry: Inquiry, note: NewNote, *, now: datetime) -> int | None:
    """Write a note and tell the colleagues; returns its id, None when ``nonce`` brought the same one before."""
    name = note.author.name.in_language(deps.settings.default_language) or note.author.address
    body = without_keys(note.body)
    note_id = add_note(
        tx,
        inquiry.id,
        author_name=name,
        author_address=note.author.address,
        body=body,
        nonce=hashlib.sha256(f"note\n{note.nonce}".encode()).hexdigest()[:40],
        now=now,
    )
    if note_id is None:
        return None
    files = [FileLine(name=file.name, bytes_count=file.bytes_count, is_attached=False) for file in note.files]
    letter = deps.letters.note_for_team(inquiry, author_name=name, body=body, files=files)
    posting = to_team(
        deps,
        letter,
        inquiry,
        letter_key=f"note_for_team/{note_id}/{now.isoformat()}",
        number=newest_message_id(tx, inquiry.id),
        purpose=Purpose.NOTE,
        also=addresses_concerned(deps, tx, inquiry),
        besides=note.author.address,
    )
    post_letters(tx, [posting], inquiry_id=inquiry.id, now=now)
    return note_id
