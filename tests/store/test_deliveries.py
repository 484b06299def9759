"""Claiming and settling deliveries: whose letter it is at every moment, also when workers die or are late (D4)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from liju_contact.domain.delivery import DeliveryState, Settlement
from liju_contact.domain.letter import Addressee
from liju_contact.store.deliveries import (
    Claimed,
    extend_lease,
    release_deliveries,
)
from liju_contact.usecases.deps import Deps
from tests.conftest import Clock
from tests.store.statements import listening
from tests.usecases.outbox import LEASE, LETTER, claim, many, only_delivery, post, recipients, settle
from tests.usecases.stories import (
    at_once,
    rows,
)


def test_a_claim_has_the_whole_letter(deps: Deps, clock: Clock) -> None:
    post(deps, "ana@there.example")

    [claimed] = claim(deps, "w1")

    assert claimed == Claimed(
        delivery_id=claimed.delivery_id,
        letter=LETTER,
        addressee=Addressee(name="", address="ana@there.example"),
        message_id="<ana@there.example>",
        message_files_id=None,
        attempt_count=0,
        queued_at=clock.at,
        written_at=clock.at,
        lease_until=clock.at + LEASE,
    )


def test_what_was_due_first_is_claimed_first(deps: Deps, clock: Clock) -> None:
    post(deps, "late@there.example", "later@there.example")
    for claimed in claim(deps, "w1"):
        at = clock.at + timedelta(hours=1 if claimed.addressee.address == "late@there.example" else 2)
        settle(deps, claimed, "w1", Settlement(state=DeliveryState.QUEUED, next_attempt_at=at))
    clock.move(minutes=10)
    post(deps, "now@there.example")
    clock.move(hours=3)

    assert [recipients(claim(deps, "w1", limit=1)) for _ in range(4)] == [
        ["now@there.example"],
        ["late@there.example"],
        ["later@there.example"],
        [],
    ]


def test_what_is_not_due_yet_stays(deps: Deps, clock: Clock) -> None:
    post(deps, "ana@there.example")
    [claimed] = claim(deps, "w1")
    later = clock.at + timedelta(minutes=1)
    settle(deps, claimed, "w1", Settlement(state=DeliveryState.QUEUED, next_attempt_at=later))

    clock.at = later - timedelta(microseconds=1)
    too_early = claim(deps, "w1")
    clock.at = later

    assert (too_early, recipients(claim(deps, "w1"))) == ([], ["ana@there.example"])


def test_a_claim_costs_as_many_queries_for_three_as_for_one(deps: Deps) -> None:
    post(deps, *many(4))

    with listening(deps.db) as for_one:
        claim(deps, "w1", limit=1)
    with listening(deps.db) as for_three:
        assert len(claim(deps, "w1", limit=3)) == 3

    assert len(for_one) == len(for_three) == 3


def test_four_workers_never_get_the_same_letter(deps: Deps) -> None:
    letters = many(200)
    post(deps, *letters)

    def work(number: int) -> list[str]:
        got = []
        while batch := claim(deps, f"w{number}", limit=7):
            got += recipients(batch)
        return got

    shares = at_once(4, work)

    assert Counter(address for share in shares for address in share) == Counter(letters)


def test_a_lease_that_ran_out_is_taken_over_and_the_loser_learns_it(deps: Deps, clock: Clock) -> None:
    post(deps, "ana@there.example")
    [of_first] = claim(deps, "w1")
    clock.at += LEASE - timedelta(microseconds=1)
    in_time = claim(deps, "w2")
    clock.move(seconds=1)
    [of_second] = claim(deps, "w2")

    loser = settle(deps, of_first, "w1", Settlement(state=DeliveryState.REFUSED, next_attempt_at=None))

    assert (in_time, loser, of_second.message_id) == ([], False, of_first.message_id)
    row = only_delivery(deps.db)
    assert (row["state"], row["lease_holder"], row["attempt_count"]) == ("sending", "w2", 0)
    assert settle(deps, of_second, "w2")
    assert (only_delivery(deps.db)["state"], only_delivery(deps.db)["attempt_count"]) == ("delivered", 1)
    assert len(rows(deps.db, "attempt")) == 2  # what the loser's server said is kept too


def test_settling_twice_does_not_count(deps: Deps) -> None:
    post(deps, "ana@there.example")
    [claimed] = claim(deps, "w1")

    first = settle(deps, claimed, "w1")
    second = settle(deps, claimed, "w1", Settlement(state=DeliveryState.REFUSED, next_attempt_at=None))

    assert (first, second, only_delivery(deps.db)["state"]) == (True, False, "delivered")


def test_a_lease_can_be_made_longer_by_its_holder_alone(deps: Deps, clock: Clock) -> None:
    post(deps, "ana@there.example")
    [claimed] = claim(deps, "w1")
    until = clock.at + timedelta(hours=1)

    with deps.db.begin() as tx:
        answers = [extend_lease(tx, claimed.delivery_id, holder=holder, until=until) for holder in ("w2", "w1")]
    clock.at = until - timedelta(seconds=1)

    assert (answers, claim(deps, "w2")) == ([False, True], [])


def test_what_is_given_back_is_due_at_once_for_anyone(deps: Deps) -> None:
    post(deps, *many(2))
    ids = [one.delivery_id for one in claim(deps, "w1")]

    with deps.db.begin() as tx:
        release_deliveries(tx, ids, holder="w2", now=deps.now())  # not theirs
    by_stranger = claim(deps, "w2")
    with deps.db.begin() as tx:
        release_deliveries(tx, ids, holder="w1", now=deps.now())

    assert by_stranger == []
    assert recipients(claim(deps, "w2")) == many(2)
