"""A customer follows up on the status page: a further message, with files, for the team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry, StagedFile, state_after_customer_message
from liju_contact.domain.message import Author, Message
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import set_state
from liju_contact.store.messages import add_files, add_message
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_inquiry import open_for_update
from liju_contact.usecases.post_letters import file_lines, files_to_attach, post_to_team


def add_customer_message(
    deps: Deps, reference: str, key: str, *, body: str, files: Sequence[StagedFile], nonce: str, now: datetime
) -> None:
    """Add a message to the inquiry ``key`` opens; the same ``nonce`` twice is one message.

    Raises ``NotFound``, ``FilesGone``, ``StoreBusy`` or ``StoreFull``, and then nothing was stored.
    """
    with deps.db.begin() as tx:
        inquiry = open_for_update(deps, tx, reference, key)
        join_message(deps, tx, inquiry, body=body, files=files, nonce=nonce, now=now)


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
    """Write the customer's message with its event and the team's letter, unless ``nonce`` was used before."""
    author, name = Author.CUSTOMER, inquiry.name
    message_id = add_message(tx, inquiry.id, author=author, author_name=name, body=body, nonce=nonce, now=now)
    if message_id is None:
        return
    add_files(tx, message_id, files)
    add_event(tx, inquiry.id, EventKind.MESSAGE_ADDED, Actor.CUSTOMER, now)
    set_state(tx, inquiry.id, state_after_customer_message(inquiry.state), now)
    lines = file_lines(deps, files)
    message = Message(id=message_id, author=author, author_name=name, body=body, written_at=now, files=())
    post_to_team(
        deps,
        tx,
        deps.letters.message_for_team(inquiry, message, files=lines),
        inquiry,
        inquiry.id,
        letter_key=f"message_for_team/{message_id}",
        message_files_id=files_to_attach(lines, message_id),
        now=now,
    )
