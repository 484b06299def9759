"""Reminders and escalation: who hears of what, once, and what nobody hears of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text, update

from liju_contact.domain.calendar import Opening, WorkingHours
from liju_contact.domain.change import Change
from liju_contact.domain.inquiry import InquiryState, fold_address
from liju_contact.domain.person import Role
from liju_contact.domain.reminder import ReminderPlan, ReminderStep
from liju_contact.store.reminders import Step, note_steps, still_standing
from liju_contact.store.staff import change_account
from liju_contact.store.tables import InquiryRow
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.change_inquiry import change_inquiry
from liju_contact.usecases.close_inquiry import close_inquiry, reopen_inquiry
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.merge_inquiries import merge_inquiries
from liju_contact.usecases.move_message import move_message
from liju_contact.usecases.remind import MOST_LETTERS, remind
from liju_contact.usecases.submit_inquiry import Submitted
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import account
from tests.store.statements import listening
from tests.usecases.mails import LI, WANG, judged, letter_to, reply_to, with_staff
from tests.usecases.stories import at_once, opened, rows, status_of, submit

_OWN = {"id", "reference", "nonce", "state", "answer_due_at", "due_at"}
_NAMES = ", ".join(column.name for column in InquiryRow.__table__.columns if column.name not in _OWN)
# Copies one inquiry twenty thousand times, closed but for a few, some with a date that staff set; and their reminders.
FILLER = f"""
INSERT INTO inquiry (reference, nonce, state, answer_due_at, due_at, {_NAMES})
WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20000)
SELECT 'R' || n, 'N' || n, CASE WHEN n % 500 = 0 THEN 'open' ELSE 'closed' END, answer_due_at,
       CASE WHEN n % 50 = 0 THEN answer_due_at END, {_NAMES}
