"""Two inquiries become one conversation: what goes along, what the customers see of it, where mail lands, and back."""

from __future__ import annotations

from typing import Any

import pytest

from liju_contact.app import make_app
from liju_contact.domain.change import Change
from liju_contact.domain.errors import Conflict, Forbidden, NotFound
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.person import Person, Role
from liju_contact.domain.reply_key import Place
from liju_contact.store.participants import participants_of
from liju_contact.store.tags import tags_of
from liju_contact.store.watchers import watchers_of
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.change_inquiry import change_inquiry
from liju_contact.usecases.close_inquiry import reopen_inquiry
from liju_contact.usecases.decide_held import undo_decision
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.fetch_file import fetch_file
from liju_contact.usecases.merge_inquiries import (
    Merged,
    OtherCustomers,
    SeveralCustomers,
    merge_inquiries,
    unmerge_inquiry,
)
from liju_contact.usecases.merge_many import ManyMerged, merge_into_oldest, merging_of, unmerge_many
from liju_contact.usecases.watch_inquiry import watch_inquiry
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import account
from tests.usecases.carried import carried_to, carry_all
from tests.usecases.mails import CUSTOMER, LI, WANG, judged, letter_to, messages, reply_to, with_staff
from tests.usecases.stories import NEW, at_once, opened, rows, staged, status_of, submit

EVA = "eva@there.example"
SECRET = "secret-of-the-other"


@pytest.fixture
def office(deps: Deps) -> Deps:
    return with_staff(deps)


@pytest.fixture
def li(office: Deps) -> Person:
    return account(office, LI)


def row(deps: Deps, id_: int) -> dict[str, Any]:
    return rows(deps.db, "inquiry")[id_ - 1]


def reference(deps: Deps, id_: int) -> str:
    return str(row(deps, id_)["reference"])


def merge(
    deps: Deps, person: Person, source: int, into: int, others: OtherCustomers | None = OtherCustomers.LEAVE
) -> Merged:
    source_name, into_name = reference(deps, source), reference(deps, into)
    return merge_inquiries(deps, person, source_name, into=into_name, others=others, now=deps.now())


def unmerge(deps: Deps, person: Person, source: int) -> Merged:
    return unmerge_inquiry(deps, person, reference(deps, source), now=deps.now())


def change(deps: Deps, person: Person, id_: int, **what: Any) -> None:
    change_inquiry(deps, person, reference(deps, id_), Change(**what), version=None, now=deps.now())


def homes(deps: Deps, table: str = "message") -> list[tuple[int, int | None]]:
    """Return in which inquiry each row of a table is, and where it was written if that is another."""
    return [(one["inquiry_id"], one["moved_from_id"]) for one in rows(deps.db, table)]


def listed(deps: Deps, id_: int) -> tuple[Any, ...]:
    one = row(deps, id_)
    return one["state"], one["answer_due_at"], one["preview"], one["has_files"], one["merged_into_id"]


def belongings(deps: Deps, id_: int) -> tuple[list[str], list[str], list[str]]:
    with deps.db.read() as tx:
        return (
            tags_of(tx, [id_]).get(id_, []),
            [person.address for person in watchers_of(tx, id_)],
            [participant.address for participant in participants_of(tx, id_)],
        )


def test_all_of_a_conversation_goes_along_and_comes_back(office: Deps, li: Person, clock: Clock) -> None:
    """The source has a file, an answer, a note, a tag, a watcher; the target is answered and has a tag of its own."""
    submit(office, files=(staged(office, b"%PDF-1.7 plan"),))
    carry_all(office)
    judged(office, reply_to(letter_to(office, LI), LI, "Two are fine."))
    judged(office, reply_to(letter_to(office, CUSTOMER), CUSTOMER, "And the price?"))
    judged(office, reply_to(letter_to(office, WANG), WANG, "#note\nThey pay late."))
    change(office, li, 1, add_tags=("pump", "both"))
    watch_inquiry(office, li, reference(office, 1), is_watching=True)
    clock.move(minutes=5)
    second = submit(office, nonce="n-2", message="The same once more.")
    change(office, li, 2, state=InquiryState.ANSWERED, add_tags=("both",))
    before = [listed(office, 1), listed(office, 2)]
    all_homes = {table: homes(office, table) for table in ("message", "note", "event")}

    merged = merge(office, li, 1, 2)

    assert merged.reference == reference(office, 2)
    assert (homes(office)[:4], homes(office, "note")) == ([(2, 1)] * 3 + [(2, None)], [(2, 1)])
    assert {one["inquiry_id"] for one in rows(office.db, "inbound")} == {2}
    assert (row(office, 1)["state"], row(office, 1)["merged_into_id"]) == ("merged", 2)
    # It waits for an answer as the source did, until when the source was promised one.
    assert listed(office, 2) == ("open", before[0][1], "The same once more.", True, None)
    assert belongings(office, 2) == (["both", "pump"], [LI], [])
    assert status_of(office, second).messages[0].body == NEW.message
    assert merge(office, li, 1, 2).event_id is None

    unmerge(office, li, 1)

    assert [listed(office, 1), listed(office, 2)] == before
    for table, known in all_homes.items():
        assert homes(office, table)[: len(known)] == known
    assert belongings(office, 1)[:2] == (["both", "pump"], [LI])
    assert belongings(office, 2) == (["both"], [], [])
    assert unmerge(office, li, 1).event_id is None


