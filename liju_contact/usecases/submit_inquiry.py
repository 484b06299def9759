"""A customer sends the form: the inquiry, its event, its letters and its files are stored together or not at all.

No mail is sent here; the worker does that (D4). The same form sent twice, by a double click or a reload, gives the same
inquiry; when its text or files differ from the first time, what is new joins the same inquiry as a further message.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.calendar import due_at
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState, NewInquiry, fold_address
from liju_contact.domain.message import Author
from liju_contact.domain.reference import RANDOM_BYTES_NEEDED, make_reference
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import add_inquiry, find_inquiry_by_nonce
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import add_files, add_message, messages_of
from liju_contact.usecases.add_message import join_message
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.post_letters import file_lines, files_to_attach, team_of, to_customer, to_team

_REFERENCE_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """``status_path`` is where the customer goes next; ``is_new`` is False when the form had been sent before."""

    reference: str
    status_path: str
    is_new: bool


def submit_inquiry(deps: Deps, new: NewInquiry, *, now: datetime) -> Submitted:
    """Store an inquiry; raises ``FilesGone``, ``StoreBusy`` or ``StoreFull``, and then nothing was stored.

    The nonce counts together with the address, so that a form that two people got from one cache cannot show one of
    them the other's inquiry.
    """
    nonce = hashlib.sha256(f"{new.nonce}\n{fold_address(new.email)}".encode()).hexdigest()[:40]
    for _ in range(_REFERENCE_TRIES):
        inquiry = _drafted(deps, new, now)
        if submitted := _store(deps, new, inquiry, nonce, now):
            return submitted
    raise AssertionError("Five random references in a row were taken; is random_bytes random?")


def _drafted(deps: Deps, new: NewInquiry, now: datetime) -> Inquiry:
    """Return the inquiry as it will stand, so that its letters can be written outside the transaction."""
    settings = deps.settings
    product_line = settings.catalogue.find_product_line(new.product)
    topic = settings.catalogue.find_topic(new.topic)
    if product_line is None or topic is None:
        raise ValueError(f"The form let through an unknown product line or topic: {new.product!r}, {new.topic!r}")
    return Inquiry(
        id=0,
        reference=make_reference(deps.random_bytes(RANDOM_BYTES_NEEDED), settings.company.reference_prefix),
        key_version=1,
        state=InquiryState.RECEIVED,
        language=new.language,
        name=new.name,
        email=new.email,
        country=new.country,
        product=new.product,
        topic=new.topic,
        team=settings.catalogue.team_for(product_line, topic).id,
        company=new.company,
        phone=new.phone,
        details=new.details,
        received_at=now,
        answer_due_at=due_at(now, topic.answer_hours, settings.company.working_hours),
    )


def _store(deps: Deps, new: NewInquiry, inquiry: Inquiry, nonce: str, now: datetime) -> Submitted | None:
    """Write everything in one transaction; None when the reference was taken."""
    status_url = deps.status_url(inquiry.reference, 1)
    confirmation = deps.letters.inquiry_received(
        inquiry, status_url=status_url, team=team_of(deps, inquiry).label.in_language(inquiry.language)
    )
    lines = file_lines(deps, new.files)
    sheet = deps.letters.inquiry_for_team(inquiry, body=new.message, files=lines)
    with deps.db.begin() as tx:
        inquiry_id = add_inquiry(
            tx,
            new,
            reference=inquiry.reference,
            nonce=nonce,
            team=inquiry.team,
            answer_due_at=inquiry.answer_due_at,
            now=now,
        )
        if inquiry_id is None:
            return _sent_before(deps, tx, new, nonce, now)
        message_id = _first_message(tx, new, inquiry_id, nonce, now)
        add_event(tx, inquiry_id, EventKind.INQUIRY_RECEIVED, Actor.CUSTOMER, now)
        attached = files_to_attach(lines, message_id)
        postings = [
            to_team(deps, sheet, inquiry, letter_key="inquiry_for_team", message_files_id=attached),
            to_customer(deps, confirmation, inquiry, letter_key="inquiry_received"),
        ]
        post_letters(tx, postings, inquiry_id=inquiry_id, now=now)
    return Submitted(reference=inquiry.reference, status_path=deps.status_path(inquiry.reference, 1), is_new=True)


def _first_message(tx: Connection, new: NewInquiry, inquiry_id: int, nonce: str, now: datetime) -> int:
    message_id = add_message(
        tx, inquiry_id, author=Author.CUSTOMER, author_name=new.name, body=new.message, nonce=nonce, now=now
    )
    if message_id is None:
        raise AssertionError("A nonce no inquiry has used was used by a message.")
    add_files(tx, message_id, new.files)
    return message_id


def _sent_before(deps: Deps, tx: Connection, new: NewInquiry, nonce: str, now: datetime) -> Submitted | None:
    """Return the inquiry this form made earlier; what differs from then joins it as a further message."""
    earlier = find_inquiry_by_nonce(tx, nonce)
    if earlier is None:
        return None
    first = messages_of(tx, earlier.id)[0]
    if (first.body, [file.sha256 for file in first.files]) != (new.message, [file.sha256 for file in new.files]):
        join_message(deps, tx, earlier, body=new.message, files=new.files, nonce=nonce, now=now)
    status_path = deps.status_path(earlier.reference, earlier.key_version)
    return Submitted(reference=earlier.reference, status_path=status_path, is_new=False)
