"""Learns from what staff mark: as what the text of an inquiry counts, and what it counted as before.

Each inquiry counts once at most, as spam or as honest. Taking a mark back unlearns it exactly; what it counted as
before stands in the event.
"""

from __future__ import annotations

from sqlalchemy import Connection

from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.message import Author
from liju_contact.domain.spam_words import number_of, words_to_weigh
from liju_contact.store.messages import messages_of
from liju_contact.store.spam_judgements import find_judgement, set_learnt
from liju_contact.store.spam_words import count_text

LEARNT = "learnt"
"""The fact of an event that says what its inquiry counted as before and after; see ``learn``."""


def learn(tx: Connection, inquiry: Inquiry, *, is_spam: bool | None) -> dict[str, dict[str, bool | None]]:
    """Count an inquiry's text as spam, as honest or as neither; returns the facts that an event keeps of that."""
    judgement = find_judgement(tx, inquiry.id)
    before = judgement.learnt if judgement else None
    if before is is_spam:
        return {LEARNT: {"before": before, "after": is_spam}}
    words = [number_of(word) for word in words_to_weigh(_first_text(tx, inquiry), inquiry.email)]
    _count(tx, words, before, -1)
    _count(tx, words, is_spam, +1)
    set_learnt(tx, inquiry.id, is_spam=is_spam)
    return {LEARNT: {"before": before, "after": is_spam}}


def _count(tx: Connection, words: list[int], is_spam: bool | None, times: int) -> None:  # noqa: FBT001  # None is the third of its values
    if is_spam is not None:
        count_text(tx, words, spam=times if is_spam else 0, honest=0 if is_spam else times)


def _first_text(tx: Connection, inquiry: Inquiry) -> str:
    """Return what the customer wrote first."""
    theirs = (message.body for message in messages_of(tx, inquiry.id) if message.author is Author.CUSTOMER)
    return next(theirs, "")
