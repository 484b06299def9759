"""How long first answers took, and what was counted of it for each product line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from liju_contact.domain.inquiry import InquiryState
from liju_contact.store.desk_tables import AnswerTimeRow
from liju_contact.store.statements import insert_or_change
from liju_contact.store.tables import InquiryRow

_NO_CUSTOMER_WAITED = (InquiryState.SPAM.value, InquiryState.MERGED.value)
_NEWEST = (
    select(
        InquiryRow.team,
        InquiryRow.state,
        InquiryRow.received_at,
        InquiryRow.answer_due_at,
        InquiryRow.first_answered_at,
    )
    .where(InquiryRow.product == bindparam("product"), InquiryRow.state.not_in(_NO_CUSTOMER_WAITED))
    .order_by(InquiryRow.id.desc())
    .limit(bindparam("limit"))
)
_WRITE = insert_or_change(
    AnswerTimeRow,
    ["product"],
    lambda new: {
        "median_minutes": new.median_minutes,
        "inquiry_count": new.inquiry_count,
        "counted_at": new.counted_at,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAnswer:
    """What became of one inquiry's first answer; ``answered_at`` is None where there was none so far."""

    team: str
    state: InquiryState
    received_at: datetime
    promised_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTime:
    """The median of a product line in working minutes, None where most were not answered; from how many inquiries."""

    median_minutes: int | None
    inquiry_count: int


def newest_first_answers(tx: Connection, product: str, *, limit: int) -> list[FirstAnswer]:
    """Return the newest inquiries about a product line, spam left out."""
    return [
        FirstAnswer(
            team=team,
            state=InquiryState(state),
            received_at=received_at,
            promised_at=promised_at,
            answered_at=answered_at,
        )
        for team, state, received_at, promised_at, answered_at in tx.execute(
            _NEWEST, {"product": product, "limit": limit}
        )
    ]


def write_answer_time(tx: Connection, product: str, answer_time: AnswerTime, now: datetime) -> None:
    values = {
        "product": product,
        "median_minutes": answer_time.median_minutes,
        "inquiry_count": answer_time.inquiry_count,
        "counted_at": now,
    }
    tx.execute(_WRITE[tx.dialect.name], values)
