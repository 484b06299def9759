"""Promises that staff may have to be reminded of, found by the index of those that still stand; and what was told.

A row per promise and step is written once: of two workers, one writes it and the letter. The search looks at promises
between two moments only, so it costs what is open there, however many inquiries there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, literal_column, select, text

from liju_contact.domain.event import promise_begun
from liju_contact.domain.reminder import ReminderStep
from liju_contact.store.desk_tables import ReminderRow
from liju_contact.store.statements import insert_unless_taken
from liju_contact.store.tables import EventRow, InquiryRow

# Spelled as the index has it: with parameters SQLite would not see that its rows are those.
_STANDS = text("inquiry.state IN ('received', 'open')")
_BATCH = 2000


def _is_told(promised_at: ColumnElement[Any], step: ColumnElement[str]) -> ColumnElement[bool]:
    is_of_promise = (ReminderRow.inquiry_id == InquiryRow.id) & (ReminderRow.promised_at == promised_at)
    return exists().where(is_of_promise, ReminderRow.step == step)


_PROMISES = (
    select(InquiryRow.id, InquiryRow.team, InquiryRow.received_at, InquiryRow.answer_due_at)
    .where(_STANDS, InquiryRow.answer_due_at > bindparam("after"), InquiryRow.answer_due_at <= bindparam("until"))
    .where(~_is_told(InquiryRow.answer_due_at.expression, bindparam("last_step")))
    .order_by(InquiryRow.answer_due_at, InquiryRow.id)
    .limit(_BATCH)
)
_OWN_DATES = (
    select(InquiryRow.id, InquiryRow.team, InquiryRow.received_at, InquiryRow.due_at)
    .where(_STANDS, InquiryRow.due_at > bindparam("after"), InquiryRow.due_at <= bindparam("until"))
    .where(~_is_told(InquiryRow.due_at.expression, literal_column(f"'{ReminderStep.OWN_DATE.value}'")))
    .order_by(InquiryRow.due_at, InquiryRow.id)
    .limit(_BATCH)
)
_STANDING = (
    select(InquiryRow.id, InquiryRow.answer_due_at, InquiryRow.due_at)
    .where(_STANDS, InquiryRow.id.in_(bindparam("inquiry_ids", expanding=True)))
    .order_by(InquiryRow.id)
    .with_for_update(of=InquiryRow, skip_locked=True)
)
_TOLD = select(ReminderRow.inquiry_id, ReminderRow.promised_at, ReminderRow.step).where(
    ReminderRow.inquiry_id.in_(bindparam("inquiry_ids", expanding=True))
)
# Told apart here, because the databases look into JSON each in its own way.
_FACTS = (
    select(EventRow.inquiry_id, EventRow.happened_at, EventRow.facts)
    .where(EventRow.inquiry_id.in_(bindparam("inquiry_ids", expanding=True)))
    .order_by(EventRow.id)
)
_TELL = insert_unless_taken(ReminderRow, ReminderRow.inquiry_id, ReminderRow.promised_at, ReminderRow.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPromise:
    """A promise of an inquiry that still waits, or the date that staff set for it."""

    inquiry_id: int
    team: str
    received_at: datetime
    promised_at: datetime


@dataclass(frozen=True, slots=True, order=True)
class Step:
    inquiry_id: int
    promised_at: datetime
    step: ReminderStep


def standing_promises(
    tx: Connection, *, after: datetime, until: datetime, last_step: ReminderStep
) -> list[StandingPromise]:
    """Return promises in that time of which ``last_step`` has not been told, the oldest first."""
    values = {"after": after, "until": until, "last_step": last_step.value}
    return [_promise(*row) for row in tx.execute(_PROMISES, values)]


def own_dates(tx: Connection, *, after: datetime, until: datetime) -> list[StandingPromise]:
    """Return the dates in that time that staff set for inquiries which wait, and have not been reminded of."""
    return [_promise(*row) for row in tx.execute(_OWN_DATES, {"after": after, "until": until})]


def still_standing(tx: Connection, steps: Sequence[Step]) -> list[Step]:
    """Return, in order, those whose promise or date is still that, and keep it so until the transaction ends.

    An inquiry that somebody is changing at this moment is left for the next time.
    """
    rows = tx.execute(_STANDING, {"inquiry_ids": list({step.inquiry_id for step in steps})})
    standing = {inquiry_id: (answer_due_at, due_at) for inquiry_id, answer_due_at, due_at in rows}
    return [step for step in steps if step.promised_at in standing.get(step.inquiry_id, ())]


def promises_begun(tx: Connection, inquiry_ids: Collection[int]) -> dict[tuple[int, datetime], datetime]:
    """Return when promises of these inquiries began, by inquiry and promise; one made with the inquiry is left out."""
    if not inquiry_ids:
        return {}
    rows = tx.execute(_FACTS, {"inquiry_ids": list(inquiry_ids)})
    return {
        (inquiry_id, promise): happened_at
        for inquiry_id, happened_at, facts in rows
        if (promise := promise_begun(facts or {}))
    }


def steps_told(tx: Connection, inquiry_ids: Collection[int]) -> set[Step]:
    if not inquiry_ids:
        return set()
    rows = tx.execute(_TOLD, {"inquiry_ids": list(inquiry_ids)})
    return {Step(inquiry_id, promised_at, ReminderStep(step)) for inquiry_id, promised_at, step in rows}


def note_steps(tx: Connection, steps: Sequence[Step], now: datetime) -> list[Step]:
    """Write down which steps are told now; returns, in order, those that nobody had told before."""
    if not steps:
        return []
    told = [
        {"inquiry_id": step.inquiry_id, "promised_at": step.promised_at, "step": step.step.value, "taken_at": now}
        for step in sorted(steps)
    ]
    rows = tx.execute(_TELL[tx.dialect.name], told)
    ours = {Step(inquiry_id, promised_at, ReminderStep(step)) for inquiry_id, promised_at, step in rows}
    return [step for step in steps if step in ours]


def _promise(inquiry_id: int, team: str, received_at: datetime, promised_at: Any) -> StandingPromise:
    return StandingPromise(inquiry_id=inquiry_id, team=team, received_at=received_at, promised_at=promised_at)
