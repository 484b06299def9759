"""Find my inquiry: fresh links by letter, the same answer whatever is true, and a limit on asking."""

from __future__ import annotations

import pytest

from liju_contact.domain.errors import TooOften
from liju_contact.domain.public_door import PublicDoor
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.find_inquiry import LINKS_PER_LETTER, answer_link_request
from liju_contact.usecases.find_inquiry import ask_for_links as ask_for_links_
from liju_contact.usecases.keep_limits import Caller
from liju_contact.usecases.report_health import beat_worker
from liju_contact.usecases.sweep import sweep
from tests.conftest import Clock
from tests.limits import with_limits
from tests.store.statements import listening
from tests.usecases.stories import at_once, counts, rows, submit

PER_NETWORK, PER_ADDRESS = 20, 3
ANA = "Ana.Souza@usina.example"


def ask_for_links(deps: Deps, typed: str, network: str = "203.0.113.0/24") -> bool:
    """Ask, and return whether that was not too often."""
    try:
        ask_for_links_(deps, typed, language="en", caller=Caller(network=network), now=deps.now())
    except TooOften:
        return False
    return True


@pytest.fixture
def deps(deps: Deps) -> Deps:
    """Return the parts with a limit that a test reaches quickly."""
    return with_limits(deps, PublicDoor.FIND, per_network=PER_NETWORK, per_subject=PER_ADDRESS)


def letters_after(deps: Deps, typed: str) -> list[dict[str, object]]:
    """Ask, let the worker answer, and return the letters with links."""
    assert ask_for_links(deps, typed)
    assert answer_link_request(deps, now=deps.now())
    assert not answer_link_request(deps, now=deps.now())
    return [row for row in rows(deps.db, "letter") if row["kind"] == "status_links"]


def respelled(reference: str) -> list[str]:
    bare = reference.replace("-", "")
    return [reference, bare.lower(), f"  {bare[2:6]} {bare[6:]} ", bare.replace("0", "O").replace("1", "l")]


@pytest.mark.parametrize("spelling", range(4))
def test_a_reference_as_people_write_it_brings_its_link(deps: Deps, spelling: int) -> None:
    submitted = submit(deps)

    [letter] = letters_after(deps, respelled(submitted.reference)[spelling])

    assert f"{deps.settings.web.base_url}{submitted.status_path}" in str(letter["text"])
    assert rows(deps.db, "delivery")[-1]["recipient_address"] == ANA


@pytest.mark.parametrize("typed", [ANA, "ana.souza@USINA.example", f"  {ANA} "])
def test_an_address_in_any_case_brings_all_its_links(deps: Deps, typed: str) -> None:
    mine = [submit(deps, nonce=f"n-{number}").status_path for number in range(3)]
    other = submit(deps, email="bo@other.example").status_path

    [letter] = letters_after(deps, typed)

    assert [path in str(letter["text"]) for path in (*mine, other)] == [True, True, True, False]
    assert rows(deps.db, "delivery")[-1]["recipient_address"] == ANA


@pytest.mark.parametrize("typed", ["nobody@there.example", "LJ-0000-0000", "", "hello", "x" * 5000, "%", "' OR 1=1"])
def test_what_belongs_to_nobody_brings_no_letter(deps: Deps, typed: str) -> None:
    submit(deps)

    assert letters_after(deps, typed) == []


def test_the_request_does_the_same_whether_there_is_an_inquiry_or_not(deps: Deps) -> None:
    submitted = submit(deps)

    said = []
    for typed in (submitted.reference, ANA, "nobody@there.example"):
        with listening(deps.db) as statements:
            answer = ask_for_links(deps, typed)
        said.append((answer, statements))

    assert said[0] == said[1] == said[2]
    assert len(said[0][1]) == 3


