"""Somebody looks at the letter their answer would be before it goes.

What is previewed is kept as a draft of its own kind, so that the frame that shows the letter needs nothing but its
digest, and shows no letter at all once something else was previewed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import NotFound
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import Inquiry, StagedFile
from liju_contact.domain.letter import KEY_PLACE, Letter
from liju_contact.domain.message import Author
from liju_contact.domain.person import Person
from liju_contact.domain.reply_key import without_keys
from liju_contact.store.drafts import Draft, drafts_of, keep_draft
from liju_contact.store.inbound_lines import newest_customer_mail
from liju_contact.store.messages import newest_message_of
from liju_contact.store.participants import participants_of
from liju_contact.usecases.answer_at_desk import PREVIEW
from liju_contact.usecases.deps import Answering, Deps
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.usecases.post_letters import file_lines
from liju_contact.usecases.staff_directory import staff_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPreview:
    """What the customer would get; ``digest`` opens the letter itself."""

    digest: str
    sender: str
    recipients: tuple[str, ...]
    subject: str


def preview_answer(
    deps: Deps, person: Person, reference: str, *, body: str, files: tuple[StagedFile, ...], version: int, now: datetime
) -> LetterPreview:
    """Return what an answer would be as a letter, sending nothing. Raises ``NotFound`` or ``StoreBusy``."""
    written = json.dumps({"body": body, "files": [asdict(file) for file in files]})
    with deps.db.begin() as tx:
        inquiry = open_for_staff(tx, person, reference)
        letter = _letter(deps, tx, inquiry, person, body=body, files=files)
        keep_draft(tx, inquiry.id, person.id, Draft(kind=PREVIEW, body=written, version=version, changed_at=now))
        participants = participants_of(tx, inquiry.id)
    return LetterPreview(
        digest=_digest(written),
        sender=f"{letter.sender_name} <{letter.sender_address}>",
        recipients=(inquiry.email, *(participant.address for participant in participants)),
        subject=letter.subject,
    )


def previewed_letter(deps: Deps, person: Person, reference: str, digest: str) -> str:
    """Return the HTML of the letter that was previewed: foreign markup, for a sandbox alone. Raises ``NotFound``."""
    with deps.db.read() as tx:
        inquiry = open_for_staff(tx, person, reference)
        written = next((draft.body for draft in drafts_of(tx, inquiry.id, person.id) if draft.kind == PREVIEW), "")
        if not written or _digest(written) != digest:
            raise NotFound("Something else was previewed since.")
        parts = json.loads(written)
        files = tuple(StagedFile(**file | {"kind": FileKind(file["kind"])}) for file in parts["files"])
        letter = _letter(deps, tx, inquiry, person, body=parts["body"], files=files)
    return letter.html.replace(KEY_PLACE, "…")


def _letter(
    deps: Deps, tx: Connection, inquiry: Inquiry, person: Person, *, body: str, files: tuple[StagedFile, ...]
) -> Letter:
    _mail_id, subject = newest_customer_mail(tx, inquiry.id)
    answering = Answering(
        author_name=staff_of(deps, person).name.in_language(inquiry.language),
        body=without_keys(body),
        thread_subject=subject,
        quoted=newest_message_of(tx, inquiry.id, Author.CUSTOMER),
        status_url=deps.status_url(inquiry.reference, inquiry.key_version),
    )
    return deps.letters.answer(inquiry, answering, files=file_lines(deps, files))


def _digest(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()
