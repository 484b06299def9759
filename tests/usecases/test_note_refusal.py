"""The journal of what the public doors turned away: what is kept, what settles it, and that it cannot be filled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import TEXT_LIMIT, RefusalReason
from liju_contact.store.refusals import sweep_refusals
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.note_refusal import note_refusal
from liju_contact.usecases.sweep import sweep
from tests.conftest import ONE_DATABASE, Clock
from tests.limits import with_journal
from tests.usecases.stories import rows, staged

TYPED = {"name": "Ana", "email": "ana@usina.example", "message": "Two boilers, please.", "product": "steam"}


def note(deps: Deps, typed: dict[str, str] | None = None, **more: Any) -> int | None:
    values: dict[str, Any] = {"reason": RefusalReason.STALE_TOKEN, "files": (), "network": "203.0.113.0/24", **more}
    door = values.pop("door", PublicDoor.INQUIRY)
    return note_refusal(deps, door=door, typed=TYPED if typed is None else typed, now=deps.now(), **values)


def test_entry_keeps_what_was_typed_and_its_files_until_it_is_swept(deps: Deps, clock: Clock) -> None:
    plan = staged(deps, b"%PDF-1.7 plan")
    staged(deps, b"%PDF-1.7 nobody's")
    note(deps, files=[plan], nonce="n-1", language="zh_Hans")
    clock.move(days=2)

    sweep(deps, now=deps.now())

    [entry] = rows(deps.db, "refusal")
    assert (entry["typed"], entry["product"], entry["language"]) == (TYPED, "steam", "zh_Hans")
    assert [file["name"] for file in rows(deps.db, "refusal_file")] == ["plan.pdf"]
    assert [blob["sha256"] for blob in rows(deps.db, "blob")] == [plan.sha256]
    with deps.db.begin() as tx:
        assert sweep_refusals(tx, deps.now() - timedelta(days=1)) == 1
    sweep(deps, now=deps.now())
    assert rows(deps.db, "refusal_file") == rows(deps.db, "blob") == []


@pytest.mark.parametrize(
    ("again", "is_same"),
    [
        ({"email": "ana.souza@usina.example"}, True),  # a typing error in the address, put right
        ({"message": "Three boilers, please."}, True),
        ({"name": "Bo", "email": "bo@usina.example", "message": "A spare part."}, False),  # one page, two colleagues
    ],
)
def test_same_thing_tried_again_on_the_same_form_is_one_entry(
    deps: Deps, again: dict[str, str], *, is_same: bool
) -> None:
    note(deps, nonce="n-1")

    note(deps, {**TYPED, **again}, nonce="n-1", reason=RefusalReason.INCOMPLETE)

    entries = rows(deps.db, "refusal")
    assert [(entry["tries_count"], entry["reason"]) for entry in entries] == (
        [(2, "incomplete")] if is_same else [(1, "stale_token"), (1, "incomplete")]
    )


def test_same_text_from_the_same_address_is_one_entry_whatever_the_form(deps: Deps) -> None:
    note(deps, nonce="n-1")
    note(deps, {**TYPED, "message": " Two  boilers,\nplease. ", "email": "ANA@usina.example"}, nonce="n-2")
    note(deps, {**TYPED, "email": "somebody.else@usina.example", "name": "Bo"}, nonce="n-3")

    assert [entry["tries_count"] for entry in rows(deps.db, "refusal")] == [2, 1]


@ONE_DATABASE
@pytest.mark.parametrize("typed", [{}, {"product": "steam"}, {"name": "x", "message": "  "}])
def test_form_in_which_nobody_said_anything_is_nothing_lost(deps: Deps, typed: dict[str, str]) -> None:
    assert note(deps, typed) is None
    assert rows(deps.db, "refusal") == []


def test_characters_that_no_database_takes_are_left_out(deps: Deps) -> None:
    note(deps, {"name": "A\0na", "email": "ana@usina.example\0", "message": "Two \ud800boilers\0."})

    [entry] = rows(deps.db, "refusal")
    assert (entry["email_folded"], entry["name_folded"]) == ("ana@usina.example", "ana")
    assert "\0" not in repr(entry["typed"])


@ONE_DATABASE
def test_entry_is_cut_to_its_size_and_keeps_the_short_fields_whole(deps: Deps) -> None:
    note(deps, {"message": "很" * 900_000, "project": "y" * 500_000, "email": "ana@usina.example"})

    [entry] = rows(deps.db, "refusal")
    assert sum(len(name) + len(value) for name, value in entry["typed"].items()) <= TEXT_LIMIT + 60
    assert entry["typed"]["email"] == "ana@usina.example"


def test_journal_takes_so_many_entries_of_a_network_and_no_more(deps: Deps, clock: Clock) -> None:
    deps = with_journal(deps, per_network=2, in_all=4)

    def noted(network: str, count: int) -> int:
        texts = [{"message": f"{network} {number} {deps.now()}"} for number in range(count)]
        return sum(note(deps, typed, network=network) is not None for typed in texts)

    assert (noted("203.0.113.0/24", 5), noted("198.51.100.0/24", 1)) == (2, 1)
    clock.move(hours=1)
    assert noted("203.0.113.0/24", 5) == 1  # of four in all
    clock.move(days=1)
    assert noted("203.0.113.0/24", 5) == 2


def test_journal_holds_so_many_kilobytes_of_files_and_then_says_what_it_left_out(deps: Deps) -> None:
    deps = with_journal(deps, files_kb=3)
    small, large = staged(deps, b"%PDF-1.7 s" * 100), staged(deps, b"%PDF-1.7 l" * 300)

    note(deps, files=[small], nonce="n-1")
    note(deps, {"message": "And this."}, files=[large])
    note(deps, files=[small, large], nonce="n-1")

    entries = [(entry["left_out_count"], entry["tries_count"]) for entry in rows(deps.db, "refusal")]
    assert entries == [(1, 2), (1, 1)]
    assert [file["refusal_id"] for file in rows(deps.db, "refusal_file")] == [1]