FROM n, inquiry"""  # noqa: S608  # our own names
TOLD_OF_ALL = """
INSERT INTO reminder (inquiry_id, promised_at, step, taken_at)
SELECT id, answer_due_at, 'escalated', answer_due_at FROM inquiry WHERE state = 'closed'"""
BOSS = "boss@liju.example"
REMINDERS = {"reminder_for_team", "reminder_list"}


def change(deps: Deps, **values: object) -> None:
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(**values))


def told(deps: Deps) -> list[tuple[str, str]]:
    """Return step and recipient of every reminder, as its subject and its delivery say, sorted."""
    letters = {row["id"]: row for row in rows(deps.db, "letter") if row["kind"] in REMINDERS}
    words = {"Answer due soon": "before", "Answer overdue": "overdue", "Still no answer": "escalated"}
    return sorted(
        (next((step for word, step in words.items() if word in letters[row["letter_id"]]["subject"]), "list"), address)
        for row in rows(deps.db, "delivery")
        if row["letter_id"] in letters
        for address in [row["recipient_address"]]
    )


def escalating_to(deps: Deps, *addresses: str) -> Deps:
    return replace(
        deps, settings=replace(deps.settings, reminders=replace(deps.settings.reminders, escalation=addresses))
    )


def working(deps: Deps, *week: Opening | None, closed_days: frozenset[date] = frozenset()) -> Deps:
    """Return the same parts with teams that work in that week."""
    hours = WorkingHours(zone=ZoneInfo("Asia/Shanghai"), week=week, closed_days=closed_days)
    catalogue = deps.settings.catalogue
    teams = tuple(replace(team, working_hours=hours) for team in catalogue.teams)
    return replace(deps, settings=replace(deps.settings, catalogue=replace(catalogue, teams=teams)))


def promising(deps: Deps, hours: int) -> Deps:
    """Return the same parts with an answer promised in so many hours, to every topic."""
    catalogue = deps.settings.catalogue
    topics = tuple(replace(topic, answer_hours=hours) for topic in catalogue.topics)
    return replace(deps, settings=replace(deps.settings, catalogue=replace(catalogue, topics=topics)))


def promised_at(deps: Deps) -> datetime:
    at: datetime = rows(deps.db, "inquiry")[0]["answer_due_at"]
    return at


def rounds(deps: Deps, clock: Clock, *, until: datetime, minutes: int = 30) -> None:
    """Let the worker look every so often."""
    while clock.at < until:
        remind(deps, now=clock.at)
        clock.move(minutes=minutes)


def test_each_step_is_told_once_to_whom_it_concerns(deps: Deps, clock: Clock) -> None:
    deps = escalating_to(with_staff(deps), BOSS)
    submit(deps)
    change(deps, assignee=LI)

    rounds(deps, clock, until=promised_at(deps) + timedelta(days=7))

    assert told(deps) == [("before", LI), ("escalated", BOSS), ("overdue", LI), ("overdue", WANG)]
    events = [(row["kind"], row["actor"], row["facts"]["step"]) for row in rows(deps.db, "event")[1:]]
    assert events == [
        ("reminded", "program", "before"),
        ("reminded", "program", "overdue"),
        ("escalated", "program", "escalated"),
    ]
    assert rows(deps.db, "inquiry")[0]["version"] == 1  # nobody's sight of the inquiry is old by that


@ONE_DATABASE
def test_what_somebody_has_who_is_shut_out_is_told_to_the_team(deps: Deps, clock: Clock) -> None:
    """Whoever the settings name as well, and whoever nobody knows any more."""
    deps = with_staff(deps)
    for number, address in enumerate((LI, "gone@liju.example", "unknown@liju.example")):
        submit(deps, nonce=f"n-{number}")
        with deps.db.begin() as tx:
            tx.execute(update(InquiryRow).where(InquiryRow.id == number + 1).values(assignee=address))
    for person in (account(deps, LI), account(deps, "gone@liju.example")):
        with deps.db.begin() as tx:
            change_account(tx, person.id, disabled_at=clock.at)

    rounds(deps, clock, until=promised_at(deps) + timedelta(minutes=31))

    team = [*with_staff(deps).settings.catalogue.teams[0].recipients]
    assert told(deps) == sorted((step, address) for step in ("before", "overdue") for address in team * 3)


@ONE_DATABASE
def test_steps_come_at_their_times(deps: Deps, clock: Clock) -> None:
    submit(deps)
    promise = promised_at(deps)  # Tuesday 17:00 in Shanghai
    moments = [promise - timedelta(hours=2), promise, promise + timedelta(days=1, minutes=-60)]
    heard = []

    for moment in moments:
        clock.at = moment - timedelta(seconds=1)
        early = remind(deps, now=clock.at)
        heard.append((early, remind(deps, now=moment), remind(deps, now=moment + timedelta(minutes=1))))

    assert heard == [(0, 1, 0)] * 3


@ONE_DATABASE
@pytest.mark.parametrize("state", ["answered", "closed", "spam", "merged"])
def test_nobody_is_reminded_where_no_answer_is_owed(deps: Deps, clock: Clock, state: str) -> None:
    submit(deps)
    change(deps, state=state, due_at=promised_at(deps))

    rounds(deps, clock, until=promised_at(deps) + timedelta(days=7), minutes=240)

    assert told(deps) == []
    assert rows(deps.db, "reminder") == []


@ONE_DATABASE
def test_a_renewed_promise_is_reminded_of_and_the_old_one_is_not(deps: Deps, clock: Clock) -> None:
    submitted = submit(deps)
    old = promised_at(deps)
    change(deps, state="answered")
    clock.at = old - timedelta(hours=1)
    add_customer_message(deps, *opened(submitted), body="And now?", files=(), nonce="m-1", now=clock.at)

    rounds(deps, clock, until=promised_at(deps) + timedelta(minutes=31))

    assert promised_at(deps) > old
    assert [row["promised_at"] for row in rows(deps.db, "reminder")] == [promised_at(deps)] * 2


def write_again(deps: Deps, submitted: Submitted, clock: Clock, nonce: str = "m-1") -> None:
    add_customer_message(deps, *opened(submitted), body="And now?", files=(), nonce=nonce, now=clock.at)


def reopen(deps: Deps, submitted: Submitted, clock: Clock) -> None:
    change(deps, state="closed")
    reopen_inquiry(deps, *opened(submitted), now=clock.at)


def reopen_at_desk(deps: Deps, submitted: Submitted, clock: Clock) -> None:
    person = account(deps, BOSS, role=Role.ADMINISTRATOR)
    change_inquiry(deps, person, submitted.reference, Change(state=InquiryState.OPEN), version=None, now=clock.at)


def move_here(deps: Deps, submitted: Submitted, clock: Clock) -> None:
    """Move a message in from another inquiry, which is closed afterwards."""
    person = account(deps, BOSS, role=Role.ADMINISTRATOR)
    other = submit(deps, nonce="another")
    write_again(deps, other, clock)
    number = max(row["id"] for row in rows(deps.db, "message"))
    move_message(deps, person, other.reference, number, to=submitted.reference, now=clock.at)
    close_inquiry(deps, *opened(other), now=clock.at)


def merge_here(deps: Deps, submitted: Submitted, clock: Clock) -> None:
    person = account(deps, BOSS, role=Role.ADMINISTRATOR)
    merge_inquiries(deps, person, submit(deps, nonce="another").reference, into=submitted.reference, now=clock.at)


@pytest.mark.parametrize("again", [write_again, reopen, reopen_at_desk, move_here, merge_here])
def test_a_promise_made_anew_that_is_shorter_than_the_step_is_not_reminded_of_before(
    deps: Deps, clock: Clock, again: Callable[[Deps, Submitted, Clock], None]
) -> None:
    deps = promising(deps, 2)
    submitted = submit(deps)
    change(deps, state="answered")
    clock.move(days=3)

    again(deps, submitted, clock)
    counts = [remind(deps, now=at) for at in (clock.at, clock.at + timedelta(hours=1), promised_at(deps))]

    assert promised_at(deps) == clock.at + timedelta(hours=2)
    assert counts == [0, 0, 1]


def test_a_longer_one_is_reminded_of_also_when_the_customer_asks_once_more(deps: Deps, clock: Clock) -> None:
    deps = promising(deps, 5)
    submitted = submit(deps)
    change(deps, state="answered")
    clock.move(days=3)
    write_again(deps, submitted, clock)
    clock.at = promised_at(deps) - timedelta(hours=1)
    write_again(deps, submitted, clock, "m-2")  # which renews nothing

    assert remind(deps, now=clock.at) == 1


def test_a_worker_that_was_away_tells_what_is_still_true_once(deps: Deps, clock: Clock) -> None:
    deps = escalating_to(deps, BOSS)
    submit(deps)
    clock.at = promised_at(deps) + timedelta(days=7)

    remind(deps, now=clock.at)
    remind(deps, now=clock.at + timedelta(minutes=1))

    assert told(deps) == [("escalated", BOSS), ("overdue", "sales@liju.example")]


@ONE_DATABASE
@pytest.mark.parametrize("weeks", [9, 20])
def test_a_team_of_few_hours_is_escalated_however_many_weeks_the_step_takes(deps: Deps, weeks: int) -> None:
    """Also after the worker was away for another quarter of a year."""
    deps = escalating_to(working(deps, (time(9), time(10)), *[None] * 6), BOSS)
    submit(deps)
    change(deps, answer_due_at=datetime(2026, 11, 30, 2, tzinfo=UTC))  # a Monday, 10:00 in Shanghai

    counts = [remind(deps, now=datetime(2026, 11, 30, 1, 59, tzinfo=UTC) + timedelta(weeks=n)) for n in (7, weeks)]

    assert sum(counts) == 2
    assert ("escalated", BOSS) in told(deps)


@ONE_DATABASE
def test_what_comes_to_pass_before_a_long_closure_is_told_after_it(deps: Deps) -> None:
    days = frozenset(date(2026, 12, 1) + timedelta(days=number) for number in range(60))
    deps = working(deps, *[(time(8, 30), time(17, 30))] * 5, None, None, closed_days=days)
    submit(deps)
    set_date = datetime(2026, 12, 1, 2, tzinfo=UTC)
    change(deps, answer_due_at=datetime(2026, 11, 30, 9, 29, tzinfo=UTC), due_at=set_date)

    assert remind(deps, now=datetime(2027, 2, 1, 1, tzinfo=UTC)) == 2


@ONE_DATABASE
def test_promises_that_have_passed_stand_in_no_way_where_nothing_is_told_of_them(deps: Deps, clock: Clock) -> None:
    plan = ReminderPlan(before_hours=2, overdue=False, escalate_hours=0)
    deps = replace(deps, settings=replace(deps.settings, reminders=replace(deps.settings.reminders, plan=plan)))
    submit(deps)
    change(deps, state="open", answer_due_at=promised_at(deps) - timedelta(days=7))
    with deps.db.begin() as tx:
        tx.execute(text(FILLER))
        tx.execute(update(InquiryRow).values(state="open", due_at=None))
    submitted = submit(deps, nonce="another")

    counts = [remind(deps, now=at) for at in (clock.at, status_of(deps, submitted).answer_due_at - timedelta(hours=1))]

    assert counts == [0, 1]


@ONE_DATABASE
def test_a_clock_that_jumps_ahead_and_back_tells_nothing_twice(deps: Deps, clock: Clock) -> None:
    submit(deps)
    overdue = promised_at(deps) + timedelta(minutes=1)
    now = clock.at

    counts = [remind(deps, now=at) for at in (overdue, now, overdue, now - timedelta(days=400), overdue)]

    assert counts == [1, 0, 0, 0, 0]


@ONE_DATABASE
def test_a_promise_of_last_year_is_no_news(deps: Deps, clock: Clock) -> None:
    submit(deps)

    assert remind(deps, now=clock.at + timedelta(days=365)) == 0


@ONE_DATABASE
def test_finding_out_that_nothing_is_due_stands_in_no_writers_way(deps: Deps, clock: Clock) -> None:
    submit(deps)

    with deps.db.begin(), deps.db.hurried():
        assert remind(deps, now=clock.at) == 0


def test_two_workers_at_once_tell_once(deps: Deps, clock: Clock) -> None:
    submit(deps)
    clock.at = promised_at(deps)

    counts = at_once(4, lambda _turn: remind(deps, now=clock.at))

    assert sorted(counts) == [0, 0, 0, 1]
    assert told(deps) == [("overdue", "sales@liju.example")]


def test_a_step_stands_while_its_inquiry_waits_for_what_was_promised(deps: Deps, clock: Clock) -> None:
    submitted = submit(deps)
    submit(deps, nonce="other")
    promise = promised_at(deps)
    steps = [Step(number, promise, ReminderStep.OVERDUE) for number in (2, 1)]
    earlier = Step(1, promise - timedelta(hours=1), ReminderStep.OVERDUE)

    def standing() -> list[Step]:
        with deps.db.begin() as tx:
            return still_standing(tx, [*steps, earlier])

    both = standing()
    close_inquiry(deps, *opened(submitted), now=clock.at)
    one = standing()
    change(deps, answer_due_at=promise + timedelta(hours=1))

    assert (both, one, standing()) == (steps, steps[:1], [])


def test_a_step_that_was_noted_is_not_noted_again(deps: Deps, clock: Clock) -> None:
    submit(deps)
    steps = [Step(1, promised_at(deps), step) for step in (ReminderStep.OVERDUE, ReminderStep.BEFORE)]

    with deps.db.begin() as tx:
        first = note_steps(tx, steps[:1], clock.at)
        second = note_steps(tx, steps, clock.at)

    assert (first, second) == (steps[:1], steps[1:])


def test_without_anybody_named_the_administrators_hear_of_it(deps: Deps) -> None:
    account(deps, BOSS, role=Role.ADMINISTRATOR)
    account(deps, WANG, role=Role.AGENT)
    submit(deps)
    remind(deps, now=promised_at(deps) + timedelta(days=2))

    assert told(deps)[0] == ("escalated", BOSS)
    assert not [address for _, address in told(deps) if fold_address(address) == WANG]


@ONE_DATABASE
def test_a_date_that_staff_set_comes_back_to_whoever_has_the_inquiry(deps: Deps, clock: Clock) -> None:
    deps = with_staff(deps)
    submit(deps)
    night = clock.at.replace(hour=15)  # 23:00 in Shanghai
    change(deps, due_at=night, assignee=LI)

    counts = [remind(deps, now=at) for at in (night, night + timedelta(hours=10), night + timedelta(hours=10.5))]

    assert counts == [0, 1, 0]
    [told_of] = rows(deps.db, "event")[1:]
    assert (told_of["kind"], told_of["facts"]) == ("reminded", {"step": "own_date", "promised_at": night.isoformat()})
    assert "The date set for this inquiry has come." in rows(deps.db, "letter")[-1]["text"]


@ONE_DATABASE
def test_many_at_once_are_one_letter_that_lists_them(deps: Deps) -> None:
    deps = escalating_to(with_staff(deps), BOSS)
    account(deps, "zhao@liju.example")
    submitted = [submit(deps, nonce=f"n-{number}") for number in range(MOST_LETTERS + 1)]
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).where(InquiryRow.id <= 3).values(assignee="zhao@liju.example"))

    count = remind(deps, now=promised_at(deps))

    assert count == len(submitted)
    assert told(deps) == [("list", LI), ("list", WANG), *[("overdue", "zhao@liju.example")] * 3]
    listed = rows(deps.db, "letter")[-1]
    assert listed["subject"] == "11 inquiries need you"
    assert [one.reference for one in submitted if one.reference not in listed["text"]] == []


def test_a_reply_to_a_reminder_answers_the_customer(deps: Deps) -> None:
    deps = with_staff(deps)
    submitted = submit(deps)
    remind(deps, now=promised_at(deps))

    judged(deps, reply_to(letter_to(deps, LI), LI, "We need two more days."))

    assert status_of(deps, submitted).messages[-1].body == "We need two more days."
    assert rows(deps.db, "inquiry")[0]["state"] == "answered"


@pytest.mark.parametrize("hours", [30, 48], ids=["before", "after"])
def test_one_and_three_cost_the_same_queries_but_for_their_letters(deps: Deps, clock: Clock, hours: int) -> None:
    def asked(number: int) -> int:
        submit(deps, nonce=f"n-{number}")
        with listening(deps.db) as said:
            assert remind(deps, now=clock.at + timedelta(hours=hours))
        return len([one for one in said if "INTO letter" not in one and "INTO delivery" not in one])

    for_one = asked(1)
    for number in (2, 3):
        submit(deps, nonce=f"n-{number}")

    assert asked(4) == for_one


@ONE_DATABASE
def test_without_steps_nothing_is_looked_for(deps: Deps) -> None:
    plan = ReminderPlan(before_hours=0, overdue=False, escalate_hours=0)
    deps = replace(deps, settings=replace(deps.settings, reminders=replace(deps.settings.reminders, plan=plan)))
    submit(deps)

    assert remind(deps, now=promised_at(deps)) == 0


def test_what_is_due_is_found_by_its_index(deps: Deps, clock: Clock) -> None:
    """With enough closed inquiries that reading them all would be the cheaper mistake."""
    submit(deps)
    with deps.db.begin() as tx:
        tx.execute(text(FILLER))
        tx.execute(text(TOLD_OF_ALL))
        tx.execute(text("ANALYZE"))

    promises, dates = (plan for plan in plans(deps, clock) if "inquiry" in plan)

    for plan, index in ((promises, "ix_inquiry_answer_due_at"), (dates, "ix_inquiry_due_at")):
        assert index in plan
        assert "pk_reminder" in plan or "sqlite_autoindex_reminder_1" in plan
        assert "SCAN inquiry" not in plan
        assert "Seq Scan" not in plan


def plans(deps: Deps, clock: Clock) -> list[str]:
    """Return how the database goes about each search of a round in which nothing is due."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001  # SQLAlchemy's signature
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(deps.db.engine, "before_cursor_execute", hear)
    remind(deps, now=clock.at - timedelta(days=3))
    event.remove(deps.db.engine, "before_cursor_execute", hear)
    with deps.db.read() as tx:
        prefix = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
        return [str(tx.exec_driver_sql(f"{prefix} {one}", parameters).all()) for one, parameters in asked]
