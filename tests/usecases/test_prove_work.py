"""A proof of work: made for one form, good for a while, and for one content; asked for only when it is loud."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from liju_contact.domain.public_door import PublicDoor
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Caller, count_entry, is_loud
from liju_contact.usecases.prove_work import has_proof, new_challenge
from liju_contact.web.form_token import new_form_token
from tests.conftest import ONE_DATABASE, Clock
from tests.limits import with_proof

FORM = {"email": "ana@usina.example", "message": "Two boilers."}


def solved(deps: Deps, token: str, change: Callable[[dict[str, Any]], None] = lambda _payload: None) -> str:
    """Do what the script of the page does."""
    challenge = json.loads(new_challenge(deps, token, deps.now()) or "")
    number = next(
        number
        for number in range(challenge["maxNumber"])
        if sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]
    )
    payload = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")} | {"number": number}
    change(payload)
    return base64.b64encode(json.dumps(payload).encode()).decode()


def test_proof_counts_for_one_content_and_for_that_again(deps: Deps) -> None:
    token = new_form_token(deps)
    form = {**FORM, "token": token, "proof": solved(deps, token)}

    answers = [
        has_proof(deps, form, deps.now()),
        has_proof(deps, form, deps.now()),  # a double click, or sent again to a busy database
        has_proof(deps, {**form, "email": "bo@usina.example"}, deps.now()),
        has_proof(deps, {**form, "message": "Buy my pills."}, deps.now()),
    ]

    assert answers == [True, True, False, False]


@ONE_DATABASE
def test_proof_is_for_its_own_form_and_for_a_while(deps: Deps, clock: Clock) -> None:
    token, other = new_form_token(deps), new_form_token(deps)
    proof = solved(deps, token)
    assert not has_proof(deps, {**FORM, "token": other, "proof": proof}, deps.now())
    assert not has_proof(deps, {**FORM, "token": "made up", "proof": proof}, deps.now())
    clock.move(hours=1, minutes=59)
    assert has_proof(deps, {**FORM, "token": token, "proof": proof}, deps.now())
    clock.move(minutes=2)
    assert not has_proof(deps, {**FORM, "token": token, "proof": proof}, deps.now())


@ONE_DATABASE
@pytest.mark.parametrize(
    "change",
    [
        lambda payload: payload.update(number=payload["number"] + 1),
        lambda payload: payload.update(salt=payload["salt"].replace("expires=1", "expires=9")),
        lambda payload: payload.update(signature="0" * 64),
        lambda payload: payload.update(algorithm="SHA-1"),
        lambda payload: payload.update(algorithm=["SHA-256"]),
        lambda payload: payload.update(number={"a": 1}),
        lambda payload: payload.update(salt=None),
        lambda payload: payload.clear(),
    ],
)
def test_altered_proof_is_none(deps: Deps, change: Callable[[dict[str, Any]], None]) -> None:
    token = new_form_token(deps)

    assert not has_proof(deps, {**FORM, "token": token, "proof": solved(deps, token, change)}, deps.now())


@ONE_DATABASE
@pytest.mark.parametrize("proof", ["", "x", "不", "W10=", "bnVsbA==", "MQ==", "W" * 999, "W" * 5000, "e30="])
def test_what_is_no_proof_is_none_and_no_fault(deps: Deps, proof: str) -> None:
    assert not has_proof(deps, {**FORM, "token": new_form_token(deps), "proof": proof}, deps.now())


@ONE_DATABASE
def test_it_is_loud_where_much_was_sent_and_only_for_that_window(deps: Deps, clock: Clock) -> None:
    deps = with_proof(deps, from_network=2, from_all=4)

    def send(network: str) -> None:
        with deps.db.begin() as tx:
            count_entry(deps, tx, PublicDoor.INQUIRY, Caller(network=network), who="a", now=deps.now())

    def loud() -> list[bool]:
        return [is_loud(deps, network, deps.now()) for network in ("one", "two", "never seen")]

    assert loud() == [False, False, False]
    send("one")
    send("one")
    send("two")
    assert loud() == [True, False, False]
    send("two")
    assert loud() == [True, True, True]
    clock.move(hours=1)
    assert loud() == [False, False, False]
