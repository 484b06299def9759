"""What first answers really take, for each product line: counted by the worker, shown beside the promise.

The median of the newest inquiries, in working hours. One that waits beyond its promise counts as slower than any that
was answered, so that answering only the easy ones does not look quick. From fewer than twenty nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import ceil, inf
from statistics import median_high

from sqlalchemy import Connection

from liju_contact.domain.calendar import worked_between
from liju_contact.domain.catalogue import ProductLine
from liju_contact.domain.inquiry import awaits_answer
from liju_contact.store.answer_times import AnswerTime, FirstAnswer, newest_first_answers, write_answer_time
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.promise_answer import team_calendar

FEWEST = 20
_NEWEST = 200


def count_answer_times(deps: Deps, *, now: datetime) -> None:
    """Count every product line anew; counting takes a while, so it is done before anything is written."""
    with deps.db.read() as tx:
        counted = {line.id: _counted(deps, tx, line, now) for line in deps.settings.catalogue.product_lines}
    with deps.db.begin() as tx:
        for product, answer_time in counted.items():
            write_answer_time(tx, product, answer_time, now)


def usual_answer_hours(counted: AnswerTime | None) -> int | None:
    """Return within how many working hours half of the inquiries are answered; None where too few say so."""
    if counted is None or counted.median_minutes is None or counted.inquiry_count < FEWEST:
        return None
    return max(1, ceil(counted.median_minutes / 60))


def _counted(deps: Deps, tx: Connection, product_line: ProductLine, now: datetime) -> AnswerTime:
    first_answers = newest_first_answers(tx, product_line.id, limit=_NEWEST)
    minutes = list(_minutes(deps, first_answers, now))
    middle = median_high(minutes) if minutes else inf
    return AnswerTime(median_minutes=None if middle == inf else ceil(middle), inquiry_count=len(minutes))


def _minutes(deps: Deps, first_answers: Iterable[FirstAnswer], now: datetime) -> Iterable[float]:
    """Yield what each took; one whose promise still stands, or that was closed without an answer, says nothing."""
    catalogue = deps.settings.catalogue
    for first in first_answers:
        calendar = team_calendar(deps.settings, catalogue.find_team(first.team) or catalogue.teams[0])
        if first.answered_at:
            yield worked_between(first.received_at, first.answered_at, calendar).total_seconds() / 60
        elif awaits_answer(first.state) and first.promised_at < now:
            yield inf
