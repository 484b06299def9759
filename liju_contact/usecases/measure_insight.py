"""Sums up the months for the insight page, so that opening it counts nothing: a step of the worker.

One month at a time, and only where something may have changed: the running month and the one before every ten minutes,
or at once where they are small, the rest of a year once a day, older ones once a week.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import Connection

from liju_contact.domain.inquiry import awaits_answer
from liju_contact.domain.insight import (
    MOST_MONTHS,
    MonthFacts,
    bounds_of,
    month_before,
    month_of,
    months_between,
    most,
    step_of,
)
from liju_contact.domain.telling_words import MOST_CHARACTERS, telling_words_of
from liju_contact.store.events import newest_event_id
from liju_contact.store.insight import (
    CountedInquiry,
    Measured,
    has_at_most,
    inquiries_of_month,
    measured_months,
    newest_texts_of_month,
    oldest_received_at,
    save_month,
    stars_of_month,
    tags_of_month,
)
from liju_contact.usecases.deps import Deps

_SOON, _DAILY, _WEEKLY = timedelta(minutes=10), timedelta(days=1), timedelta(days=7)
_YEAR_MONTHS = 12
_SMALL = 500  # inquiries of a month that are summed up in no time
_INQUIRIES_READ = 3000  # of a month, the newest ones: what keeps coming back shows in these
_WORDS_KEPT = 120  # per month and product line


@dataclass(slots=True)
class _Sums:
    """The sums of one product line while they grow."""

    counts: Counter[str] = field(default_factory=Counter)
    answer_times: Counter[int] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    stars: Counter[int] = field(default_factory=Counter)

    def count(self, inquiry: CountedInquiry, now: datetime) -> None:
        self.counts["received_count"] += 1
        self.topics[inquiry.topic] += 1
        if inquiry.country:
            self.countries[inquiry.country] += 1
        if inquiry.first_answered_at is None:
            self.counts["late_open_count"] += awaits_answer(inquiry.state) and inquiry.promised_at < now
            return
        self.counts["answered_count"] += 1
        self.counts["in_time_count"] += inquiry.first_answered_at <= inquiry.promised_at
        took = inquiry.first_answered_at - inquiry.received_at
        self.answer_times[step_of(took.total_seconds() / 60)] += 1

    def facts(self) -> MonthFacts:
        return MonthFacts(
            **self.counts,
            answer_times=dict(self.answer_times),
            topics=dict(self.topics),
            countries=dict(self.countries),
            tags=dict(self.tags),
            words=dict(most(self.words, _WORDS_KEPT)),
            stars=dict(self.stars),
        )


def measure_insight(deps: Deps, *, now: datetime) -> bool:
    """Sum up the month that needs it most; False when all are fresh enough. Raises ``StoreBusy``."""
    zone = deps.settings.company.working_hours.zone
    with deps.db.read() as tx:
        event_id = newest_event_id(tx)
        measured = measured_months(tx, month_before(month_of(now, zone), MOST_MONTHS - 1))
        due = _due_month(tx, measured, event_id, zone, now)
        if due is None:
            return False
        facts = _measured(tx, *bounds_of(due, zone), now=now)
    mark = Measured(newest_event_id=event_id, measured_at=now)
    with deps.db.begin() as tx:
        save_month(tx, due, facts, mark, known=measured.get(due))  # what is not kept is still due
    return True


def _due_month(
    tx: Connection, measured: Mapping[str, Measured], event_id: int, zone: tzinfo, now: datetime
) -> str | None:
    """Return the latest month that is no more as it was summed up, or was not yet; the running one always is one."""
    current = month_of(now, zone)
    for month in reversed(months_between(month_of(oldest_received_at(tx) or now, zone), current)):
        known = measured.get(month)
        if known is None or (
            _may_have_changed(known, event_id, now)
            # A clock that was set back makes it older than nothing.
            and not timedelta() <= now - known.measured_at < _fresh_for(tx, month, current, zone)
        ):
            return month
    return None


def _may_have_changed(known: Measured, event_id: int, now: datetime) -> bool:
    """Tell so; a promise may run out without any event, so the days of a month count also while nothing happens."""
    return known.newest_event_id != event_id or now - known.measured_at >= _DAILY


def _fresh_for(tx: Connection, month: str, current: str, zone: tzinfo) -> timedelta:
    if month < month_before(current):
        return _DAILY if month > month_before(current, _YEAR_MONTHS) else _WEEKLY
    return timedelta() if has_at_most(tx, _SMALL, *bounds_of(month, zone)) else _SOON


def _measured(tx: Connection, begin: datetime, end: datetime, *, now: datetime) -> list[tuple[str, MonthFacts]]:
    sums: defaultdict[str, _Sums] = defaultdict(_Sums)
    for inquiry in inquiries_of_month(tx, begin, end):
        sums[inquiry.product].count(inquiry, now)
    for product, tag, count in tags_of_month(tx, begin, end):
        sums[product].tags[tag] += count
    for product, stars, count in stars_of_month(tx, begin, end):
        sums[product].stars[stars] += count
    for product, texts in newest_texts_of_month(tx, begin, end, limit=_INQUIRIES_READ, characters=MOST_CHARACTERS):
        sums[product].words.update(set().union(*map(telling_words_of, texts)))
    return [(product, of_product.facts()) for product, of_product in sorted(sums.items())]
