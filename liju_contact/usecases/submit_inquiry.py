"""A customer sends the form: the inquiry, its event, its letters and its files are stored together or not at all.

No mail is sent here; the worker does that (D4). The same form sent twice, by a double click or a reload, gives the same
inquiry; when its text or files differ from the first time, what is new joins the same inquiry as a further message.

What is taken for spam is stored as whole as anything else, and the sender sees the same page; only the letters wait,
until somebody of the staff releases it (``release_inquiry``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState, NewInquiry, fold_address
from liju_contact.domain.message import Author
from liju_contact.domain.spam_score import Weighable
from liju_contact.domain.spam_signs import NO_SIGNS, NOTHING_AGAINST, SpamJudgement, SubmissionSigns
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import add_inquiry, find_inquiry_by_nonce, get_end_for_update
from liju_contact.store.messages import add_files, add_message, find_message_id, messages_of
from liju_contact.store.spam_judgements import add_judgement
from liju_contact.store.spam_sketches import add_sketch
from liju_contact.usecases.add_message import join_message, message_of_customer
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.draft_inquiry import draft_inquiry
from liju_contact.usecases.first_letters import FirstLetters, first_letters, post_first_letters
from liju_contact.usecases.keep_limits import Gate, open_gate
from liju_contact.usecases.release_inquiry import UNCONFIRMED, is_held
from liju_contact.usecases.weigh_spam import read_for_spam, sketch_of_text, weigh_spam

_REFERENCE_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """``status_path`` is where the customer goes next; ``is_new`` is False when the form had been sent before."""

    reference: str
    status_path: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """An inquiry about to be written, as it will stand; ``answers`` is the Message-ID of the mail that opened it.

    ``sketch`` is what the same text is known again by.
    """

    new: NewInquiry
    inquiry: Inquiry
    nonce: str
    sketch: tuple[int, ...]
    answers: str = ""


def submit_inquiry(
    deps: Deps,
    new: NewInquiry,
    *,
    now: datetime,
    gate: Gate = open_gate,
    signs: SubmissionSigns | None = NO_SIGNS,
) -> Submitted:
    """Store an inquiry; raises ``FilesGone``, ``TooOften`` (by ``gate``), ``StoreBusy`` or ``StoreFull``.

    Then nothing was stored. What was stored before already passes no gate. Without ``signs`` it is not weighed: staff
    have looked at it.

    The nonce counts together with the address, so that a form that two people got from one cache cannot show one of
    them the other's inquiry.
    """
    nonce = hashlib.sha256(f"{new.nonce}\n{fold_address(new.email)}".encode()).hexdigest()[:40]
    weighable = read_for_spam(new, signs) if signs else None
    sketch = weighable.sketch if weighable else sketch_of_text(new.message)
    for _ in range(_REFERENCE_TRIES):
        draft = Drafted(new=new, inquiry=_drafted(deps, new, now), nonce=nonce, sketch=sketch)
        if submitted := _store(deps, draft, weighable, now, gate):
            return submitted
    raise AssertionError("Five random references in a row were taken; is random_bytes random?")


def letters_of(deps: Deps, draft: Drafted) -> FirstLetters:
    return first_letters(deps, draft.inquiry, body=draft.new.message, files=draft.new.files)


def write_inquiry(
    deps: Deps,
    tx: Connection,
    draft: Drafted,
    letters: FirstLetters,
    *,
    now: datetime,
    is_confirmed: bool = True,
    judgement: SpamJudgement = NOTHING_AGAINST,
) -> tuple[int, int] | None:
    """Write inquiry, message, event, letters; return the ids of the first two, None when nonce or reference is taken.

    Without ``is_confirmed`` the customer gets no letter; one that is held by ``judgement`` leads to none at all.
    """
    new, inquiry = draft.new, draft.inquiry
    inquiry_id = add_inquiry(
        tx,
        new,
        reference=inquiry.reference,
        nonce=draft.nonce,
        team=inquiry.team,
        answer_due_at=inquiry.answer_due_at,
        state=InquiryState.SPAM if judgement.is_held else InquiryState.RECEIVED,
        now=now,
    )
    if inquiry_id is None:
        return None
    message_id = _first_message(tx, draft, inquiry_id, now)
    add_event(tx, inquiry_id, EventKind.INQUIRY_RECEIVED, Actor.CUSTOMER, now)
    if judgement.is_held:
        _hold(tx, inquiry_id, judgement, is_confirmed=is_confirmed, now=now)
        return inquiry_id, message_id
    written = replace(inquiry, id=inquiry_id)
    post_first_letters(
        deps, tx, written, letters, message_id=message_id, is_confirmed=is_confirmed, answers=draft.answers, now=now
    )
    return inquiry_id, message_id


def _hold(tx: Connection, inquiry_id: int, judgement: SpamJudgement, *, is_confirmed: bool, now: datetime) -> None:
    """Write down why; the event is one that staff could have made, so that what they undo and change fits it too."""
    add_judgement(tx, inquiry_id, judgement, now)
    facts = {
        "before": InquiryState.RECEIVED.value,
        "after": InquiryState.SPAM.value,
        "score": round(judgement.score, 1),
        **({} if is_confirmed else {UNCONFIRMED: True}),
    }
    add_event(tx, inquiry_id, EventKind.MARKED_SPAM, Actor.PROGRAM, now, facts=facts)


def _drafted(deps: Deps, new: NewInquiry, now: datetime) -> Inquiry:
    catalogue = deps.settings.catalogue
    product_line, topic = catalogue.find_product_line(new.product), catalogue.find_topic(new.topic)
    if product_line is None or topic is None:
        raise ValueError(f"The form let through an unknown product line or topic: {new.product!r}, {new.topic!r}")
    return draft_inquiry(deps, new, topic, team=catalogue.team_for(product_line, topic).id, now=now)


def _store(deps: Deps, draft: Drafted, weighable: Weighable | None, now: datetime, gate: Gate) -> Submitted | None:
    """Write everything in one transaction; None when the reference was taken."""
    letters = letters_of(deps, draft)
    with deps.db.begin() as tx:
        judgement = weigh_spam(deps, tx, weighable, now=now) if weighable else NOTHING_AGAINST
        written = write_inquiry(deps, tx, draft, letters, judgement=judgement, now=now)
        if written is None:
            return _sent_before(deps, tx, draft, gate, now=now)
        gate(tx, written[0])
    reference = draft.inquiry.reference
    return Submitted(reference=reference, status_path=deps.status_path(reference, 1), is_new=True)


def _first_message(tx: Connection, draft: Drafted, inquiry_id: int, now: datetime) -> int:
    new = draft.new
    message_id = add_message(
        tx, inquiry_id, author=Author.CUSTOMER, author_name=new.name, body=new.message, nonce=draft.nonce, now=now
    )
    if message_id is None:
        raise AssertionError("A nonce no inquiry has used was used by a message.")
    add_files(tx, message_id, new.files)
    add_sketch(tx, inquiry_id, draft.sketch)
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
        if join_message(deps, tx, inquiry, more, now=now, stays_held=is_held(tx, inquiry)) is not None:
            gate(tx, earlier.id)
    status_path = deps.status_path(earlier.reference, earlier.key_version)
    return Submitted(reference=earlier.reference, status_path=status_path, is_new=False)
