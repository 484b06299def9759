"""What is known beside a text that is about to be weighed: of its sender, of texts alike, and of its words.

All of it by one statement, because a statement costs more to hand over than these cost to run, and other writers wait
meanwhile. Each row says by its first column what it tells: the two sums stand under numbers that no word has.

Words and texts are numbers here, which name nothing, and they come as one parameter, however many there are.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, any_, bindparam, case, column, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from liju_contact.domain.inquiry import InquiryState, fold_address
from liju_contact.domain.spam_score import SaidBefore
from liju_contact.domain.spam_sketch import SHARED
from liju_contact.store.spam_tables import SpamJudgementRow, SpamSketchRow, SpamWordRow
from liju_contact.store.spam_words import TEXTS
from liju_contact.store.tables import InquiryRow

_OF_ADDRESS, _ALIKE = -1, -2  # what a word's number is in the other rows; those are never below nought
_MOST = 90  # a text that was sent a thousand times is known by its newest
_NOTHING = literal(0)
_IS_SPAM = InquiryRow.state == InquiryState.SPAM.value
_HISTORY = select(
    literal(_OF_ADDRESS),
    func.count(case((InquiryRow.received_at > bindparam("lately"), 1))),
    func.count(case((InquiryRow.first_answered_at.is_not(None) & (InquiryRow.state != InquiryState.SPAM.value), 1))),
    _NOTHING,
    _NOTHING,
).where(InquiryRow.email_folded == bindparam("email_folded"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """``inquiry_count`` is how many the address sent lately, ``is_answered`` whether we ever answered one of it.

    ``word_counts`` tells in how many spam and honest texts a word was, and ``TEXTS`` how many of those there are; what
    was in none is left out.
    """

    inquiry_count: int
    is_answered: bool
    said_before: SaidBefore
    word_counts: dict[int, tuple[int, int]]


def _statement(is_one_of: Any) -> Any:
    """Return the whole; ``is_one_of`` tells how a column is compared with a parameter that holds many numbers."""
    newest = (
        select(SpamSketchRow.inquiry_id)
        .where(is_one_of(SpamSketchRow.number, "sketch"))
        .order_by(SpamSketchRow.inquiry_id.desc())
        .limit(_MOST)
        .subquery()
    )
    alike = select(newest.c.inquiry_id).group_by(newest.c.inquiry_id).having(func.count() >= SHARED).subquery()
    said_before = (
        select(
            literal(_ALIKE),
            func.count(InquiryRow.email_folded.distinct()),
            func.count(case((_IS_SPAM & (SpamJudgementRow.learnt == "spam"), 1))),
            func.count(case((_IS_SPAM, 1))),
            func.count(case((InquiryRow.first_answered_at.is_not(None) | (SpamJudgementRow.learnt == "honest"), 1))),
        )
        .select_from(alike)
        .join(InquiryRow, InquiryRow.id == alike.c.inquiry_id)
        .outerjoin(SpamJudgementRow, SpamJudgementRow.inquiry_id == InquiryRow.id)
        .where(InquiryRow.email_folded != bindparam("email_folded"), InquiryRow.received_at > bindparam("since"))
    )
    words = select(SpamWordRow.word, SpamWordRow.spam_count, SpamWordRow.honest_count, _NOTHING, _NOTHING).where(
        is_one_of(SpamWordRow.word, "words")
    )
    return union_all(_HISTORY, said_before, words)


def _in_json(number: Any, name: str) -> Any:
    return number.in_(select(column("value")).select_from(func.json_each(bindparam(name)).table_valued("value")))


def _in_array(number: Any, name: str) -> Any:
    return number == any_(bindparam(name, type_=ARRAY(BigInteger)))


_KNOWN = {"sqlite": _statement(_in_json), "postgresql": _statement(_in_array)}


def known_beside(
    tx: Connection, *, address: str, sketch: Sequence[int], words: Collection[int], lately: datetime, since: datetime
) -> Known:
    """Return what is known of an address, of nearly the same text from other addresses since then, and of words.

    What the address itself sent counts from ``lately`` on.
    """
    as_parameter = json.dumps if tx.dialect.name == "sqlite" else list
    values = {
        "email_folded": fold_address(address),
        "lately": lately,
        "since": since,
        "sketch": as_parameter(list(sketch)),
        "words": as_parameter([TEXTS, *words]),
    }
    rows = {number: counts for number, *counts in tx.execute(_KNOWN[tx.dialect.name], values)}
    inquiry_count, answered_count, *_ = rows.pop(_OF_ADDRESS)
    addresses, marked, held, honest = rows.pop(_ALIKE)
    return Known(
        inquiry_count=inquiry_count,
        is_answered=answered_count > 0,
        said_before=SaidBefore(addresses=addresses, marked=marked, held=held, honest=honest),
        # A text learnt when words were cut in another way may be unlearnt by today's: no count is below nought.
        word_counts={number: (max(0, spam), max(0, honest)) for number, (spam, honest, *_) in rows.items()},
    )
