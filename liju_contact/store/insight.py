"""Counts inquiries by month for the insight page, and keeps the sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select

from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.inquiry_list import COUNTED
from liju_contact.domain.insight import MonthFacts, month_of
from liju_contact.domain.message import Author
from liju_contact.store.desk_tables import InquiryTagRow, InsightMonthRow, InsightRow, RatingRow, TagRow
from liju_contact.store.holdings import chunked
from liju_contact.store.statements import insert_or_change
from liju_contact.store.tables import InquiryRow, MessageRow

_COUNTED = InquiryRow.state.not_in([state.value for state in InquiryState if state not in COUNTED])
_OF_MONTH: Any = (InquiryRow.received_at >= bindparam("begin")) & (InquiryRow.received_at < bindparam("end")) & _COUNTED
_INQUIRIES = select(
    InquiryRow.product,
    InquiryRow.topic,
    InquiryRow.country,
    InquiryRow.state,
    InquiryRow.received_at,
    func.coalesce(InquiryRow.first_answer_due_at, InquiryRow.answer_due_at),
    InquiryRow.first_answered_at,
).where(_OF_MONTH)
_TAGS = (
    select(InquiryRow.product, TagRow.name, func.count())
    .join(InquiryTagRow, InquiryTagRow.inquiry_id == InquiryRow.id)
    .join(TagRow, TagRow.id == InquiryTagRow.tag_id)
    .where(_OF_MONTH)
    .group_by(InquiryRow.product, TagRow.name)
)
_STARS = (
    select(InquiryRow.product, RatingRow.stars, func.count())
    .join(InquiryRow, InquiryRow.id == RatingRow.inquiry_id)
    .where(_OF_MONTH)
    .group_by(InquiryRow.product, RatingRow.stars)
)
_NEWEST = (
    select(InquiryRow.id, InquiryRow.product, InquiryRow.received_at)
    .where(_OF_MONTH)
    .order_by(InquiryRow.received_at.desc(), InquiryRow.id.desc())
    .limit(bindparam("limit"))
    .subquery("newest")
)
_WRITTEN = (
    select(_NEWEST.c.id, _NEWEST.c.product, func.substr(MessageRow.body, 1, bindparam("characters")))
    .join(MessageRow, MessageRow.inquiry_id == _NEWEST.c.id)
    .where(MessageRow.author == Author.CUSTOMER.value)
    .order_by(_NEWEST.c.received_at.desc(), _NEWEST.c.id.desc())
)
_FORGET = delete(InsightRow).where(InsightRow.month == bindparam("month"))
_ADD = insert(InsightRow)
# Nothing is kept where the month is not marked any more as it was when its sums were begun.
_MARK = insert_or_change(
    InsightMonthRow,
    ["month"],
    lambda new: {"newest_event_id": new.newest_event_id, "measured_at": new.measured_at},
    returning=InsightMonthRow.month,
    where=(InsightMonthRow.newest_event_id == bindparam("known_event_id"))
    & (InsightMonthRow.measured_at == bindparam("known_at")),
)
# Each such mark is another than those before, so that sums which were begun under one of them are not taken for newer.
_MARK_STALE = insert_or_change(
    InsightMonthRow,
    ["month"],
    lambda new: {
        "newest_event_id": case((InsightMonthRow.newest_event_id < 0, InsightMonthRow.newest_event_id - 1), else_=-1),
        "measured_at": new.measured_at,
    },
)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_OTHER_ZONES = timedelta(hours=15)  # so far is a month's beginning from that of UTC, at most
_MONTHS = select(InsightRow.month, InsightRow.product, InsightRow.facts).where(
    InsightRow.month >= bindparam("first"), InsightRow.month <= bindparam("last")
)
_MARKS = select(InsightMonthRow.month, InsightMonthRow.newest_event_id, InsightMonthRow.measured_at).where(
    InsightMonthRow.month >= bindparam("first")
)
_BEYOND = select(InquiryRow.id).where(_OF_MONTH).limit(1).offset(bindparam("count"))
_OLDEST = select(func.min(InquiryRow.received_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    newest_event_id: int
    measured_at: datetime

    @property
    def is_stale(self) -> bool:
        """Whether its sums were forgotten since."""
        return self.newest_event_id < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedInquiry:
    """``promised_at`` is the first promise; later ones are for later answers."""

    product: str
    topic: str
    country: str
    state: InquiryState
    received_at: datetime
    promised_at: datetime
    first_answered_at: datetime | None


def inquiries_of_month(tx: Connection, begin: datetime, end: datetime) -> Iterator[CountedInquiry]:
    """Yield what is counted of each inquiry received in that time, without holding them all."""
    rows = tx.execution_options(yield_per=2000).execute(_INQUIRIES, {"begin": begin, "end": end})
    for product, topic, country, state, received_at, promised_at, first_answered_at in rows:
        yield CountedInquiry(
            product=product,
            topic=topic,
            country=country,
            state=InquiryState(state),
            received_at=received_at,
            promised_at=promised_at,
            first_answered_at=first_answered_at,
        )


def has_at_most(tx: Connection, count: int, begin: datetime, end: datetime) -> bool:
    """Tell whether no more than so many inquiries that are counted were received in that time."""
    values = {"begin": begin, "end": end, "count": count}
    return tx.execute(_BEYOND, values).first() is None


def tags_of_month(tx: Connection, begin: datetime, end: datetime) -> list[tuple[str, str, int]]:
    """Return product line, tag and how many inquiries have it."""
    return [(product, tag, count) for product, tag, count in tx.execute(_TAGS, {"begin": begin, "end": end})]


def stars_of_month(tx: Connection, begin: datetime, end: datetime) -> list[tuple[str, int, int]]:
    """Return product line, rating and how many customers gave it."""
    return [(product, stars, count) for product, stars, count in tx.execute(_STARS, {"begin": begin, "end": end})]


def newest_texts_of_month(
    tx: Connection, begin: datetime, end: datetime, *, limit: int, characters: int
) -> Iterator[tuple[str, list[str]]]:
    """Yield product line and the beginnings of what the customer wrote, for each of the newest ``limit`` inquiries."""
    values = {"begin": begin, "end": end, "limit": limit, "characters": characters}
    rows = tx.execution_options(yield_per=500).execute(_WRITTEN, values)
    for (_id, product), messages in groupby(rows, key=lambda row: (row[0], row[1])):
        yield product, [text for _id, _product, text in messages]


def save_month(
    tx: Connection, month: str, facts: Sequence[tuple[str, MonthFacts]], mark: Measured, *, known: Measured | None
) -> bool:
    """Keep the sums of a month, one per product line, in place of those before, and ``mark`` it so.

    ``known`` is how the month was marked when the sums were begun. Where it is marked otherwise now they are not kept,
    for they may hold what was erased meanwhile, and the answer is False.
    """
    values = {"month": month, "newest_event_id": mark.newest_event_id, "measured_at": mark.measured_at}
    values["known_event_id"], values["known_at"] = (known.newest_event_id, known.measured_at) if known else (None, None)
    # The mark comes first: it makes an erasure wait which would have been waited for.
    if tx.execute(_MARK[tx.dialect.name], values).scalar_one_or_none() is None:
        return False
    tx.execute(_FORGET, {"month": month})
    if facts:
        tx.execute(_ADD, [{"month": month, "product": product, "facts": sums.to_json()} for product, sums in facts])
    return True


def forget_months_of(tx: Connection, inquiry_ids: Iterable[int]) -> None:
    """Forget the sums of the months in which inquiries came: they quote words. The worker makes them anew."""
    received: set[datetime] = set()
    for some in chunked(inquiry_ids):
        received.update(tx.execute(select(InquiryRow.received_at).where(InquiryRow.id.in_(some))).scalars())
    near = {month_of(at + apart, UTC) for at in received for apart in (-_OTHER_ZONES, _OTHER_ZONES)}
    for month in sorted(near):
        tx.execute(_MARK_STALE[tx.dialect.name], {"month": month, "newest_event_id": -1, "measured_at": _LONG_AGO})
        tx.execute(_FORGET, {"month": month})


def months_of(tx: Connection, first: str, last: str) -> list[tuple[str, str, MonthFacts]]:
    """Return month, product line and sums of the months between, both included."""
    rows = tx.execute(_MONTHS, {"first": first, "last": last})
    return [(month, product, MonthFacts.from_json(facts)) for month, product, facts in rows]


def measured_months(tx: Connection, first: str) -> dict[str, Measured]:
    rows = tx.execute(_MARKS, {"first": first})
    return {month: Measured(newest_event_id=event_id, measured_at=at) for month, event_id, at in rows}


def oldest_received_at(tx: Connection) -> datetime | None:
    at: datetime | None = tx.execute(_OLDEST).scalar_one()
    return at
