"""What a status page tells or asks for beside the conversation: one row, by one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Date, String, and_, bindparam, exists, select

from liju_contact.domain.rating import Rating
from liju_contact.store.answer_times import AnswerTime
from liju_contact.store.desk_tables import AnswerTimeRow, RatingRow
from liju_contact.store.file_tables import FileRow
from liju_contact.store.tables import InquiryRow, MessageRow
from liju_contact.store.visit_tables import VisitRow

_HAS_FILES = exists().where(FileRow.message_id == MessageRow.id, MessageRow.inquiry_id == InquiryRow.id)
_IS_VISIT = and_(
    VisitRow.inquiry_id == InquiryRow.id,
    VisitRow.day == bindparam("day", type_=Date()),
    VisitRow.network == bindparam("network", type_=String()),
)
_FACTS = (
    select(
        RatingRow.stars,
        RatingRow.words,
        AnswerTimeRow.median_minutes,
        AnswerTimeRow.inquiry_count,
        VisitRow.visited_at,
        _HAS_FILES,
    )
    .select_from(InquiryRow)
    .outerjoin(RatingRow, RatingRow.inquiry_id == InquiryRow.id)
    .outerjoin(AnswerTimeRow, AnswerTimeRow.product == InquiryRow.product)
    .outerjoin(VisitRow, _IS_VISIT)
    .where(InquiryRow.id == bindparam("inquiry_id"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFacts:
    """``answer_time`` is that of the inquiry's product line; ``is_known_visit`` says that the network was here today.

    ``has_files`` tells whether any message came with one.
    """

    rating: Rating | None
    answer_time: AnswerTime | None
    is_known_visit: bool
    has_files: bool


def status_facts(tx: Connection, inquiry_id: int, *, network: str, now: datetime) -> StatusFacts:
    """Return them for a visitor from ``network``, as its label for this inquiry says it."""
    values = {"inquiry_id": inquiry_id, "day": now.astimezone(UTC).date(), "network": network}
    stars, words, median_minutes, inquiry_count, visited_at, has_files = tx.execute(_FACTS, values).one()
    is_counted = inquiry_count is not None
    return StatusFacts(
        rating=None if stars is None else Rating(stars=stars, words=words),
        answer_time=AnswerTime(median_minutes=median_minutes, inquiry_count=inquiry_count) if is_counted else None,
        is_known_visit=visited_at is not None,
        has_files=has_files,
    )
