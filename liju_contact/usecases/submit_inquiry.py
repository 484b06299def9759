"""A customer sends the form: the inquiry, its event, its letters and its files are stored together or not at all.

No mail is sent here; the worker does that (D4). The same form sent twice, by a double click or a reload, gives the same
inquiry; when its text or files differ from the first time, what is new joins the same inquiry as a further message.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry, NewInquiry, fold_address
from liju_contact.domain.letter import Letter
from liju_contact.domain.message import Author
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import add_inquiry, find_inquiry_by_nonce, get_end_for_update
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import add_files, add_message, find_message_id, messages_of
from liju_contact.usecases.add_message import join_message, message_of_customer
from liju_contact.usecases.deps import Deps, FileLine
from liju_contact.usecases.draft_inquiry import draft_inquiry
from liju_contact.usecases.keep_limits import Gate, open_gate
from liju_contact.usecases.post_letters import file_lines, files_to_attach, team_of, to_customer, to_team

_REFERENCE_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """``status_path`` is where the customer goes next; ``is_new`` is False when the form had been sent before."""

    reference: str
    status_path: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """An inquiry about to be written, as it will stand; ``answers`` is the Message-ID of the mail that opened it."""

    new: NewInquiry
    inquiry: Inquiry
    nonce: str
    answers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLetters:
    """To the customer and to the team; ``lines`` are the files as the team's letter lists them."""

    confirmation: Letter
    sheet: Letter
    lines: list[FileLine]


def submit_inquiry(deps: Deps, new: NewInquiry, *, now: datetime, gate: Gate = open_gate) -> Submitted:
    """Store an inquiry; raises ``FilesGone``, ``TooOften`` (by ``gate``), ``StoreBusy`` or ``StoreFull``.

    Then nothing was stored. What was stored before already passes no gate.

    The nonce counts together with the address, so that a form that two people got from one cache cannot show one of
    them the other's inquiry.
    """
    nonce = hashlib.sha256(f"{new.nonce}\n{fold_address(new.email)}".encode()).hexdigest()[:40]
    for _ in range(_REFERENCE_TRIES):
        draft = Drafted(new=new, inquiry=_drafted(deps, new, now), nonce=nonce)
        if submitted := _store(deps, draft, now, gate):
            return submitted
    raise AssertionError("Five random references in a row were taken; is random_bytes random?")


def first_letters(deps: Deps, draft: Drafted) -> FirstLetters:
    """Write the letters of a new inquiry; on the web that is done before the transaction."""
    inquiry = draft.inquiry
    lines = file_lines(deps, draft.new.files)
    return FirstLetters(
        confirmation=deps.letters.inquiry_received(
            inquiry,
            status_url=deps.status_url(inquiry.reference, 1),
            team=team_of(deps, inquiry).label.in_language(inquiry.language),
        ),
        sheet=deps.letters.inquiry_for_team(inquiry, body=draft.new.message, files=lines),
        lines=lines,
    )


def write_inquiry(
    deps: Deps, tx: Connection, draft: Drafted, letters: FirstLetters, *, now: datetime, is_confirmed: bool = True
) -> tuple[int, int] | None:
    """Write inquiry, message, event, letters; return the ids of the first two, None when nonce or reference is taken.

    Without ``is_confirmed`` the customer gets no letter.
    """
    new, inquiry = draft.new, draft.inquiry
    inquiry_id = add_inquiry(
        tx,
        new,
        reference=inquiry.reference,
        nonce=draft.nonce,
        team=inquiry.team,
        answer_due_at=inquiry.answer_due_at,
        now=now,
    )
    if inquiry_id is None:
        return None
    message_id = _first_message(tx, new, inquiry_id, draft.nonce, now)
    add_event(tx, inquiry_id, EventKind.INQUIRY_RECEIVED, Actor.CUSTOMER, now)
    attached = files_to_attach(letters.lines, message_id)
    to_them = to_customer(
        deps,
        letters.confirmation,
        inquiry,
        letter_key="inquiry_received",
        number=message_id,
        answers=draft.answers,
    )
    to_us = to_team(
        deps, letters.sheet, inquiry, letter_key="inquiry_for_team", number=message_id, message_files_id=attached
    )
    post_letters(tx, [to_us, to_them if is_confirmed else None], inquiry_id=inquiry_id, now=now)
    return inquiry_id, message_id


def _drafted(deps: Deps, new: NewInquiry, now: datetime) -> Inquiry:
    catalogue = deps.settings.catalogue
    product_line, topic = catalogue.find_product_line(new.product), catalogue.find_topic(new.topic)
    if product_line is None or topic is None:
        raise ValueError(f"The form let through an unknown product line or topic: {new.product!r}, {new.topic!r}")
    return draft_inquiry(deps, new, topic, team=catalogue.team_for(product_line, topic).id, now=now)


def _store(deps: Deps, draft: Drafted, now: datetime, gate: Gate) -> Submitted | None:
    """Write everything in one transaction; None when the reference was taken."""
    letters = first_letters(deps, draft)
    with deps.db.begin() as tx:
        written = write_inquiry(deps, tx, draft, letters, now=now)
        if written is None:
            return _sent_before(deps, tx, draft, gate, now=now)
        gate(tx, written[0])
    reference = draft.inquiry.reference
    return Submitted(reference=reference, status_path=deps.status_path(reference, 1), is_new=True)


def _first_message(tx: Connection, new: NewInquiry, inquiry_id: int, nonce: str, now: datetime) -> int:
    message_id = add_message(
        tx, inquiry_id, author=Author.CUSTOMER, author_name=new.name, body=new.message, nonce=nonce, now=now
    )
    if message_id is None:
        raise AssertionError("A nonce no inquiry has used was used by a message.")
    add_files(tx, message_id, new.files)
    return message_id


def _sent_before(deps: Deps, tx: Connection, draft: Drafted, gate: Gate, *, now: datetime) -> Submitted | None:
    """Return the inquiry this form made earlier; what differs from then joins it as a further message."""
    new, nonce = draft.new, draft.nonce
    earlier = find_inquiry_by_nonce(tx, nonce)
    if earlier is None:
        return None
    inquiry = get_end_for_update(tx, earlier.reference)
    first_id = find_message_id(tx, nonce)
    first = [message for message in messages_of(tx, inquiry.id) if message.id == first_id]
    said = [(message.body, [file.sha256 for file in message.files]) for message in first]
    if said != [(new.message, [file.sha256 for file in new.files])]:
        more = message_of_customer(earlier, inquiry, body=new.message, files=new.files, nonce=nonce)
        if join_message(deps, tx, inquiry, more, now=now) is not None:
            gate(tx, earlier.id)
    status_path = deps.status_path(earlier.reference, earlier.key_version)
    return Submitted(reference=earlier.reference, status_path=status_path, is_new=False)
