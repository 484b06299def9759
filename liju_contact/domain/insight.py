"""What inquiries add up to: months summed up per product line, added together, and the few figures drawn from them.

A month is written like ``2026-11`` and lies on the company's own clock. Times until the first answer are kept as a
histogram whose steps grow by a tenth, so that months can be added and the median is still right within five per cent.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any

MOST_MONTHS = 36
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_STEP = math.log(1.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """What one month, or several added together, brought.

    ``answered_count`` of the ``received_count`` have had a first answer, ``in_time_count`` of those by the promised
    time. ``answer_times`` counts them by ``step_of`` of the minutes it took. The mappings count inquiries by topic,
    country, tag and word; ``stars`` counts ratings by their value.
    """

    received_count: int = 0
    answered_count: int = 0
    in_time_count: int = 0
    late_open_count: int = 0
    answer_times: Mapping[int, int] = field(default_factory=dict)
    topics: Mapping[str, int] = field(default_factory=dict)
    countries: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    stars: Mapping[int, int] = field(default_factory=dict)

    @property
    def median_hours(self) -> float | None:
        """The median of how long first answers took, in hours; None without an answer."""
        minutes = _median(self.answer_times)
        return None if minutes is None else minutes / 60

    @property
    def in_time_share(self) -> float | None:
        """The share of promises kept, of those that were answered or have run out; None without any."""
        decided = self.answered_count + self.late_open_count
        return self.in_time_count / decided if decided else None

    @property
    def rated_count(self) -> int:
        return sum(self.stars.values())

    @property
    def mean_stars(self) -> float | None:
        return sum(star * count for star, count in self.stars.items()) / self.rated_count if self.rated_count else None

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _COUNTS} | {
            name: {str(key): count for key, count in getattr(self, name).items()} for name in (*_BY_NUMBER, *_BY_WORD)
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> MonthFacts:
        values: dict[str, Any] = {name: value[name] for name in (*_COUNTS, *_BY_WORD)}
        for name in _BY_NUMBER:
            values[name] = {int(key): count for key, count in value[name].items()}
        return cls(**values)


_COUNTS = ("received_count", "answered_count", "in_time_count", "late_open_count")
_BY_NUMBER = ("answer_times", "stars")
_BY_WORD = ("topics", "countries", "tags", "words")


def step_of(minutes: float) -> int:
    """Return the step of the histogram a time belongs to: 0 for up to a minute, each further one a tenth longer."""
    return max(0, math.ceil(math.log(max(minutes, 1.0)) / _STEP))


def added(facts: Iterable[MonthFacts]) -> MonthFacts:
    """Return what several months or product lines brought together."""
    facts = list(facts)
    counts: dict[str, Any] = {name: sum(getattr(each, name) for each in facts) for name in _COUNTS}
    for name in (*_BY_NUMBER, *_BY_WORD):
        total: Counter[Any] = Counter()
        for each in facts:
            total.update(getattr(each, name))
        counts[name] = dict(total)
    return MonthFacts(**counts)


def read_month(typed: str) -> str | None:
    return typed if _MONTH.fullmatch(typed) else None


def month_of(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m}"


def months_between(first: str, last: str) -> tuple[str, ...]:
    """Return the months from ``first`` to ``last``, at most ``MOST_MONTHS``, the latest ones kept; none if reversed."""
    begin, end = _number(first), _number(last)
    return tuple(_named(number) for number in range(max(begin, end - MOST_MONTHS + 1), end + 1))


def month_before(month: str, count: int = 1) -> str:
    return _named(_number(month) - count)


def days_of(month: str) -> tuple[date, date]:
    """Return the first day of a month and the first day after it."""
    return _first_day(month), _first_day(month_before(month, -1))


def bounds_of(month: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a month begins and ends on the clock of ``zone``, in UTC; the end is not part of it."""
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) for day in days_of(month))
    return begin, end


def most(counts: Mapping[str, int], limit: int) -> list[tuple[str, int]]:
    """Return the largest counts first; equal ones by name, so that a page stays as it is."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]


def telling_words(
    words: Mapping[str, int], received_count: int, everywhere: Mapping[str, int], everywhere_count: int, *, limit: int
) -> list[tuple[str, int]]:
    """Return the words that tell one product line from all: named at least three times, and more often than elsewhere.

    Ranked by how many inquiries name a word times how much likelier it is here (a signed log-likelihood, Dunning 1993,
    of which the part for the word itself is kept).
    """
    ranked: list[tuple[float, str, int]] = []
    for word, count in words.items():
        expected = received_count * everywhere.get(word, count) / max(everywhere_count, 1)
        if count >= _LEAST_NAMED and count > expected:
            ranked.append((-count * math.log(count / expected), word, count))
    return [(word, count) for _weight, word, count in sorted(ranked)[:limit]]


_LEAST_NAMED = 3


def _median(times: Mapping[int, int]) -> float | None:
    """Return the middle of a histogram, in minutes; of an even count the mean of the two in the middle."""
    count = sum(times.values())
    if not count:
        return None
    return (_minutes_at(times, (count - 1) // 2) + _minutes_at(times, count // 2)) / 2


def _minutes_at(times: Mapping[int, int], place: int) -> float:
    """Return the geometric middle of the step that holds the time at ``place``, the shortest one being at 0."""
    seen = 0
    for step in sorted(times):
        seen += times[step]
        if seen > place:
            return math.exp((step - 0.5) * _STEP) if step else 1.0
    raise IndexError(place)


def _number(month: str) -> int:
    year, number = month.split("-")
    return 12 * int(year) + int(number) - 1


def _named(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _first_day(month: str) -> date:
    year, number = month.split("-")
    return date(int(year), int(number), 1)
