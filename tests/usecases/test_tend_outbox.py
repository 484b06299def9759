"""Staff at the outbox: what waits, what failed and why; send again, or drop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from liju_contact.domain.delivery import DeliveryState, Outcome
from liju_contact.domain.errors import NotFound
from liju_contact.usecases.deliver_letters import deliver_letters, lease_of
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.tend_outbox import drop_delivery, list_outbox, retry_delivery
from tests.conftest import Clock
from tests.store.statements import listening
from tests.usecases.outbox import claim, many, only_delivery, post
from tests.usecases.stories import DEFERRED, DELIVERED, REFUSED, ScriptedCarrier, rows

ANA = "ana@there.example"
EVERY = tuple(DeliveryState)


def attempted(deps: Deps, outcome: Outcome) -> int:
    """Post a letter, try it once, and return its delivery's id."""
    post(deps, ANA)
    deliver_letters(deps, ScriptedCarrier(script={ANA: [outcome]}), holder="w1")
    return int(only_delivery(deps.db)["id"])


def test_the_list_shows_the_newest_first_with_the_servers_last_words(deps: Deps) -> None:
    post(deps, *many(3))
    deliver_letters(deps, ScriptedCarrier(script={many(3)[0]: [REFUSED], many(3)[1]: [DEFERRED]}), holder="w1")

    lines = list_outbox(deps, states=EVERY, limit=10)

    assert [(line.delivery.recipient, line.delivery.state.value, line.words) for line in lines] == [
        (many(3)[2], "delivered", "250 queued as 4711"),
        (many(3)[1], "queued", "451 try later"),
        (many(3)[0], "refused", "550 no such user"),
    ]


def test_the_list_shows_the_states_asked_for_up_to_the_limit(deps: Deps) -> None:
    post(deps, *many(5))
    deliver_letters(deps, ScriptedCarrier(script={address: [REFUSED] for address in many(4)}), holder="w1")

    lines = list_outbox(deps, states=[DeliveryState.REFUSED], limit=3)

    assert [line.delivery.recipient for line in lines] == many(4)[:0:-1]


def test_a_letter_never_tried_has_no_words(deps: Deps) -> None:
    post(deps, ANA)

    assert [line.words for line in list_outbox(deps, states=EVERY, limit=10)] == [""]


def test_three_lines_cost_as_many_queries_as_one(deps: Deps) -> None:
    post(deps, *many(3))
    deliver_letters(deps, ScriptedCarrier(), holder="w1")

    with listening(deps.db) as for_one:
        list_outbox(deps, states=EVERY, limit=1)
    with listening(deps.db) as for_three:
        assert len(list_outbox(deps, states=EVERY, limit=3)) == 3

    assert len(for_one) == len(for_three) == 2


@pytest.mark.parametrize("outcome", [REFUSED, DEFERRED, DELIVERED])
def test_a_retried_letter_goes_at_once_with_five_fresh_days(deps: Deps, clock: Clock, outcome: Outcome) -> None:
    delivery_id = attempted(deps, outcome)
    clock.move(days=4)

    done = retry_delivery(deps, delivery_id, now=deps.now())

    row = only_delivery(deps.db)
    assert (done, row["state"], row["attempt_count"], row["due_at"], row["queued_at"], row["settled_at"]) == (
        True,
        "queued",
        0,
        clock.at,
        clock.at,
        None,
    )
    assert deliver_letters(deps, ScriptedCarrier(), holder="w1").delivered_count == 1
    assert len(rows(deps.db, "attempt")) == 2


def test_a_dropped_letter_never_goes(deps: Deps, clock: Clock) -> None:
    delivery_id = attempted(deps, DEFERRED)

    done = drop_delivery(deps, delivery_id, now=deps.now())
    clock.move(days=9)

    assert (done, deliver_letters(deps, ScriptedCarrier(), holder="w1").claimed_count) == (True, 0)
    row = only_delivery(deps.db)
    assert (row["state"], row["due_at"]) == ("dropped", None)


@pytest.mark.parametrize("change", [retry_delivery, drop_delivery])
def test_a_letter_that_is_being_sent_is_left_alone(deps: Deps, change: Callable[..., bool]) -> None:
    post(deps, ANA)
    [claimed] = claim(deps, "w1")
    before = only_delivery(deps.db)

    done = change(deps, claimed.delivery_id, now=deps.now())

    assert (done, only_delivery(deps.db)) == (False, before)


def test_a_letter_whose_worker_died_can_be_dropped(deps: Deps, clock: Clock) -> None:
    post(deps, ANA)
    [claimed] = claim(deps, "w1")
    clock.at += lease_of(deps) + timedelta(minutes=2)

    assert drop_delivery(deps, claimed.delivery_id, now=deps.now())
    assert only_delivery(deps.db)["state"] == "dropped"


def test_a_delivered_letter_cannot_be_dropped(deps: Deps) -> None:
    delivery_id = attempted(deps, DELIVERED)

    with pytest.raises(NotFound, match=f"Delivery {delivery_id} was delivered: there is nothing left to drop"):
        drop_delivery(deps, delivery_id, now=deps.now())

    assert only_delivery(deps.db)["state"] == "delivered"


@pytest.mark.parametrize("change", [retry_delivery, drop_delivery])
def test_a_letter_that_does_not_exist_is_said_not_to(deps: Deps, change: Callable[..., bool]) -> None:
    with pytest.raises(NotFound, match=r"There is no delivery 4711 in the outbox\."):
        change(deps, 4711, now=deps.now())
