"""What happens to an invented inquiry beside its conversation: who has it, how urgent, tags, its end, a rating."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.message import Author
from liju_contact.domain.priority import Priority
from liju_contact.usecases.seeding.case import Case, Happened
from liju_contact.usecases.seeding.language import Dice
from liju_contact.usecases.seeding.letters import RATINGS

TAGS = (
    *(
        "tender",
        "export",
        "重点客户",
        "low NOx",
        "warranty",
        "投标",
        "discount",
        "high altitude",
        "repeat order",
        "保修",
        "consultant",
    ),
    *("urgent shipping", "agent", "condensing", "海外项目", "visit", "biogas", "Tibet"),
)
_STARS = (5,) * 11 + (4,) * 5 + (3, 3, 2, 1)
_PRIORITIES = (Priority.HIGH,) * 6 + (Priority.LOW, Priority.LOW, Priority.URGENT)
_MINUTE = timedelta(minutes=1)


def add_happenings(case: Case, tag_ids: Sequence[int], rank: int, now: datetime, dice: Dice) -> None:
    """Complete ``case``, which is the ``rank``-th newest; nothing happens after ``now``."""
    life = case.life
    if case.is_repeated:
        _staff(case, EventKind.MERGED_INTO, min(case.merged_at, now))
        return
    if life.state is InquiryState.SPAM:
        _staff(case, EventKind.MARKED_SPAM, life.ended_at or now)
        return
    if life.first_answered_at and dice() < 0.92:  # noqa: PLR2004  # some are answered by whoever saw them first
        case.assignee = case.staff_address
        facts = {"before": None, "after": case.assignee}
        _staff(case, EventKind.INQUIRY_ASSIGNED, max(life.turns[0][1], life.first_answered_at - _MINUTE), **facts)
    _weigh(case, now, dice)
    if dice() < 0.35:  # noqa: PLR2004  # a third has a tag, some of them two
        chosen = {tag_ids[int(len(tag_ids) * dice() * dice())] for _ in range(1 + int(1.4 * dice()))}
        case.tag_ids = sorted(chosen)
    if dice() < (0.02 if rank < 1000 else 0.002):  # noqa: PLR2004  # old troubles have mostly been dealt with
        case.unreachable_since = min(life.turns[0][1] + 3 * _MINUTE, now)
        case.events.append(Happened(kind=EventKind.LETTER_FAILED, at=case.unreachable_since, actor=Actor.PROGRAM))
    if life.state is InquiryState.CLOSED:
        _close(case, dice)


def _weigh(case: Case, now: datetime, dice: Dice) -> None:
    """Give every seventh another priority, and some that wait a date of their own."""
    received_at = case.life.turns[0][1]
    if dice() < 0.14:  # noqa: PLR2004  # every seventh
        case.priority = _PRIORITIES[int(len(_PRIORITIES) * dice())].value
        _staff(case, EventKind.PRIORITY_CHANGED, received_at, before=Priority.NORMAL.value, after=case.priority)
    if case.life.state is InquiryState.OPEN and dice() < 0.15:  # noqa: PLR2004  # every seventh of these too
        case.due_at = (now + timedelta(days=12 * dice() - 3)).replace(minute=0, second=0, microsecond=0)
        _staff(case, EventKind.DUE_CHANGED, case.life.turns[-1][1], before=None, after=case.due_at.isoformat())


def _close(case: Case, dice: Dice) -> None:
    life = case.life
    if life.ended_at is None:
        return
    if life.turns[-1][0] is Author.CUSTOMER and dice() < 0.5:  # noqa: PLR2004  # both ends may
        case.events.append(Happened(kind=EventKind.INQUIRY_CLOSED, at=life.ended_at, actor=Actor.CUSTOMER))
    else:
        _staff(case, EventKind.INQUIRY_CLOSED, life.ended_at)
    if dice() < 0.14:  # noqa: PLR2004  # every seventh rates
        stars = _STARS[int(len(_STARS) * dice())]
        case.rating = (stars, RATINGS[int(len(RATINGS) * dice())])
        facts = json.dumps({"stars": stars})
        case.events.append(Happened(kind=EventKind.RATED, at=life.ended_at, actor=Actor.CUSTOMER, facts=facts))


def _staff(case: Case, kind: EventKind, at: datetime, **facts: Any) -> None:
    text = json.dumps(facts) if facts else None
    happened = Happened(kind=kind, at=at, name=case.staff_name, address=case.staff_address, facts=text)
    case.events.append(happened)
