"""A letter to the customer did not arrive: the inquiry is flagged and staff hear of it.

An answer's author hears of it, else the team. The status page then asks the customer for an address that works.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.reply_key import find_reply_keys
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import get_end_for_update, set_unreachable
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import author_of_answer, newest_message_id
from liju_contact.store.sent_letters import SentLetter
from liju_contact.usecases.deps import Deps, LetterFailure
from liju_contact.usecases.post_letters import to_team
from liju_contact.usecases.watch_inquiry import addresses_concerned


def report_failure(deps: Deps, tx: Connection, sent: SentLetter, words: str, *, now: datetime) -> None:
    """Flag the inquiry of a customer's letter that failed for good, and tell staff; other letters change nothing."""
    if sent.reference is None or not sent.kind.is_for_customer:
        return
    inquiry = get_end_for_update(tx, sent.reference)
    if fold_address(sent.recipient) == fold_address(inquiry.email) and inquiry.unreachable_since is None:
        set_unreachable(tx, inquiry.id, now)
    add_event(tx, inquiry.id, EventKind.LETTER_FAILED, Actor.PROGRAM, now)
    author = _author(tx, sent, inquiry.id) if sent.kind is LetterKind.ANSWER else ""
    failure = LetterFailure(kind=sent.kind, recipient=sent.recipient, words=words, body=sent.text)
    posting = to_team(
        deps,
        deps.letters.failure_for_team(inquiry, failure),
        inquiry,
        letter_key=f"failure_for_team/{sent.delivery_id}/{now.isoformat()}",
        number=newest_message_id(tx, inquiry.id),
        also=addresses_concerned(deps, tx, inquiry),
        only=author,
    )
    post_letters(tx, [posting], inquiry_id=inquiry.id, now=now)


def _author(tx: Connection, sent: SentLetter, inquiry_id: int) -> str:
    key = next(find_reply_keys(sent.reply_key), None)
    return author_of_answer(tx, inquiry_id, key.number if key else None, sent.written_at)
