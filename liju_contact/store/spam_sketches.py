"""Which inquiries said nearly the same before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, insert, select

from liju_contact.domain.inquiry import InquiryState, fold_address
from liju_contact.domain.spam_score import SaidBefore
from liju_contact.domain.spam_sketch import SHARED
from liju_contact.store.spam_tables import SpamJudgementRow, SpamSketchRow
from liju_contact.store.tables import InquiryRow

_MOST = 90  # a text that was sent a thousand times is known by its newest
_ADD = insert(SpamSketchRow)
_NEWEST = (
    select(SpamSketchRow.inquiry_id)
    .where(SpamSketchRow.number.in_(bindparam("numbers", expanding=True)))
    .order_by(SpamSketchRow.inquiry_id.desc())
    .limit(_MOST)
    .subquery()
)
_ALIKE = select(_NEWEST.c.inquiry_id).group_by(_NEWEST.c.inquiry_id).having(func.count() >= SHARED).subquery()
_IS_SPAM = InquiryRow.state == InquiryState.SPAM.value
_SEEN = (
    select(
        func.count(InquiryRow.email_folded.distinct()),
        func.count(case((_IS_SPAM & (SpamJudgementRow.learnt == "spam"), 1))),
        func.count(case((_IS_SPAM, 1))),
        func.count(case((InquiryRow.first_answered_at.is_not(None) | (SpamJudgementRow.learnt == "honest"), 1))),
    )
    .select_from(_ALIKE)
    .join(InquiryRow, InquiryRow.id == _ALIKE.c.inquiry_id)
    .outerjoin(SpamJudgementRow, SpamJudgementRow.inquiry_id == InquiryRow.id)
    .where(InquiryRow.email_folded != bindparam("email_folded"), InquiryRow.received_at > bindparam("since"))
)


def add_sketch(tx: Connection, inquiry_id: int, sketch: Sequence[int]) -> None:
    if sketch:
        tx.execute(_ADD, [{"number": number, "inquiry_id": inquiry_id} for number in sketch])


def said_before(tx: Connection, sketch: Sequence[int], address: str, since: datetime) -> SaidBefore:
    """Return what became of nearly the same text from other addresses since then."""
    if not sketch:
        return SaidBefore()
    asked = {"numbers": list(sketch), "email_folded": fold_address(address), "since": since}
    addresses, marked, held, honest = tx.execute(_SEEN, asked).one()
    return SaidBefore(addresses=addresses, marked=marked, held=held, honest=honest)
