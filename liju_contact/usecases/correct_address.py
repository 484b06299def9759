"""The customer's address is corrected, and what they missed goes to the new one.

A customer can do it on the status page when letters come back; staff can do it at any time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.message import Author, Message
from liju_contact.domain.person import Person
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import set_email, set_unreachable
from liju_contact.store.letters import Posting, post_letters
from liju_contact.store.messages import messages_of
from liju_contact.usecases.count_rate import may_write_automatically
from liju_contact.usecases.deps import Answering, Deps
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.usecases.open_inquiry import open_for_update
from liju_contact.usecases.post_letters import file_lines, files_to_attach, team_of, to_customer


def correct_address(deps: Deps, reference: str, key: str, *, email: str, now: datetime) -> bool:
    """Write to ``email`` from now on, beginning with the newest answer or, without one, the confirmation.

    False when it was corrected too often today. Only where letters are known not to arrive: whoever got hold of a
    status link cannot turn a customer's letters away. Raises ``NotFound``, ``Conflict`` when they do arrive, or
    ``StoreBusy``.
    """
    with deps.db.begin() as tx:
        inquiry = open_for_update(deps, tx, reference, key)
        if inquiry.unreachable_since is None:
            raise Conflict("Letters reach this customer: there is no address to correct.")
        if not may_write_automatically(deps, tx, inquiry, now):
            return False
        _write_to(deps, tx, inquiry, email, now)
        add_event(tx, inquiry.id, EventKind.ADDRESS_CORRECTED, Actor.CUSTOMER, now)
    return True


def correct_address_at_desk(deps: Deps, person: Person, reference: str, *, email: str, now: datetime) -> int | None:
    """The same by staff, who need no letter to have come back; returns the event's id, None when it is so already.

    Raises ``NotFound`` or ``StoreBusy``.
    """
    with deps.db.begin() as tx:
        inquiry = open_for_staff(tx, person, reference, for_update=True)
        if inquiry.email == email:
            return None
        _write_to(deps, tx, inquiry, email, now)
        return add_event(
            tx,
            inquiry.id,
            EventKind.ADDRESS_CORRECTED,
            Actor.STAFF,
            now,
            actor_name=person.name or person.address,
            actor_address=person.address,
            facts={"before": inquiry.email, "after": email},
        )


def _write_to(deps: Deps, tx: Connection, inquiry: Inquiry, email: str, now: datetime) -> None:
    set_email(tx, inquiry.id, email, now)
    set_unreachable(tx, inquiry.id, None)
    posting = _missed(deps, tx, replace(inquiry, email=email), now)
    post_letters(tx, [posting], inquiry_id=inquiry.id, now=now)


def _missed(deps: Deps, tx: Connection, inquiry: Inquiry, now: datetime) -> Posting:
    messages = messages_of(tx, inquiry.id)
    answers = [message for message in messages if message.author is Author.STAFF]
    if answers:
        return _answer_again(deps, inquiry, answers[-1], newest_id=messages[-1].id, now=now)
    letter = deps.letters.inquiry_received(
        inquiry,
        status_url=deps.status_url(inquiry.reference, inquiry.key_version),
        team=team_of(deps, inquiry).label.in_language(inquiry.language),
    )
    letter_key = f"inquiry_received/{now.isoformat()}"
    return to_customer(deps, letter, inquiry, letter_key=letter_key, number=messages[-1].id)


def _answer_again(deps: Deps, inquiry: Inquiry, answer: Message, *, newest_id: int, now: datetime) -> Posting:
    team = team_of(deps, inquiry).label.in_language(inquiry.language)
    answering = Answering(
        author_name="" if answer.author_name == team else answer.author_name,
        body=answer.body,
        thread_subject="",
        quoted=None,
        status_url=deps.status_url(inquiry.reference, inquiry.key_version),
    )
    lines = file_lines(deps, answer.files)
    return to_customer(
        deps,
        deps.letters.answer(inquiry, answering, files=lines),
        inquiry,
        letter_key=f"answer/{answer.id}/{now.isoformat()}",
        number=newest_id,
        message_files_id=files_to_attach(lines, answer.id),
    )