def test_a_letter_with_three_links_costs_as_many_queries_as_with_one(deps: Deps) -> None:
    submit(deps)
    ask_for_links(deps, ANA)
    with listening(deps.db) as for_one:
        answer_link_request(deps, now=deps.now())
    for number in range(2, 4):
        submit(deps, nonce=f"n-{number}")
    ask_for_links(deps, ANA)

    with listening(deps.db) as for_three:
        answer_link_request(deps, now=deps.now())

    assert len(for_three) == len(for_one)


def test_only_the_newest_twenty_links_are_mailed(deps: Deps) -> None:
    paths = [submit(deps, nonce=f"n-{number}").status_path for number in range(LINKS_PER_LETTER + 2)]

    [letter] = letters_after(deps, ANA)

    assert [path in str(letter["text"]) for path in paths] == [False] * 2 + [True] * LINKS_PER_LETTER


def test_asking_too_often_for_one_address_is_silently_left_out(deps: Deps) -> None:
    answers = [ask_for_links(deps, ANA, network=f"net {number}") for number in range(PER_ADDRESS + 2)]

    assert answers == [True] * (PER_ADDRESS + 2)
    assert counts(deps.db)["link_request"] == PER_ADDRESS
    assert ask_for_links(deps, "bo@other.example")
    assert counts(deps.db)["link_request"] == PER_ADDRESS + 1


def test_spellings_of_one_address_are_counted_together(deps: Deps) -> None:
    for typed in (ANA, ANA.upper(), f" {ANA.lower()}", ANA):
        ask_for_links(deps, typed)

    assert counts(deps.db)["link_request"] == PER_ADDRESS


def test_asking_too_often_from_one_network_is_told(deps: Deps) -> None:
    answers = [ask_for_links(deps, f"r{number}@there.example") for number in range(PER_NETWORK + 1)]

    assert answers == [True] * PER_NETWORK + [False]
    assert counts(deps.db)["link_request"] == PER_NETWORK
    assert ask_for_links(deps, ANA, network="another")


def test_exactly_as_many_get_through_from_eight_threads(deps: Deps) -> None:
    answers = at_once(8, lambda turn: [ask_for_links(deps, f"{turn}.{n}@there.example") for n in range(4)])

    assert sum(answer for share in answers for answer in share) == PER_NETWORK


def test_the_window_passes(deps: Deps, clock: Clock) -> None:
    for number in range(PER_NETWORK + 1):
        ask_for_links(deps, f"r{number}@there.example")
    before = ask_for_links(deps, ANA)

    clock.move(hours=1)

    assert (before, ask_for_links(deps, ANA)) == (False, True)


def test_addresses_are_not_kept_in_clear_for_counting(deps: Deps) -> None:
    ask_for_links(deps, ANA)

    assert [len(row["subject"]) for row in rows(deps.db, "rate")] == [64, 64, 64]
    assert "usina" not in repr(rows(deps.db, "rate"))


def test_windows_that_are_over_are_swept(deps: Deps, clock: Clock) -> None:
    ask_for_links(deps, ANA)
    clock.move(hours=23)
    ask_for_links(deps, "bo@other.example", network="another")
    clock.move(hours=2)

    assert sweep(deps, now=deps.now()) == 3
    assert len(rows(deps.db, "rate")) == 3


def test_a_request_is_answered_once_by_two_workers(deps: Deps) -> None:
    submit(deps)
    ask_for_links(deps, ANA)

    at_once(4, lambda _turn: answer_link_request(deps, now=deps.now()))

    assert [row["kind"] for row in rows(deps.db, "letter")].count("status_links") == 1
    assert "link_request" not in counts(deps.db)


def test_two_requests_for_one_address_are_two_letters(deps: Deps) -> None:
    submit(deps)
    for _ in range(2):
        ask_for_links(deps, ANA)
        answer_link_request(deps, now=deps.now())

    assert len({row["message_id"] for row in rows(deps.db, "delivery")}) == 4


def test_a_sign_of_life_does_not_answer_requests(deps: Deps) -> None:
    ask_for_links(deps, ANA)

    beat_worker(deps, now=deps.now())

    assert counts(deps.db)["link_request"] == 1
