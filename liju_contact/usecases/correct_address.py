"""Where letters do not arrive, the customer gives an address that works on the status page, or staff correct it.

What was missed goes to the new address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.message import Author, Message
from liju_contact.domain.person import Action, Person
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import set_email, set_unreachable
from liju_contact.store.letters import Posting, post_letters
from liju_contact.store.messages import messages_of
from liju_contact.usecases.change_inquiry import open_unmerged
from liju_contact.usecases.count_rate import may_write_automatically
from liju_contact.usecases.deps import Answering, Deps
from liju_contact.usecases.keep_limits import Gate, open_gate
from liju_contact.usecases.open_inquiry import open_for_update
from liju_contact.usecases.post_letters import file_lines, files_to_attach, team_of, to_customer
from liju_contact.usecases.staff_directory import require
from liju_contact.usecases.staff_event import add_staff_event


def correct_address(deps: Deps, reference: str, key: str, *, email: str, now: datetime, gate: Gate = open_gate) -> bool:
    """Write to ``email`` from now on, beginning with the newest answer or, without one, the confirmation.

    False when it was corrected too often today. Only where letters are known not to arrive: whoever got hold of a
    status link cannot turn a customer's letters away. Raises ``NotFound``, ``Conflict`` when they do arrive,
    ``TooOften`` (by ``gate``), or ``StoreBusy``.
    """
    with deps.db.begin() as tx:
        inquiry = open_for_update(deps, tx, reference, key)
        if inquiry.unreachable_since is None or inquiry.merged_into_id is not None:
            raise Conflict("Letters reach this customer: there is no address to correct.")
        if not may_write_automatically(deps, tx, inquiry, now):
            return False
        add_event(tx, inquiry.id, EventKind.ADDRESS_CORRECTED, Actor.CUSTOMER, now)
        _write_to(deps, tx, inquiry, email, now)
        gate(tx, inquiry.id)
    return True


def correct_address_for(deps: Deps, person: Person, reference: str, *, email: str, now: datetime) -> bool:
    """Do so by staff's hand, whether letters arrive or not; False when it is the address already.

    ``email`` is one that mail can be sent to. Raises ``Forbidden``, ``NotFound``, ``Conflict`` for an inquiry that was
    merged, ``StoreBusy``.
    """
    require(person, Action.DECIDE_MAIL)
    with deps.db.begin() as tx:
        inquiry = open_unmerged(tx, person, reference)
        if email == inquiry.email:
            return False
        facts = {"before": inquiry.email, "after": email}
        add_staff_event(deps, tx, person, inquiry, EventKind.ADDRESS_CORRECTED, facts=facts, now=now)
        _write_to(deps, tx, inquiry, email, now)
    return True


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