def test_mail_to_an_old_key_lands_where_the_conversation_goes_on_along_chains(office: Deps, li: Person) -> None:
    for number in range(3):
        submit(office, nonce=f"n-{number}")
    carry_all(office)
    by_key = letter_to(office, CUSTOMER) | {}
    first = next(letter for letter in _letters_to(office, CUSTOMER) if reference(office, 1) in letter["subject"])
    from_team = next(letter for letter in _letters_to(office, LI) if reference(office, 1) in letter["subject"])
    merge(office, li, 1, 2)
    merge(office, li, 2, 3)

    assert judged(office, reply_to(first, CUSTOMER, "By all keys."))["verdict"] == "reply"
    assert judged(office, reply_to(first, CUSTOMER, "By id.", places=[Place.ID]))["verdict"] == "reply"
    both = reply_to(first, CUSTOMER, "By keys of both.", places=[Place.ADDRESS])
    both["References"] = by_key["message_id"]
    assert judged(office, both)["verdict"] == "reply"
    assert judged(office, reply_to(from_team, LI, "#close"))["verdict"] == "command"

    assert {home for home, _ in homes(office)} == {3}
    assert (row(office, 3)["state"], row(office, 1)["state"], row(office, 2)["state"]) == ("closed", "merged", "merged")
    # Taken apart from the middle, then from the end, each has what was written to it.
    unmerge(office, li, 1)
    unmerge(office, li, 2)
    assert homes(office)[:3] == [(1, None), (2, None), (3, None)]
    assert homes(office)[3:] == [(3, None)] * 3  # what was written since stays


def _letters_to(deps: Deps, address: str) -> list[dict[str, Any]]:
    letters = {letter["id"]: letter for letter in rows(deps.db, "letter")}
    found = [letters[one["letter_id"]] | one for one in rows(deps.db, "delivery")]
    return [one for one in found if one["recipient_address"] == address]


@ONE_DATABASE
def test_the_same_customers_old_link_leads_on(office: Deps, li: Person) -> None:
    old, new = submit(office), submit(office, nonce="n-2", email=CUSTOMER.upper())
    merge(office, li, 1, 2)
    client = make_app(office).test_client()

    answer = client.get(old.status_path + "?lang=en")

    assert (answer.status_code, answer.headers["Location"]) == (303, new.status_path + "?lang=en")
    assert client.get(new.status_path).status_code == 200  # HTTP
    add_customer_message(office, *opened(old), body="Still there?", files=(), nonce="m", now=office.now())
    reopen_inquiry(office, *opened(old), now=office.now())
    assert (homes(office)[-1], row(office, 1)["state"]) == ((2, None), "merged")


@ONE_DATABASE
def test_another_customers_page_shows_nothing_of_where_it_goes_on(office: Deps, li: Person) -> None:
    files = (staged(office, b"%PDF-1.7 " + SECRET.encode(), f"{SECRET}.pdf"),)
    mine = submit(office, files=(staged(office, b"%PDF-1.7 mine"),))
    theirs = submit(
        office, nonce="n-2", email=EVA, name=SECRET, company=SECRET, phone=SECRET, message=SECRET, files=files
    )
    carry_all(office)
    judged(office, reply_to(letter_to(office, LI), LI, f"{SECRET} for you."))
    change(office, li, 2, assignee=WANG, add_tags=(SECRET,))
    merge(office, li, 1, 2)
    client = make_app(office).test_client()

    answer = client.get(mine.status_path)

    page = answer.text
    assert answer.status_code == 200  # HTTP
    assert "This inquiry goes on together with another one." in page
    assert NEW.company in page
    for secret in (SECRET, EVA, theirs.reference, "Wang Fang", "<textarea", "/file/"):
        assert secret not in page, secret
    for file_id in (1, 2):
        with pytest.raises(NotFound):
            fetch_file(office, *opened(mine), file_id)
        assert client.get(f"{mine.status_path}/file/{file_id}/x.pdf").status_code == 404  # HTTP
    assert fetch_file(office, *opened(theirs), 1).name == "plan.pdf"


