"""A customer follows up on the status page: a further message, with files, for the team."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry, StagedFile, state_after_customer_message
from liju_contact.domain.message import Author, Message
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import set_state
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import add_files, add_message
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_inquiry import open_for_update
from liju_contact.usecases.post_letters import file_lines, files_to_attach, to_team
from liju_contact.usecases.promise_answer import renew_promise


def add_customer_message(
    deps: Deps, reference: str, key: str, *, body: str, files: Sequence[StagedFile], nonce: str, now: datetime
) -> None:
    """Add a message to the inquiry ``key`` opens; the same form sent twice is one message.

    ``nonce`` is that of the form token. It counts together with what was written: somebody who goes back, changes the
    text and sends the old form once more has said something new.

    Raises ``NotFound``, ``FilesGone``, ``StoreBusy`` or ``StoreFull``, and then nothing was stored.
    """
    with deps.db.begin() as tx:
        inquiry = open_for_update(deps, tx, reference, key)
        join_message(deps, tx, inquiry, body=body, files=files, nonce=f"{reference}\n{nonce}", now=now)


def join_message(
    deps: Deps,
    tx: Connection,
    inquiry: Inquiry,
    *,
    body: str,
    files: Sequence[StagedFile],
    nonce: str,
    now: datetime,
) -> None:
    """Write the customer's message, its event and the team's letter, unless ``nonce`` brought the same one before."""
    author, name = Author.CUSTOMER, inquiry.name
    digest = hashlib.sha256("\n".join([nonce, body, *(file.sha256 for file in files)]).encode()).hexdigest()[:40]
    message_id = add_message(tx, inquiry.id, author=author, author_name=name, body=body, nonce=digest, now=now)
    if message_id is None:
        return
    add_files(tx, message_id, files)
    add_event(tx, inquiry.id, EventKind.MESSAGE_ADDED, Actor.CUSTOMER, now)
    set_state(tx, inquiry.id, state_after_customer_message(inquiry.state), now)
    renew_promise(deps, tx, inquiry, now)
    lines = file_lines(deps, files)
    message = Message(id=message_id, author=author, author_name=name, body=body, written_at=now, files=())
    letter = deps.letters.message_for_team(inquiry, message, files=lines)
    attached, letter_key = files_to_attach(lines, message_id), f"message_for_team/{message_id}"
    posting = to_team(deps, letter, inquiry, letter_key=letter_key, message_files_id=attached)
    post_letters(tx, [posting], inquiry_id=inquiry.id, now=now)
