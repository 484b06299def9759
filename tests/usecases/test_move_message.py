"""A message is put where it belongs, or becomes an inquiry of its own; and back."""

from __future__ import annotations

import pytest

from liju_contact.domain.errors import Conflict, Forbidden, NotFound
from liju_contact.domain.person import Person, Role
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.merge_inquiries import OtherCustomers, merge_inquiries
from liju_contact.usecases.move_message import Moved, move_message, undo_move
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import account
from tests.usecases.carried import carry_all
from tests.usecases.mails import CUSTOMER, LI, judged, letter_to, letters, reply_to, with_staff
from tests.usecases.stories import at_once, rows, submit
from tests.usecases.test_merge_inquiries import homes, reference, row

ANOTHER = "Another plant needs one too."


@pytest.fixture
def li(deps: Deps) -> Person:
    return account(deps, LI)


@pytest.fixture
def office(deps: Deps, clock: Clock) -> Deps:
    """An inquiry that was answered, and then a file and a question about something else came by mail; and a second."""
    deps = with_staff(deps)
    submit(deps)
    carry_all(deps)
    clock.move(minutes=5)
    judged(deps, reply_to(letter_to(deps, LI), LI, "Two are fine."))
    clock.move(minutes=5)
    reply = reply_to(letter_to(deps, CUSTOMER), CUSTOMER, ANOTHER)
    reply.add_attachment(b"%PDF-1.7 plan", maintype="application", subtype="pdf", filename="plan.pdf")
    judged(deps, reply)
    clock.move(minutes=5)
    submit(deps, nonce="n-2", email="eva@there.example")
    return deps


def move(deps: Deps, person: Person, message_id: int, to: int | None, *, source: int = 1) -> Moved:
    target = reference(deps, to) if to else None
    return move_message(deps, person, reference(deps, source), message_id, to=target, now=deps.now())


def undo(deps: Deps, person: Person, moved: Moved) -> Moved:
    return undo_move(deps, person, reference(deps, 1), moved.event_id, now=deps.now())


def listed(deps: Deps, id_: int) -> tuple[object, ...]:
    one = row(deps, id_)
    return one["state"], one["answer_due_at"], one["preview"], one["has_files"], one["first_answered_at"]


def test_a_message_moves_with_its_file_its_mail_and_its_event_and_comes_back(office: Deps, li: Person) -> None:
    before = [listed(office, 1), listed(office, 2)]
    events, mails = homes(office, "event"), [one["inquiry_id"] for one in rows(office.db, "inbound")]

    moved = move(office, li, 3, 2)

    assert moved.reference == reference(office, 2)
    assert homes(office) == [(1, None), (1, None), (2, 1), (2, None)]
    assert [one["inquiry_id"] for one in rows(office.db, "inbound")] == [1, 2]
    told = [one["kind"] for one in rows(office.db, "event") if one["inquiry_id"] == 2]  # the second
    assert told == ["message_added", "inquiry_received", "message_moved"]
    assert listed(office, 1)[:4:3] == ("answered", False)
    assert listed(office, 2)[:4] == ("received", before[1][1], before[1][2], True)

    undo(office, li, moved)

    assert [listed(office, 1), listed(office, 2)] == before
    assert (homes(office)[2], homes(office, "event")[: len(events)]) == ((1, None), events)
    assert [one["inquiry_id"] for one in rows(office.db, "inbound")] == mails
    undo(office, li, moved)  # twice is once
    assert homes(office)[2] == (1, None)


def test_a_message_becomes_an_inquiry_of_its_own_and_goes_on_where_it_came_from(office: Deps, li: Person) -> None:
    before, told = listed(office, 1), len(letters(office))

    split = move(office, li, 3, None)

    new = row(office, 3)
    assert (new["reference"], new["state"], new["email"], new["preview"]) == (
        split.reference,
        "received",
        CUSTOMER,
        ANOTHER,
    )
    assert (new["language"], new["team"], new["product"]) == tuple(
        row(office, 1)[name] for name in ("language", "team", "product")
    )
    assert (new["received_at"], new["has_files"]) == (rows(office.db, "message")[2]["written_at"], True)
    assert (row(office, 1)["state"], len(letters(office))) == ("answered", told)
    assert [one["inquiry_id"] for one in rows(office.db, "event") if one["kind"] == "inquiry_split"] == [3, 1]

    undo(office, li, split)

    assert (listed(office, 1), row(office, 3)["state"], row(office, 3)["merged_into_id"]) == (before, "merged", 1)


@ONE_DATABASE
def test_a_split_that_has_gone_on_is_not_taken_back(office: Deps, li: Person) -> None:
    split = move(office, li, 3, None)
    move(office, li, 2, 3)

    with pytest.raises(Conflict, match="of its own"):
        undo(office, li, split)


@ONE_DATABASE
def test_the_first_message_stays_and_nothing_moves_to_where_it_is(office: Deps, li: Person) -> None:
    for message_id, to, error in ((1, 2, Conflict), (1, None, Conflict), (3, 1, Conflict), (4, 2, NotFound)):
        with pytest.raises(error):
            move(office, li, message_id, to)
    split = move(office, li, 3, None)
    with pytest.raises(Conflict):
        move(office, li, 3, 2, source=3)
    merge_inquiries(
        office, li, reference(office, 1), into=reference(office, 2), others=OtherCustomers.LEAVE, now=office.now()
    )
    for to in (None, 3):
        with pytest.raises(Conflict):
            move(office, li, 2, to)
    with pytest.raises(Conflict):
        undo(office, li, split)
    with pytest.raises(NotFound):
        undo_move(office, li, reference(office, 2), split.event_id, now=office.now())

    assert homes(office) == [(2, 1), (2, 1), (3, 1), (2, None)]


@ONE_DATABASE
def test_only_who_may_moves(office: Deps, li: Person) -> None:
    reader = account(office, "reader@liju.example", role=Role.READER)
    elsewhere = account(office, "water@liju.example", product_lines=["vacuum-hot-water"])
    moved = move(office, li, 3, 2)
    for person, error in ((reader, Forbidden), (elsewhere, NotFound)):
        with pytest.raises(error):
            move(office, person, 2, None)
        with pytest.raises(error):
            undo(office, person, moved)

    assert homes(office)[1:3] == [(1, None), (2, 1)]


def test_moving_twice_and_back_at_once_moves_once(office: Deps, li: Person) -> None:
    def work(_turn: int) -> bool:
        try:
            return bool(move(office, li, 3, 2))
        except NotFound:
            return False

    assert sorted(at_once(2, work)) == [False, True]
    [left] = [one for one in rows(office.db, "event") if one["kind"] == "message_moved" and one["inquiry_id"] == 1]
    at_once(2, lambda _turn: undo_move(office, li, reference(office, 1), left["id"], now=office.now()))
    assert homes(office)[2] == (1, None)
