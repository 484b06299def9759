"""What the desk tells the company: the months somebody asks for, added up per product line and for all they serve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from liju_contact.domain.inquiry_list import NO_PRODUCT
from liju_contact.domain.insight import (
    MonthFacts,
    added,
    month_before,
    month_of,
    months_between,
    most,
    read_month,
    telling_words,
)
from liju_contact.domain.person import Person
from liju_contact.store.insight import measured_months, months_of, oldest_received_at
from liju_contact.usecases.deps import Deps

_USUAL_MONTHS = 12
_ROWS = 12
_WORDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One product line, topic or country: how many inquiries in each month, and in the same time before.

    ``total_before`` is None where the time before is not wholly counted.
    """

    id: str
    counts: tuple[int, ...]
    total: int
    total_before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Returning:
    """What keeps coming back for one product line: counts of inquiries by topic, tag and telling word."""

    product: str
    received_count: int
    topics: tuple[tuple[str, int], ...]
    tags: tuple[tuple[str, int], ...]
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """``by_month`` is all of it per month, in the order of ``months``; ``product`` narrows everything to one line.

    ``product`` is as in the address of a list: empty for all lines, ``NO_PRODUCT`` for what came by mail.

    ``counted_at`` is when the last of the months was summed up, None where it was not. ``is_being_counted`` says that
    one of them, or of as many before, still has to be, ``is_beyond`` that one was too long ago for it. ``total_before``
    is None where the time before is not wholly counted: a part of it is nothing to compare with.
    """

    months: tuple[str, ...]
    counted_at: datetime | None
    is_being_counted: bool
    is_beyond: bool
    product: str
    known_products: tuple[str, ...]
    total: MonthFacts
    total_before: MonthFacts | None
    by_month: tuple[MonthFacts, ...]
    products: tuple[Line, ...]
    topics: tuple[Line, ...]
    countries: tuple[Line, ...]
    returning: tuple[Returning, ...]


def show_insight(deps: Deps, person: Person, *, first: str, last: str, product: str, now: datetime) -> Insight:
    """Return the months from ``first`` to ``last`` (whatever is no month: the last twelve). Raises ``StoreBusy``."""
    zone = deps.settings.company.working_hours.zone
    current = month_of(now, zone)
    months = _months_asked(first, last, current)
    earlier = months_between(month_before(months[0], len(months)), month_before(months[0]))
    with deps.db.read() as tx:
        rows = [row for row in months_of(tx, earlier[0], months[-1]) if _is_theirs(person, row[1])]
        measured = {month: mark for month, mark in measured_months(tx, earlier[0]).items() if not mark.is_stale}
        oldest = month_of(oldest_received_at(tx) or now, zone)
    missing = {month for month in (*earlier, *months) if month >= oldest} - measured.keys()
    underway = missing.intersection(months_between(oldest, current))
    known = tuple(sorted({row[1] for row in rows}))
    everywhere = added(facts for month, _product, facts in rows if month >= months[0])
    line = _line_asked(product, known)
    if line is not None:
        rows = [row for row in rows if row[1] == line]
    now_rows = [row for row in rows if row[0] >= months[0]]
    before = _by((row for row in rows if row[0] < months[0]), 1) if missing.isdisjoint(earlier) else None
    by_month, total_before = _by(now_rows, 0), None if before is None else added(before.values())
    total = added(by_month.values())
    return Insight(
        months=months,
        counted_at=measured[months[-1]].measured_at if months[-1] in measured else None,
        is_being_counted=bool(underway),
        is_beyond=missing > underway,
        product="" if line is None else product,
        known_products=known,
        total=total,
        total_before=total_before,
        by_month=tuple(by_month.get(month, MonthFacts()) for month in months),
        products=_product_lines(months, now_rows, before),
        topics=_lines(months, by_month, "topics", total, total_before),
        countries=_lines(months, by_month, "countries", total, total_before),
        returning=tuple(
            _returning(product, facts, everywhere)
            for product, facts in sorted(_by(now_rows, 1).items())
            if facts.received_count
        ),
    )


def _months_asked(first: str, last: str, current: str) -> tuple[str, ...]:
    end = min(read_month(last) or current, current)
    return months_between(read_month(first) or month_before(end, _USUAL_MONTHS - 1), end) or (end,)


def _is_theirs(person: Person, product: str) -> bool:
    return not person.product_lines or not product or product in person.product_lines


def _line_asked(product: str, known: Iterable[str]) -> str | None:
    """Return the product line as the sums have it, empty for what came by mail; None where all are asked for."""
    line = "" if product == NO_PRODUCT else product
    return line if product and line in known else None


def _by(rows: Iterable[tuple[str, str, MonthFacts]], place: int) -> dict[str, MonthFacts]:
    """Add rows up by their month (place 0) or their product line (place 1)."""
    grouped: dict[str, list[MonthFacts]] = {}
    for row in rows:
        grouped.setdefault(str(row[place]), []).append(row[2])
    return {key: added(facts) for key, facts in grouped.items()}


def _product_lines(
    months: tuple[str, ...], rows: list[tuple[str, str, MonthFacts]], before: Mapping[str, MonthFacts] | None
) -> tuple[Line, ...]:
    counts: dict[str, dict[str, int]] = {}
    for month, product, facts in rows:
        counts.setdefault(product, {})[month] = facts.received_count
    lines = [
        Line(
            id=product,
            counts=tuple(of_product.get(month, 0) for month in months),
            total=sum(of_product.values()),
            total_before=None if before is None else before.get(product, MonthFacts()).received_count,
        )
        for product, of_product in counts.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.total, line.id)))


def _lines(
    months: tuple[str, ...], by_month: Mapping[str, MonthFacts], name: str, total: MonthFacts, before: MonthFacts | None
) -> tuple[Line, ...]:
    counts_before: Mapping[str, int] | None = None if before is None else getattr(before, name)
    return tuple(
        Line(
            id=id_,
            counts=tuple(getattr(by_month.get(month, MonthFacts()), name).get(id_, 0) for month in months),
            total=count,
            total_before=None if counts_before is None else counts_before.get(id_, 0),
        )
        for id_, count in most(getattr(total, name), _ROWS)
    )


def _returning(product: str, facts: MonthFacts, everywhere: MonthFacts) -> Returning:
    words = telling_words(facts.words, facts.received_count, everywhere.words, everywhere.received_count, limit=_WORDS)
    return Returning(
        product=product,
        received_count=facts.received_count,
        topics=tuple(most(facts.topics, 3)),
        tags=tuple(most(facts.tags, 8)),
        words=tuple(words),
    )