@ONE_DATABASE
@pytest.mark.parametrize("joins", [False, True])
def test_another_customer_hears_of_it_only_when_staff_let_them_join(
    office: Deps,
    li: Person,
    joins: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    submit(office)
    submit(office, nonce="n-2", email=EVA, name="Eva", message=SECRET)
    carry_all(office)
    old = next(letter for letter in _letters_to(office, CUSTOMER) if reference(office, 1) in letter["subject"])
    merge(office, li, 1, 2, OtherCustomers.JOIN if joins else OtherCustomers.LEAVE)

    judged(office, reply_to(old, CUSTOMER, "What about mine?"))
    judged(office, reply_to(letter_to(office, LI), LI, f"{SECRET} is answered."))

    assert messages(office)[2][1:] == (CUSTOMER, "What about mine?")
    told = {letter.recipient for letter in carried_to(office, CUSTOMER, EVA) if SECRET in letter.plain}
    assert told == ({CUSTOMER, EVA} if joins else {EVA})
    assert belongings(office, 2)[2] == ([CUSTOMER] if joins else [])
    unmerge(office, li, 1)
    assert belongings(office, 2)[2] == []


@ONE_DATABASE
def test_the_form_sent_again_finds_its_inquiry_wherever_that_goes_on(office: Deps, li: Person) -> None:
    submit(office)
    submit(office, nonce="n-2", email=EVA)
    merge(office, li, 1, 2)

    again = submit(office)
    assert (again.reference, again.is_new, len(messages(office))) == (reference(office, 1), False, 2)
    submit(office, message="One more thing.")

    assert homes(office)[-1] == (2, None)
    assert messages(office)[-1] == ("customer", NEW.name, "One more thing.")


@ONE_DATABASE
def test_a_mail_let_in_before_merging_is_taken_back_with_its_letters(office: Deps, li: Person, clock: Clock) -> None:
    submit(office)
    submit(office, nonce="n-2")
    carry_all(office)
    old = next(letter for letter in _letters_to(office, LI) if reference(office, 1) in letter["subject"])
    clock.move(minutes=1)
    entry = judged(office, reply_to(old, LI, f"{SECRET} price."))
    merge(office, li, 1, 2)

    undo_decision(office, entry["id"], by=li, now=office.now())

    assert CUSTOMER not in {letter.recipient for letter in carry_all(office)}
    assert SECRET not in str(messages(office))
    assert rows(office.db, "event")[-1]["kind"] == "mail_decided"


def test_what_makes_no_sense_is_refused(office: Deps, li: Person) -> None:
    for number in range(3):
        submit(office, nonce=f"n-{number}")
    with pytest.raises(Conflict, match="in itself"):
        merge(office, li, 1, 1)
    merge(office, li, 1, 2)
    with pytest.raises(Conflict, match="in itself"):
        merge(office, li, 2, 1)
    with pytest.raises(Conflict, match="merged into another"):
        merge(office, li, 1, 3)
    with pytest.raises(Conflict, match="merged into another"):
        change(office, li, 1, state=InquiryState.CLOSED)
    with pytest.raises(NotFound):
        merge_inquiries(office, li, "LJ-0000-0000", into=reference(office, 1), now=office.now())

    assert [row(office, id_)["merged_into_id"] for id_ in (1, 2, 3)] == [2, None, None]


@ONE_DATABASE
def test_only_who_may_merges_and_only_where_both_are_theirs(office: Deps, li: Person) -> None:
    submit(office)
    submit(office, nonce="n-2", product="vacuum-hot-water", details=())
    reader = account(office, "reader@liju.example", role=Role.READER)
    steam_only = account(office, "steam@liju.example", product_lines=["steam"])
    for person, error in ((reader, Forbidden), (steam_only, NotFound)):
        for pair in ((1, 2), (2, 1)):
            with pytest.raises(error):
                merge(office, person, *pair)
    merge(office, li, 1, 2)
    for person, error in ((reader, Forbidden), (steam_only, NotFound)):
        with pytest.raises(error):
            unmerge(office, person, 1)

    assert row(office, 1)["merged_into_id"] == 2  # the other inquiry


@pytest.mark.parametrize("kind", ["foreign", "made up"])
def test_of_many_only_ones_own_count_and_no_other_can_be_told_from_none(office: Deps, kind: str) -> None:
    foreign = submit(office, product="vacuum-hot-water", details=()).reference
    own = [submit(office, nonce=f"own-{number}").reference for number in range(3)]
    steam_only = account(office, "steam@liju.example", product_lines=["steam"])
    other = foreign if kind == "foreign" else "LJ-0000-0000"

    many = merge_into_oldest(office, steam_only, [other, *own], now=office.now())
    alone = merge_into_oldest(office, steam_only, [other], now=office.now())

    assert ([one.reference for one in many.merged], many.failed) == (own[1:], (other,))
    assert (alone.merged, alone.failed) == ((), (other,))
    assert [row(office, id_)["merged_into_id"] for id_ in (1, 2, 3, 4)] == [None, None, 2, 2]


def test_merging_both_ways_and_twice_at_once_makes_one_of_them_and_no_ring(office: Deps, li: Person) -> None:
    submit(office)
    submit(office, nonce="n-2")
    pairs = [(1, 2), (2, 1), (1, 2), (2, 1)]

    def work(turn: int) -> str:
        try:
            return "merged" if merge(office, li, *pairs[turn]).event_id else "was merged"
        except Conflict:
            return "refused"

    results = at_once(len(pairs), work)

    assert sorted(results) == ["merged", "refused", "refused", "was merged"]
    assert sorted(str(row(office, id_)["merged_into_id"]) for id_ in (1, 2)) in (["1", "None"], ["2", "None"])
    assert len({home for home, _ in homes(office)}) == 1
    kinds = [one["kind"] for one in rows(office.db, "event")]
    assert (kinds.count("merged_into"), kinds.count("merged_from")) == (1, 1)


def merge_many(deps: Deps, person: Person, *ids: int, others: OtherCustomers | None = None) -> ManyMerged:
    references = [reference(deps, id_) for id_ in ids]
    return merge_into_oldest(deps, person, references, others=others, now=deps.now())


def events_of_merges(many: ManyMerged) -> dict[str, int]:
    return {one.reference: one.event_ids[0] for one in many.merged if one.event_ids}


def test_many_are_merged_into_the_oldest_and_taken_apart_again(office: Deps, li: Person, clock: Clock) -> None:
    for number in range(3):
        submit(office, nonce=f"n-{number}")
        clock.move(hours=1)
    change(office, li, 1, state=InquiryState.ANSWERED)
    before = [listed(office, id_) for id_ in (1, 2, 3)]

    many = merge_many(office, li, 3, 2, 1)
    merged = [row(office, id_)["merged_into_id"] for id_ in (1, 2, 3)]
    undone, failed = unmerge_many(office, li, events_of_merges(many), now=office.now())

    assert (many.into, [one.reference for one in many.merged]) == (
        reference(office, 1),
        [reference(office, 3), reference(office, 2)],
    )
    assert (merged, many.failed) == ([None, 1, 1], ())
    assert (sorted(undone), failed) == (sorted(one.reference for one in many.merged), [])
    assert [listed(office, id_) for id_ in (1, 2, 3)] == before
    assert unmerge_many(office, li, events_of_merges(many), now=office.now()) == ([], [])


def test_taking_a_merge_back_leaves_alone_the_one_that_came_after_it(office: Deps, li: Person) -> None:
    for number in range(3):
        submit(office, nonce=f"n-{number}")
    first = merge_many(office, li, 1, 3)
    unmerge(office, li, 3)
    merge(office, li, 3, 2)

    undone, failed = unmerge_many(office, li, events_of_merges(first), now=office.now())

    assert (undone, failed) == ([], [reference(office, 3)])
    assert row(office, 3)["merged_into_id"] == 2  # the other inquiry


def test_different_customers_are_mixed_only_where_that_is_meant(office: Deps, li: Person) -> None:
    submit(office)
    submit(office, nonce="n-2", email=CUSTOMER.upper())
    submit(office, nonce="n-3", email=EVA)
    assert merge_many(office, li, 1, 2).failed == ()

    for ids in ((1, 3), (3, 2), (2, 3)):  # what was merged before counts as where it goes on
        with pytest.raises(SeveralCustomers):
            merge_many(office, li, *ids)
    for source, into in ((1, 3), (3, 1), (3, 2)):
        with pytest.raises(SeveralCustomers):
            merge(office, li, source, into, others=None)

    assert [row(office, id_)["merged_into_id"] for id_ in (1, 2, 3)] == [None, 1, None]
    assert merge_many(office, li, 2, 3, others=OtherCustomers.LEAVE).into == reference(office, 1)
    assert row(office, 3)["merged_into_id"] == 1
    assert merge(office, li, 3, 1, others=None).event_id is None  # it is done


def test_what_somebody_does_not_serve_is_neither_merged_nor_named(office: Deps) -> None:
    submit(office, nonce="n-1", email=EVA, product="vacuum-hot-water", details=())
    submit(office, nonce="n-2")
    submit(office, nonce="n-3")
    steam_only = account(office, "steam@liju.example", product_lines=["steam"])
    every = [reference(office, id_) for id_ in (1, 2, 3)]

    merging = merging_of(office, steam_only, every)
    many = merge_many(office, steam_only, 1, 2, 3)

    assert merging is not None
    assert [inquiry.reference for inquiry in merging.inquiries] == every[1:]
    assert (many.into, many.failed) == (every[1], (every[0],))
    assert [row(office, id_)["merged_into_id"] for id_ in (1, 2, 3)] == [None, None, 2]
