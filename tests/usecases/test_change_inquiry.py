"""Staff change inquiries at the desk: what is written, what is told, what is taken back, and two people at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from liju_contact.domain.change import Change, StaleChange
from liju_contact.domain.errors import Conflict, Forbidden, NotFound, Unfit
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.person import Person, Role
from liju_contact.domain.priority import Priority
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import find_inquiry
from liju_contact.store.staff import change_account
from liju_contact.store.tables import EventRow
from liju_contact.store.tags import every_tag, tags_of
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.change_inquiry import Changed, change_inquiry, change_many, check_version, undo_events
from liju_contact.usecases.deps import Deps
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import account
from tests.usecases.mails import LI, WANG, judged, letter_to, letters, reply_to, with_staff
from tests.usecases.stories import at_once, rows, status_of, submit

DUE = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
CLOSED, OPEN, SPAM = InquiryState.CLOSED, InquiryState.OPEN, InquiryState.SPAM


@pytest.fixture
def office(deps: Deps) -> Deps:
    deps = with_staff(deps)
    submit(deps)
    return deps


@pytest.fixture
def li(office: Deps) -> Person:
    return account(office, LI)


@pytest.fixture
def wang(office: Deps) -> Person:
    return account(office, WANG, name="Wang Fang")


def inquiry_row(deps: Deps, id_: int = 1) -> dict[str, Any]:
    return rows(deps.db, "inquiry")[id_ - 1]


def reference_of(deps: Deps, id_: int = 1) -> str:
    return str(inquiry_row(deps, id_)["reference"])


def change(deps: Deps, person: Person, *, version: int | None = None, id_: int = 1, **what: Any) -> Changed:
    return change_inquiry(deps, person, reference_of(deps, id_), Change(**what), version=version, now=deps.now())


def undo(deps: Deps, person: Person, changed: Changed) -> Changed:
    return undo_events(deps, person, changed.reference, changed.event_ids, now=deps.now())


def events(deps: Deps) -> list[tuple[str, str, Any]]:
    """Return kind, author and facts of what staff did."""
    found = [row for row in rows(deps.db, "event") if row["actor"] == "staff"]
    return [(row["kind"], row["actor_name"], row["facts"]) for row in found]


def tags(deps: Deps) -> list[str]:
    with deps.db.read() as tx:
        return tags_of(tx, [1]).get(1, [])


def test_everything_is_changed_at_once_with_an_event_each(office: Deps, li: Person) -> None:
    changed = change(
        office, li, state=CLOSED, priority=Priority.HIGH, due_at=DUE, assignee=LI, add_tags=("Spare part",)
    )

    row = inquiry_row(office)
    assert (row["state"], row["priority"], row["due_at"], row["assignee"]) == ("closed", "high", DUE, LI)
    assert tags(office) == ["Spare part"]
    assert events(office) == [
        ("inquiry_assigned", "Li Wei", {"before": None, "after": LI, "name": "Li Wei"}),
        ("priority_changed", "Li Wei", {"before": "normal", "after": "high"}),
        ("due_changed", "Li Wei", {"before": None, "after": "2026-12-01T09:00:00+00:00"}),
        ("tags_changed", "Li Wei", {"added": ["Spare part"], "removed": []}),
        ("inquiry_closed", "Li Wei", {"before": "received", "after": "closed"}),
    ]
    assert {row["actor_address"] for row in rows(office.db, "event")[1:]} == {LI}
    assert (changed.event_ids, changed.version) == ((2, 3, 4, 5, 6), row["version"])

    assert undo(office, li, changed).event_ids == changed.event_ids

    row = inquiry_row(office)
    assert (row["state"], row["priority"], row["due_at"], row["assignee"]) == ("received", "normal", None, None)
    assert tags(office) == []
    assert all(row["undone_at"] for row in rows(office.db, "event")[1:])
    assert undo(office, li, changed).event_ids == ()


def test_what_is_so_already_writes_nothing(office: Deps, li: Person) -> None:
    what: dict[str, Any] = {
        "state": CLOSED,
        "priority": Priority.LOW,
        "assignee": LI.upper(),
        "due_at": DUE,
        "add_tags": ("Pump",),
    }
    first = change(office, li, **what)

    again = change(office, li, **what | {"add_tags": ("  pump ", "PUMP")}, remove_tags=("valve",))

    assert (again.event_ids, again.version) == ((), first.version)
    assert len(events(office)) == 5


def test_what_nobody_else_touched_goes_through_on_an_old_sight(office: Deps, li: Person, wang: Person) -> None:
    seen = inquiry_row(office)["version"]
    change(office, wang, priority=Priority.HIGH, add_tags=("pump",))

    change(office, li, version=seen, state=CLOSED, add_tags=("valve",))

    row = inquiry_row(office)
    assert (row["state"], row["priority"], tags(office)) == ("closed", "high", ["pump", "valve"])


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        ({"state": SPAM}, {"state": CLOSED}),
        ({"assignee": WANG}, {"assignee": LI}),
        ({"priority": Priority.HIGH}, {"priority": Priority.LOW}),
        ({"due_at": DUE}, {"due_at": DUE.replace(hour=10)}),
        ({"add_tags": ("pump",)}, {"remove_tags": ("Pump",)}),
    ],
)
@ONE_DATABASE
def test_a_change_of_what_somebody_else_changed_is_refused_and_says_who(
    office: Deps, li: Person, wang: Person, theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    seen = inquiry_row(office)["version"]
    change(office, wang, **theirs)
    before = rows(office.db, "inquiry")

    with pytest.raises(StaleChange) as refused:
        change(office, li, version=seen, **mine)

    assert [event.actor_name for event in refused.value.meanwhile] == ["Wang Fang"]
    assert (rows(office.db, "inquiry"), len(events(office))) == (before, 1)
    change(office, li, version=seen, **theirs)  # they wanted the same
    assert len(events(office)) == 1
    change(office, li, version=before[0]["version"], **mine)
    assert len(events(office)) == 2  # theirs and mine


@ONE_DATABASE
def test_closing_is_refused_when_the_customer_has_written_meanwhile(office: Deps, li: Person) -> None:
    submitted = submit(office, nonce="n-2")
    seen = inquiry_row(office, 2)["version"]
    key = submitted.status_path.rpartition("/")[2]
    add_customer_message(office, submitted.reference, key, body="Wait!", files=(), nonce="m", now=office.now())

    with pytest.raises(StaleChange) as refused:
        change(office, li, version=seen, id_=2, state=CLOSED)

    assert [event.kind for event in refused.value.meanwhile] == [EventKind.MESSAGE_ADDED]


@ONE_DATABASE
def test_whoever_answers_is_told_what_others_did_meanwhile(office: Deps, li: Person, wang: Person) -> None:
    seen = inquiry_row(office)["version"]
    change(office, li, priority=Priority.LOW)
    theirs = change(office, wang, assignee=WANG)
    with office.db.begin() as tx:
        add_event(tx, 1, EventKind.REMINDED, Actor.PROGRAM, office.now())
    with office.db.read() as tx:
        [inquiry] = [find_inquiry(tx, reference_of(office))]
        assert inquiry is not None
        meanwhile = check_version(tx, inquiry, seen, besides=li)
        nothing = check_version(tx, inquiry, inquiry.version, besides=li)

    assert ([event.id for event in meanwhile], nothing) == (list(theirs.event_ids), ())


@ONE_DATABASE
def test_taking_back_is_refused_once_somebody_changed_it_again(office: Deps, li: Person, wang: Person) -> None:
    mine = change(office, li, priority=Priority.HIGH, add_tags=("pump",))
    change(office, wang, priority=Priority.URGENT)

    with pytest.raises(StaleChange) as refused:
        undo(office, li, mine)

    assert [(event.actor_name, event.facts["after"]) for event in refused.value.meanwhile] == [("Wang Fang", "urgent")]
    assert (inquiry_row(office)["priority"], tags(office)) == ("urgent", ["pump"])
    assert undo_events(office, li, mine.reference, mine.event_ids[1:], now=office.now()).event_ids == mine.event_ids[1:]
    assert tags(office) == []


def test_a_due_date_is_a_moment_however_an_event_has_spelled_it(office: Deps, li: Person) -> None:
    before, after = (DUE.replace(day=day).astimezone(ZoneInfo("Asia/Shanghai")) for day in (1, 2))
    change(office, li, due_at=before)
    second = change(office, li, due_at=after)
    [*_, (_kind, _name, facts)] = events(office)
    spelled = {"before": before.isoformat(), "after": after.isoformat()}  # as events before this one have it
    with office.db.begin() as tx:
        tx.execute(update(EventRow).where(EventRow.id == second.event_ids[0]).values(facts=spelled))

    undo(office, li, second)

    assert facts == {"before": "2026-12-01T09:00:00+00:00", "after": "2026-12-02T09:00:00+00:00"}
    assert inquiry_row(office)["due_at"] == before


@ONE_DATABASE
def test_what_was_taken_back_is_a_change_that_others_have_not_seen(office: Deps, li: Person, wang: Person) -> None:
    mine = change(office, li, priority=Priority.HIGH)
    undo(office, wang, mine)

    with pytest.raises(StaleChange):
        change(office, li, version=mine.version, priority=Priority.LOW)


@ONE_DATABASE
def test_what_is_no_change_of_staff_cannot_be_taken_back(office: Deps, li: Person) -> None:
    with pytest.raises(Conflict):
        undo_events(office, li, reference_of(office), [1], now=office.now())
    with pytest.raises(NotFound):
        undo_events(office, li, reference_of(office), [99], now=office.now())


@ONE_DATABASE
def test_reopening_renews_the_promise_and_taking_that_back_restores_it(office: Deps, li: Person, clock: Clock) -> None:
    promised = inquiry_row(office)["answer_due_at"]
    change(office, li, state=CLOSED)
    clock.move(days=7)

    reopened = change(office, li, state=OPEN)

    assert inquiry_row(office)["answer_due_at"] > promised
    assert events(office)[-1][0] == "inquiry_reopened"
    undo(office, li, reopened)
    assert (inquiry_row(office)["state"], inquiry_row(office)["answer_due_at"]) == ("closed", promised)


@ONE_DATABASE
def test_spam_is_closed_to_the_customer_and_goes_back_to_what_it_was(office: Deps, li: Person) -> None:
    submitted = submit(office, nonce="n-2")
    change(office, li, id_=2, state=InquiryState.ANSWERED)

    change(office, li, id_=2, state=SPAM)

    page = status_of(office, submitted)
    assert (page.state, [event.kind.value for event in page.events]) == (CLOSED, ["inquiry_received"])
    change(office, li, id_=2, state=OPEN)
    assert inquiry_row(office, 2)["state"] == "answered"
    assert [kind for kind, *_ in events(office)] == ["state_changed", "marked_spam", "unmarked_spam"]


@ONE_DATABASE
def test_the_customer_sees_who_has_it_and_nothing_that_was_taken_back(office: Deps, li: Person, wang: Person) -> None:
    submitted = submit(office, nonce="n-2")

    given = change(office, wang, id_=2, assignee=LI)
    closed = change(office, wang, id_=2, state=CLOSED)
    undo(office, wang, closed)

    page = status_of(office, submitted)
    assert (page.assignee, page.state) == ("Li Wei", InquiryState.RECEIVED)
    assert [(event.kind.value, event.actor_name) for event in page.events[1:]] == [("inquiry_assigned", "Li Wei")]
    change(office, li, id_=2, assignee=None)
    assert [event.kind.value for event in status_of(office, submitted).events[1:]] == ["inquiry_assigned"]
    assert given.event_ids


@ONE_DATABASE
def test_whoever_is_given_an_inquiry_gets_a_letter_and_nobody_for_taking_it(
    office: Deps, li: Person, wang: Person
) -> None:
    before = len(letters(office))

    change(office, li, assignee=LI)
    assert letters(office)[before:] == []
    change(office, wang, assignee=LI.upper(), state=CLOSED)
    change(office, wang, assignee=WANG)
    change(office, li, assignee=" " + WANG.title())
    assert letters(office)[before:] == []
    change(office, wang, assignee=LI)

    assert letters(office)[before:] == [("assigned_for_team", LI)]
    letter = letter_to(office, LI, LetterKind.ASSIGNED_FOR_TEAM)
    assert "Wang Fang has assigned this inquiry to you." in letter["text"]
    assert "| We need two steam boilers, 10 t/h each." in letter["text"]
    assert judged(office, reply_to(letter, LI, "Two are fine."))["verdict"] == "answer"


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"assignee": "nobody@liju.example"}, "assignee"),
        ({"assignee": "left@liju.example"}, "assignee"),
        ({"assignee": "reader@liju.example"}, "assignee"),
        ({"assignee": WANG}, "assignee"),  # the settings name her, and her account may only read
        ({"state": InquiryState.MERGED}, "state"),
        ({"state": InquiryState.RECEIVED, "priority": Priority.HIGH}, None),
        ({"add_tags": ("x" * 41,)}, "tags"),
        ({"add_tags": ("\u200b",)}, "tags"),
        ({"add_tags": tuple(f"tag {number}" for number in range(21))}, "tags"),
    ],
)
@ONE_DATABASE
def test_what_cannot_be_is_refused_as_a_whole(
    office: Deps, li: Person, what: dict[str, Any], field: str | None
) -> None:
    left = account(office, "left@liju.example")
    account(office, "reader@liju.example", role=Role.READER)
    account(office, WANG, role=Role.READER)
    with office.db.begin() as tx:
        change_account(tx, left.id, disabled_at=office.now())

    if field is None:  # what it is already
        assert len(change(office, li, **what).event_ids) == 1
        return
    with pytest.raises(Unfit) as refused:
        change(office, li, priority=Priority.HIGH, **what)

    assert (refused.value.field, events(office), inquiry_row(office)["priority"]) == (field, [], "normal")


def test_who_may_answer_no_longer_keeps_what_they_have_and_gets_nothing_new(office: Deps, li: Person) -> None:
    chen = account(office, "chen@liju.example")
    submit(office, nonce="n-2")
    change(office, li, assignee=chen.address)
    with office.db.begin() as tx:
        change_account(tx, chen.id, role=Role.READER.value)

    kept = change(office, li, assignee=chen.address.upper(), priority=Priority.HIGH)

    assert (inquiry_row(office)["assignee"], len(kept.event_ids)) == (chen.address, 1)
    with pytest.raises(Unfit):
        change(office, li, id_=2, assignee=chen.address)


def test_a_tag_keeps_the_spelling_of_who_used_it_first(office: Deps, li: Person) -> None:
    submit(office, nonce="n-2")
    change(office, li, add_tags=("Straße", "Spare  part\n"))
    change(office, li, id_=2, add_tags=("STRASSE", "备件"))

    with office.db.read() as tx:
        assert tags_of(tx, [1, 2]) == {1: ["Spare part", "Straße"], 2: ["Straße", "备件"]}
        assert every_tag(tx) == ["Spare part", "Straße", "备件"]


@ONE_DATABASE
def test_only_who_may_changes_and_only_what_is_theirs(office: Deps, li: Person) -> None:
    reader = account(office, "reader@liju.example", role=Role.READER)
    elsewhere = account(office, "water@liju.example", product_lines=["hot_water"])
    mine = change(office, li, priority=Priority.HIGH)

    for person, error in ((reader, Forbidden), (elsewhere, NotFound)):
        with pytest.raises(error):
            change(office, person, state=CLOSED)
        with pytest.raises(error):
            undo(office, person, mine)
    with pytest.raises(Forbidden):
        change_many(office, reader, [mine.reference], Change(state=CLOSED), now=office.now())
    many = change_many(office, elsewhere, [mine.reference], Change(state=CLOSED), now=office.now())

    assert (many.changed, many.failed) == ((), (mine.reference,))
    assert (inquiry_row(office)["state"], inquiry_row(office)["priority"]) == ("received", "high")


@ONE_DATABASE
def test_many_are_changed_and_what_fails_holds_nothing_back(office: Deps, li: Person) -> None:
    references = [reference_of(office), submit(office, nonce="n-2").reference]
    change(office, li, id_=2, state=CLOSED)

    many = change_many(office, li, [*references, "LJ-0000-0000", references[0]], Change(state=CLOSED), now=office.now())

    assert [one.reference for one in many.changed] == references
    assert [len(one.event_ids) for one in many.changed] == [1, 0]
    assert many.failed == ("LJ-0000-0000",)


def test_of_two_at_once_one_changes_and_the_other_is_told(office: Deps, li: Person, wang: Person) -> None:
    seen, reference = inquiry_row(office)["version"], reference_of(office)
    people, priorities = (li, wang), (Priority.HIGH, Priority.LOW)

    def work(turn: int) -> Changed | StaleChange:
        wanted = Change(priority=priorities[turn], add_tags=("both", f"by {turn}"))
        try:
            return change_inquiry(office, people[turn], reference, wanted, version=seen, now=office.now())
        except StaleChange as error:
            return error

    results = at_once(2, work)

    [done] = [result for result in results if isinstance(result, Changed)]
    [refused] = [result for result in results if isinstance(result, StaleChange)]
    assert [event.id for event in refused.meanwhile] == [done.event_ids[0]]  # the tag that both wanted is nobody's loss
    assert len(events(office)) == 2  # one change of priority, one of tags
    assert inquiry_row(office)["priority"] == priorities[results.index(done)]


def test_two_who_touch_different_things_at_once_lose_nothing(office: Deps, li: Person, wang: Person) -> None:
    seen, reference = inquiry_row(office)["version"], reference_of(office)
    wanted = (Change(priority=Priority.HIGH, add_tags=("new", "same")), Change(due_at=DUE, add_tags=("same", "other")))

    at_once(
        2,
        lambda turn: change_inquiry(office, (li, wang)[turn], reference, wanted[turn], version=seen, now=office.now()),
    )

    row = inquiry_row(office)
    assert (row["priority"], row["due_at"], tags(office)) == ("high", DUE, ["new", "other", "same"])
    versions = [row["inquiry_version"] for row in rows(office.db, "event")]
    assert (len(set(versions)), row["version"]) == (len(versions), max(versions))
