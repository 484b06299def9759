"""The outbox at work: who gets which letter, what becomes of it, and what happens when somebody dies over it (D4)."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from liju_contact.domain.delivery import DeliveryState, Outcome, Settlement
from liju_contact.domain.letter import Addressee, Letter, LetterKind
from liju_contact.store.database import Database
from liju_contact.store.deliveries import (
    Claimed,
    claim_deliveries,
    extend_lease,
    next_due_at,
    release_deliveries,
    settle_delivery,
)
from liju_contact.store.letters import Posting, post_letters
from liju_contact.usecases.deliver_letters import BATCH, Delivering, deliver_letters, lease_of
from liju_contact.usecases.deps import Deps
from tests.conftest import Clock
from tests.store.statements import listening
from tests.usecases.stories import (
    DEFERRED,
    DELIVERED,
    REFUSED,
    UNKNOWN,
    UNSENDABLE,
    ScriptedCarrier,
    at_once,
    rows,
    staged,
    submit,
)

LETTER = Letter(
    kind=LetterKind.INQUIRY_RECEIVED,
    language="en",
    sender_name="LIJU Boilers",
    sender_address="inquiry@liju.example",
    subject="We have your inquiry",
    text="We have it.",
    html="<p>We have it.</p>",
    headers={"Auto-Submitted": "auto-generated"},
)
LEASE = timedelta(minutes=5)
DONE = Settlement(state=DeliveryState.DELIVERED, next_attempt_at=None)


def post(deps: Deps, *recipients: str) -> None:
    """Put one letter for each recipient into the outbox."""
    addressees = [(Addressee(name="", address=address), f"<{address}>") for address in recipients]
    with deps.db.begin() as tx:
        post_letters(
            tx, [Posting(letter=LETTER, addressees=[pair]) for pair in addressees], inquiry_id=None, now=deps.now()
        )


def many(count: int) -> list[str]:
    return [f"r{number:03}@there.example" for number in range(count)]


def claim(deps: Deps, holder: str, limit: int = 10) -> list[Claimed]:
    with deps.db.begin() as tx:
        return claim_deliveries(tx, holder=holder, limit=limit, lease=LEASE, now=deps.now())


def settle(deps: Deps, claimed: Claimed, holder: str, settlement: Settlement = DONE) -> bool:
    with deps.db.begin() as tx:
        return settle_delivery(
            tx,
            claimed,
            holder=holder,
            outcome="delivered",
            answer=DELIVERED.answer,
            settlement=settlement,
            now=deps.now(),
        )


def recipients(claimed: list[Claimed]) -> list[str]:
    return [one.addressee.address for one in claimed]


def only_delivery(db: Database) -> dict[str, Any]:
    [row] = rows(db, "delivery")
    return row


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


def test_the_next_thing_to_do_is_known(deps: Deps, clock: Clock) -> None:
    with deps.db.read() as tx:
        nothing = next_due_at(tx)
    post(deps, "ana@there.example")
    claim(deps, "w1")

    with deps.db.read() as tx:
        assert (nothing, next_due_at(tx)) == (None, clock.at + LEASE)


@pytest.mark.parametrize(
    ("outcome", "state", "goes_again"),
    [
        (DELIVERED, "delivered", False),
        (REFUSED, "refused", False),
        (UNSENDABLE, "parked", False),
        (DEFERRED, "queued", True),
        (UNKNOWN, "queued", True),
    ],
)
def test_an_outcome_becomes_a_state(
    deps: Deps,
    clock: Clock,
    outcome: Outcome,
    state: str,
    goes_again: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    post(deps, "ana@there.example")
    clock.move(minutes=1)
    carrier = ScriptedCarrier(script={"ana@there.example": [outcome]})

    came_to = deliver_letters(deps, carrier, holder="w1")

    assert came_to == Delivering(claimed_count=1, delivered_count=int(state == "delivered"))
    row = only_delivery(deps.db)
    assert (row["state"], row["lease_holder"], row["attempt_count"]) == (state, None, 1)
    assert row["settled_at"] == (None if goes_again else clock.at)
    assert (row["due_at"] is not None) == goes_again
    [attempt] = rows(deps.db, "attempt")
    assert {name: attempt[name] for name in ("outcome", "stage", "code", "words", "ended_at")} == {
        "outcome": type(outcome).__name__.lower(),
        "stage": outcome.answer.stage.value,
        "code": outcome.answer.code,
        "words": outcome.answer.words,
        "ended_at": clock.at,
    }


def test_a_letter_that_is_deferred_goes_again_with_the_same_message_id_until_it_is_given_up(
    deps: Deps, clock: Clock
) -> None:
    post(deps, "ana@there.example")
    began = clock.at
    carrier = ScriptedCarrier(script={"ana@there.example": [DEFERRED, UNKNOWN, DEFERRED]})

    while (due_at := only_delivery(deps.db)["due_at"]) is not None:
        clock.at = due_at
        deliver_letters(deps, carrier, holder="w1")

    row = only_delivery(deps.db)
    assert row["state"] == "given_up"
    assert timedelta(days=5) - timedelta(seconds=4000) <= clock.at - began <= timedelta(days=5)
    assert {claimed.message_id for claimed in carrier.carried} == {"<ana@there.example>"}
    assert [claimed.letter for claimed in carrier.carried] == [LETTER] * len(carrier.carried)
    assert row["attempt_count"] == len(carrier.carried) == len(rows(deps.db, "attempt"))


def test_one_refused_recipient_does_not_touch_the_others(deps: Deps) -> None:
    post(deps, *many(3))
    carrier = ScriptedCarrier(script={many(3)[1]: [REFUSED]})

    came_to = deliver_letters(deps, carrier, holder="w1")

    assert came_to == Delivering(claimed_count=3, delivered_count=2)
    assert [row["state"] for row in rows(deps.db, "delivery")] == ["delivered", "refused", "delivered"]


def test_a_poisoned_letter_is_parked_and_the_next_goes_on(deps: Deps) -> None:
    post(deps, "poison@there.example", "ana@there.example")

    deliver_letters(deps, ScriptedCarrier(script={"poison@there.example": [UNSENDABLE]}), holder="w1")

    assert [row["state"] for row in rows(deps.db, "delivery")] == ["parked", "delivered"]


def test_a_letter_that_breaks_the_carrier_does_not_hold_up_the_others(deps: Deps, clock: Clock) -> None:
    """Whatever nobody thought of: the letter itself waits for its lease to end, and what stands behind it goes on."""
    post(deps, "poison@there.example", *many(3))

    def break_down(claimed: Claimed) -> None:
        if claimed.addressee.address == "poison@there.example":
            raise ZeroDivisionError

    carrier = ScriptedCarrier(when_carrying=break_down)
    with pytest.raises(ZeroDivisionError):
        deliver_letters(deps, carrier, holder="w1")

    came_to = deliver_letters(deps, carrier, holder="w1")

    assert (came_to.delivered_count, carrier.recipients) == (3, many(3))
    clock.at += lease_of(deps)
    with pytest.raises(ZeroDivisionError):
        deliver_letters(deps, carrier, holder="w1")


def test_a_worker_that_is_told_to_stop_gives_back_what_it_has_not_begun(deps: Deps) -> None:
    post(deps, *many(5))
    stop = threading.Event()
    carrier = ScriptedCarrier(when_carrying=lambda claimed: stop.set() if "r001" in claimed.message_id else None)

    came_to = deliver_letters(deps, carrier, holder="w1", is_stopping=stop.is_set)

    assert (came_to.delivered_count, carrier.recipients) == (2, many(2))
    assert recipients(claim(deps, "w2")) == many(5)[2:]


def test_nothing_is_begun_on_a_lease_that_is_about_to_end(deps: Deps, clock: Clock) -> None:
    """A worker that was stopped for minutes, as by a closed laptop, must not send what another may have by now."""
    post(deps, *many(3))
    carrier = ScriptedCarrier(when_carrying=lambda _claimed: clock.move(seconds=lease_of(deps).total_seconds() - 60))

    came_to = deliver_letters(deps, carrier, holder="w1")

    assert (came_to.claimed_count, carrier.recipients) == (3, many(1))
    assert [row["state"] for row in rows(deps.db, "delivery")] == ["delivered", "queued", "queued"]


def test_a_round_takes_one_batch_at_most(deps: Deps) -> None:
    post(deps, *many(BATCH + 1))
    carrier = ScriptedCarrier()

    claimed = [deliver_letters(deps, carrier, holder="w1").claimed_count for _ in range(3)]

    assert (claimed, carrier.recipients) == ([BATCH, 1, 0], many(BATCH + 1))


def test_no_transaction_is_open_while_a_letter_is_carried(deps: Deps) -> None:
    post(deps, "ana@there.example")
    impatient = Database(deps.db.url, busy_seconds=0.2)

    def write_something(claimed: Claimed) -> None:
        with impatient.begin() as tx:
            assert extend_lease(tx, claimed.delivery_id, holder="w1", until=claimed.lease_until)

    came_to = deliver_letters(deps, ScriptedCarrier(when_carrying=write_something), holder="w1")

    assert came_to.delivered_count == 1
    impatient.close()


def test_files_go_along_in_their_order_and_with_their_names(deps: Deps) -> None:
    submit(deps, files=(staged(deps, b"first", "a.pdf"), staged(deps, b"second", "锅炉.pdf")))
    carrier = ScriptedCarrier()

    deliver_letters(deps, carrier, holder="w1")

    carried = dict(zip(carrier.recipients, carrier.files, strict=True))
    assert [(file.name, file.content) for file in carried["sales@liju.example"]] == [
        ("a.pdf", b"first"),
        ("锅炉.pdf", b"second"),
    ]
    assert carried["Ana.Souza@usina.example"] == []


def test_a_letter_with_files_keeps_its_lease_for_as_long_as_its_size_may_take(deps: Deps, clock: Clock) -> None:
    submit(deps, files=(staged(deps, b"x" * 3_000_000),))
    leases = []
    carrier = ScriptedCarrier(when_carrying=lambda _claimed: leases.append(_lease_of_team_letter(deps)))

    deliver_letters(deps, carrier, holder="w1")

    assert leases[0] > clock.at + timedelta(seconds=120 + 3_000_000 / 65536)


def _lease_of_team_letter(deps: Deps) -> Any:
    [row] = [row for row in rows(deps.db, "delivery") if row["recipient_address"] == "sales@liju.example"]
    return row["due_at"]


def test_a_letter_with_files_whose_lease_was_lost_is_not_sent(deps: Deps, clock: Clock) -> None:
    """While one letter took too long, somebody else took the next one over."""
    submit(deps, files=(staged(deps, b"a drawing"),))
    [team, customer] = claim(deps, "w1")
    clock.at += LEASE
    taken = claim(deps, "w2")

    with deps.db.begin() as tx:
        kept = extend_lease(tx, team.delivery_id, holder="w1", until=clock.at + LEASE)

    assert (kept, recipients(taken)) == (False, recipients([team, customer]))
