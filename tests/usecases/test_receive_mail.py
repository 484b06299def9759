"""Doors: raw bytes are stored whole and once, whoever brings them, and whatever is wrong with the envelope."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from liju_contact.domain.errors import StoreBusy
from liju_contact.store.files import CHUNK_BYTES
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.tend_inbound import raw_mail
from tests.conftest import Clock
from tests.usecases.mails import (
    CUSTOMER,
    PUBLIC,
    DirectReader,
    as_bytes,
    entry,
    judged,
    letter_to,
    mail,
    messages,
    receive,
    reply_to,
    with_staff,
)
from tests.usecases.stories import at_once, rows, submit

RAW = as_bytes(mail("hans@there.example", PUBLIC, "A boiler, please."))


@pytest.mark.parametrize("raw", [b"\0\xff no mail at all", RAW, RAW + b"x" * (3 * CHUNK_BYTES)])
def test_the_bytes_are_kept_as_they_came(deps: Deps, raw: bytes) -> None:
    inbound_id = receive(deps, raw, sender="hans@there.example", recipients=[PUBLIC])

    stored = entry(deps, inbound_id)
    assert raw_mail(deps, inbound_id) == raw
    assert stored["sha256"] == hashlib.sha256(raw).hexdigest()
    assert (stored["envelope_sender"], stored["envelope_recipients"], stored["state"]) == (
        "hans@there.example",
        [PUBLIC],
        "waiting",
    )


@pytest.mark.parametrize("raw", [RAW, RAW + b"x" * (2 * CHUNK_BYTES)])
def test_eight_doors_at_once_store_the_same_mail_once(deps: Deps, raw: bytes) -> None:
    ids = at_once(8, lambda _turn: receive(deps, raw))

    assert len(set(ids)) == 1
    assert len(rows(deps.db, "inbound")) == 1
    assert len([blob for blob in rows(deps.db, "blob") if blob["sha256"]]) == 1


def test_a_key_that_only_the_second_envelope_has_is_not_lost(deps: Deps) -> None:
    deps = with_staff(deps)
    submit(deps)
    letter = letter_to(deps, CUSTOMER)
    raw = as_bytes(reply_to(letter, CUSTOMER, "And the price?", places=()))

    receive(deps, raw, recipients=[PUBLIC])
    found = judged(deps, raw, recipients=[letter["reply_to"]])

    assert (found["verdict"], found["envelope_recipients"]) == ("reply", [PUBLIC, letter["reply_to"]])
    assert len(messages(deps)) == 2


@pytest.mark.parametrize(
    ("sender", "recipients", "stored"),
    [
        (None, [], (None, [])),
        ("", [""], ("", [])),
        ("<hans@there.example>", ["a\r\nBcc: b@x.example", "\0", "x@y.example"], ("hans@there.example", 2)),
        ("\udcff@there.example", ["é@there.example"], (None, ["é@there.example"])),
    ],
)
def test_an_odd_envelope_is_stored_harmlessly(
    deps: Deps, sender: str | None, recipients: list[str], stored: tuple[Any, Any]
) -> None:
    found = entry(deps, receive(deps, RAW, sender=sender, recipients=recipients))

    kept = found["envelope_recipients"]
    assert (len(kept) if isinstance(stored[1], int) else kept) == stored[1]
    assert all(address.isprintable() for address in kept)
    if sender != "\udcff@there.example":
        assert found["envelope_sender"] == stored[0]


def test_a_database_that_is_away_parks_no_mail(deps: Deps, clock: Clock) -> None:
    deps = with_staff(deps)
    submit(deps)
    inbound_id = receive(deps, reply_to(letter_to(deps, CUSTOMER), CUSTOMER, "And the price?"))

    class Away:
        def __getattr__(self, name: str) -> Any:
            raise StoreBusy("away")

    for _ in range(5):
        with pytest.raises(StoreBusy):
            judge_waiting(replace(deps, letters=Away()), DirectReader())
        clock.move(minutes=2)
    judge_waiting(deps, DirectReader())

    assert entry(deps, inbound_id)["state"] == "applied"
