"""Staff change inquiries at the desk: what is written, what is told, what is taken back, and two people at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from liju_contact.domain.change import Change
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.person import Person
from liju_contact.domain.priority import Priority
from liju_contact.store.tags import tags_of
from liju_contact.usecases.change_inquiry import Changed, change_inquiry, undo_events
from liju_contact.usecases.deps import Deps
from tests.staff_desk import account
from tests.usecases.mails import LI, WANG, with_staff
from tests.usecases.stories import rows, submit

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
        ("inquiry_closed", "Li Wei", {"before": "received", "after": "closed"}),
        ("inquiry_assigned", "Li Wei", {"before": None, "after": LI, "name": "Li Wei"}),
        ("priority_changed", "Li Wei", {"before": "normal", "after": "high"}),
        ("due_changed", "Li Wei", {"before": None, "after": "2026-12-01T09:00:00+00:00"}),
        ("tags_changed", "Li Wei", {"added": ["Spare part"], "removed": []}),
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
