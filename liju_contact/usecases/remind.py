"""The worker reminds staff of promises: before one is due, when it has passed, and those above when nothing happens.

Each step is told once for each promise. Somebody who would get many letters in one round, after an outage or a holiday,
gets one that lists them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.calendar import WorkingCalendar, begun_at, due_at, is_working_time
from liju_contact.domain.catalogue import Staff, Team
from liju_contact.domain.event import EventKind
from liju_contact.domain.inquiry import Inquiry, fold_address
from liju_contact.domain.letter import Addressee
from liju_contact.domain.person import Role
from liju_contact.domain.reminder import ReminderPlan, ReminderStep, due_steps
from liju_contact.store.events import add_events
from liju_contact.store.inquiries import inquiries_by_id
from liju_contact.store.letters import Posting, post_letters
from liju_contact.store.messages import newest_message_ids
from liju_contact.store.reminders import (
    StandingPromise,
    Step,
    note_steps,
    own_dates,
    promises_begun,
    standing_promises,
    steps_told,
    still_standing,
)
from liju_contact.store.staff import every_account
from liju_contact.usecases.deps import Deps, Reminding
from liju_contact.usecases.post_letters import team_of, to_team
from liju_contact.usecases.promise_answer import team_calendar
from liju_contact.usecases.staff_directory import staff_finder

_StaffFinder = Callable[[str], Staff | None]
MOST_LETTERS = 10
# What became due longer ago is no news: a worker that was away, or a team on holiday, is back by then.
_STAYS_NEWS = timedelta(days=90)


def remind(deps: Deps, *, now: datetime) -> int:
    """Tell what became due and was not told yet; returns how many steps that were.

    Finding out takes a while: it is done first, without the one writer's place.
    """
    with deps.db.read() as tx:
        found = _untold(deps, tx, now)
    if not found:
        return 0
    with deps.db.begin() as tx:
        steps = note_steps(tx, still_standing(tx, found), now)
        if not steps:
            return 0
        inquiries = inquiries_by_id(tx, {step.inquiry_id for step in steps})
        remindings = [
            Reminding(inquiry=inquiries[step.inquiry_id], step=step.step, promised_at=step.promised_at)
            for step in steps
        ]
        add_events(tx, [_event(reminding) for reminding in remindings], now)
        _post(deps, tx, remindings, now)
    return len(steps)


def _due(deps: Deps, tx: Connection, now: datetime) -> Iterable[Step]:
    plan, catalogue = deps.settings.reminders.plan, deps.settings.catalogue
    if plan.last_step is None:
        return
    calendars = {team.id: team_calendar(deps.settings, team) for team in catalogue.teams}
    until = max(due_at(now, max(plan.before_hours, 1), calendar) for calendar in calendars.values())
    after = _looks_back(plan, calendars.values(), now)
    promises = standing_promises(tx, after=after, until=until, last_step=plan.last_step)

    def steps_of(promise: StandingPromise, made_at: datetime) -> list[ReminderStep]:
        calendar = calendars[_team(deps, promise).id]
        return due_steps(plan, calendar, made_at=made_at, promised_at=promise.promised_at, now=now)

    found = {promise: steps_of(promise, promise.received_at) for promise in promises}
    begun = promises_begun(tx, [one.inquiry_id for one, steps in found.items() if ReminderStep.BEFORE in steps])
    for promise, steps in found.items():
        made_at = begun.get((promise.inquiry_id, promise.promised_at))
        for step in steps_of(promise, made_at) if made_at else steps:
            yield Step(promise.inquiry_id, promise.promised_at, step)


def _looks_back(plan: ReminderPlan, calendars: Iterable[WorkingCalendar], now: datetime) -> datetime:
    """Return since when a promise may have passed of which a step is news still.

    Working hours after a promise may be many weeks for a team that works few. Where nothing is told of a promise that
    has passed, none is looked at: untold, they would stand before those that come near.
    """
    if plan.last_step is ReminderStep.BEFORE:
        return now
    return min(begun_at(now - _STAYS_NEWS, plan.escalate_hours, calendar) for calendar in calendars)


def _own_dates(deps: Deps, tx: Connection, now: datetime) -> Iterable[Step]:
    """Yield the dates that have come; one outside working time is told when it begins."""
    for date in own_dates(tx, after=now - _STAYS_NEWS, until=now):
        if is_working_time(now, team_calendar(deps.settings, _team(deps, date))):
            yield Step(date.inquiry_id, date.promised_at, ReminderStep.OWN_DATE)


def _team(deps: Deps, promise: StandingPromise) -> Team:
    catalogue = deps.settings.catalogue
    return catalogue.find_team(promise.team) or catalogue.teams[0]


def _untold(deps: Deps, tx: Connection, now: datetime) -> list[Step]:
    steps = [*_due(deps, tx, now), *_own_dates(deps, tx, now)]
    told = steps_told(tx, {step.inquiry_id for step in steps})
    return [step for step in steps if step not in told]


def _event(reminding: Reminding) -> tuple[Inquiry, EventKind, Mapping[str, str]]:
    is_escalated = reminding.step is ReminderStep.ESCALATED
    facts = {"step": reminding.step.value, "promised_at": reminding.promised_at.isoformat()}
    return reminding.inquiry, EventKind.ESCALATED if is_escalated else EventKind.REMINDED, facts


def _post(deps: Deps, tx: Connection, remindings: Sequence[Reminding], now: datetime) -> None:
    """Write a letter about each inquiry, and one that lists them to those who would get too many."""
    above, find_staff = _escalation_recipients(deps, tx), staff_finder(deps, tx, who_may=None)
    recipients = [_recipients(deps, reminding, above, find_staff) for reminding in remindings]
    counts = Counter(address for addresses in recipients for address in addresses)
    listed = [address for address, count in counts.items() if count > MOST_LETTERS]
    numbers = newest_message_ids(tx, [reminding.inquiry.id for reminding in remindings])
    for reminding, addresses in zip(remindings, recipients, strict=True):
        if singly := [address for address in addresses if address not in listed]:
            posting = _letter(deps, reminding, singly, numbers.get(reminding.inquiry.id, 0))
            post_letters(tx, [posting], inquiry_id=reminding.inquiry.id, now=now)
    pairs = list(zip(remindings, recipients, strict=True))
    lists = [_list(deps, address, [one for one, addresses in pairs if address in addresses]) for address in listed]
    post_letters(tx, lists, inquiry_id=None, now=now)


def _letter(deps: Deps, reminding: Reminding, addresses: Sequence[str], number: int) -> Posting | None:
    return to_team(
        deps,
        deps.letters.reminder_for_team(reminding),
        reminding.inquiry,
        letter_key=f"reminder_for_team/{reminding.step.value}/{reminding.promised_at.isoformat()}",
        number=number,
        addresses=addresses,
    )


def _list(deps: Deps, address: str, remindings: Sequence[Reminding]) -> Posting:
    message_id = f"<reminders.{deps.random_bytes(12).hex()}@{deps.settings.mail.domain}>"
    letter = deps.letters.reminder_list(remindings)
    return Posting(letter=letter, addressees=[(Addressee(name="", address=address), message_id)])


def _recipients(deps: Deps, reminding: Reminding, above: Sequence[str], find_staff: _StaffFinder) -> list[str]:
    """Return who hears of a step: who has the inquiry, the team too once it is late, those above after that.

    Somebody who is shut out has no inquiry any more, so the team hears of it.
    """
    team = team_of(deps, reminding.inquiry).recipients
    address = reminding.inquiry.assignee
    assignee = [address] if address and find_staff(address) else []
    match reminding.step:
        case ReminderStep.ESCALATED:
            return list(above or team)
        case ReminderStep.OVERDUE:
            return _each_once([*assignee, *team])
        case ReminderStep.BEFORE | ReminderStep.OWN_DATE:
            return assignee or list(team)


def _escalation_recipients(deps: Deps, tx: Connection) -> list[str]:
    settings = deps.settings
    if named := settings.reminders.escalation or settings.alarm.recipients:
        return _each_once(named)
    accounts = [account for account in every_account(tx) if account.is_active]
    return [account.person.address for account in accounts if account.person.role is Role.ADMINISTRATOR]


def _each_once(addresses: Iterable[str]) -> list[str]:
    return list({fold_address(address): address for address in addresses}.values())
