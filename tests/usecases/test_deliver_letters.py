"""A worker's round: what becomes of each letter, and that none holds up the others (D4, D5)."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from liju_contact.domain.delivery import Outcome
from liju_contact.store.database import Database
from liju_contact.store.deliveries import (
    Claimed,
    extend_lease,
)
from liju_contact.store.tables import DeliveryRow
from liju_contact.usecases.deliver_letters import BATCH, Delivering, deliver_letters, lease_of
from liju_contact.usecases.deps import Deps
from tests.conftest import Clock
from tests.usecases.outbox import LETTER, claim, many, only_delivery, post, recipients
from tests.usecases.stories import (
    DEFERRED,
    DELIVERED,
    REFUSED,
    UNKNOWN,
    UNSENDABLE,
    ScriptedCarrier,
    rows,
    staged,
    submit,
)


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


def test_a_letter_with_files_that_somebody_else_has_by_now_is_not_sent(deps: Deps) -> None:
    submit(deps, files=(staged(deps, b"a drawing"),))

    def lose_the_lease(_deps: Deps = deps) -> None:
        with _deps.db.begin() as tx:
            tx.execute(update(DeliveryRow).values(lease_holder="w2"))

    carrier = ScriptedCarrier(when_carrying=lambda _claimed: lose_the_lease())
    post(deps, "first@there.example")
    with deps.db.begin() as tx:  # so that it goes first
        tx.execute(update(DeliveryRow).where(DeliveryRow.recipient_address == "first@there.example").values(id=0))

    deliver_letters(deps, carrier, holder="w1")

    assert carrier.recipients == ["first@there.example", "Ana.Souza@usina.example"]


def test_a_letter_that_went_out_is_settled_when_the_database_is_back(deps: Deps, clock: Clock) -> None:
    """Otherwise its lease would run out and it would go out again."""
    post(deps, "ana@there.example")
    impatient = Database(deps.db.url, busy_seconds=0.1)
    somebody_else = Database(deps.db.url)
    pauses: list[float] = []
    with ExitStack() as lock:

        def lock_the_outbox(_claimed: Claimed) -> None:
            tx = lock.enter_context(somebody_else.begin())
            if not somebody_else.is_sqlite:
                tx.execute(text("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE"))

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            clock.move(seconds=seconds)
            lock.close()

        carrier = ScriptedCarrier(when_carrying=lock_the_outbox)
        deliver_letters(replace(deps, db=impatient, pause=pause), carrier, holder="w1")
    impatient.close()
    somebody_else.close()

    assert only_delivery(deps.db)["state"] == "delivered"
    assert pauses == [0.5]
    assert carrier.recipients == ["ana@there.example"]
