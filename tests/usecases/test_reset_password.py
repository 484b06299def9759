"""A password by letter: the same work whatever is true, a link that is good once, and sessions that end."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest

from liju_contact.domain.password import Weakness
from liju_contact.store.staff import find_account
from liju_contact.usecases.administer_people import disable_person
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.known_device import KnownDevice
from liju_contact.usecases.reset_password import (
    PER_ADDRESS,
    PER_NETWORK,
    LinkOver,
    answer_reset_request,
    ask_for_reset,
    read_link,
    set_password_by_link,
)
from liju_contact.usecases.set_password import Weak
from liju_contact.usecases.sign_in import Entered, MoreWanted, Visit, sign_in
from liju_contact.usecases.staff_session import recognise
from liju_contact.usecases.sweep import sweep
from tests.conftest import Clock
from tests.staff_desk import account
from tests.store.statements import listening
from tests.usecases.stories import at_once, counts, rows
from tests.web.staff.door import ADDRESS, PASSWORD, with_password, with_second_factor

NEW = "eighteen green kettles"
VISIT = Visit(browser="Test", network="10.0.1.0/24", device=KnownDevice())


def ask(deps: Deps, typed: str = ADDRESS, network: str = "10.0.1.0/24") -> bool:
    return ask_for_reset(deps, typed, language="zh_Hans", network=network, now=deps.now())


def letters(deps: Deps) -> list[str]:
    return [str(row["kind"]) for row in rows(deps.db, "letter")]


def link(deps: Deps) -> str:
    """Ask, let the worker answer, and return the token of the newest letter."""
    assert ask(deps)
    assert answer_reset_request(deps, now=deps.now())
    found = re.search(r"/staff/reset/([\w-]{43})\n", str(rows(deps.db, "letter")[-1]["text"]))
    assert found
    return found[1]


def use(deps: Deps, token: str, password: str = NEW) -> object:
    return set_password_by_link(deps, token, password, visit=VISIT, now=deps.now())


def enters(deps: Deps, password: str) -> object:
    return sign_in(deps, ADDRESS, password, visit=VISIT, now=deps.now())


def test_asking_does_the_same_whether_there_is_an_account_or_not(deps: Deps) -> None:
    with_password(deps)
    disable_person(deps, None, with_password(deps, address="gone@liju.example").id, now=deps.now())

    said = []
    for typed in (ADDRESS, "nobody@liju.example", "gone@liju.example"):
        with listening(deps.db) as statements:
            answer = ask(deps, typed)
        said.append((answer, statements))
    while answer_reset_request(deps, now=deps.now()):
        pass

    assert said[0] == said[1] == said[2]
    assert letters(deps) == ["password_reset"]
    assert rows(deps.db, "delivery")[0]["recipient_address"] == ADDRESS
    assert rows(deps.db, "letter")[0]["language"] == "zh_Hans"


def test_link_sets_a_password_once_and_ends_every_session(deps: Deps) -> None:
    with_password(deps)
    entered = enters(deps, PASSWORD)
    assert isinstance(entered, Entered)
    token, other = link(deps), link(deps)

    owner = read_link(deps, token, now=deps.now())
    device = use(deps, token)

    assert (owner is not None, isinstance(device, KnownDevice)) == (True, True)
    assert recognise(deps, entered.token, now=deps.now()) is None
    assert [use(deps, token), use(deps, other)] == [LinkOver(), LinkOver()]
    assert letters(deps)[-1] == "password_changed"
    assert isinstance(enters(deps, NEW), Entered)
    assert not isinstance(enters(deps, PASSWORD), Entered)


def test_second_factor_is_still_asked_for(deps: Deps) -> None:
    with_second_factor(deps, with_password(deps))

    use(deps, link(deps))

    assert isinstance(enters(deps, NEW), MoreWanted)


def test_weak_password_uses_no_link_up(deps: Deps) -> None:
    with_password(deps)
    token = link(deps)

    assert use(deps, token, "1234567890") == Weak(weakness=Weakness.COMMON)
    assert isinstance(use(deps, token), KnownDevice)


@pytest.mark.parametrize("happens", ["an hour", "disabled", "never made"])
def test_link_is_over(deps: Deps, clock: Clock, happens: str) -> None:
    person = with_password(deps)
    token = link(deps)
    match happens:
        case "an hour":
            clock.move(hours=1)
        case "disabled":
            disable_person(deps, None, person.id, now=deps.now())
        case _:
            token = "x" * 43

    assert (read_link(deps, token, now=deps.now()), use(deps, token)) == (None, LinkOver())
    with deps.db.read() as tx:
        found = find_account(tx, ADDRESS)
    assert found is not None
    assert found.password_version == 1


def test_only_digests_of_links_are_stored(deps: Deps) -> None:
    account(deps)
    token = link(deps)

    assert token not in repr(rows(deps.db, "password_reset"))


def test_asking_too_often_is_held_back(deps: Deps) -> None:
    account(deps)
    assert [ask(deps, network=f"net {turn}") for turn in range(PER_ADDRESS + 1)] == [True] * (PER_ADDRESS + 1)
    assert counts(deps.db)["reset_request"] == PER_ADDRESS

    answers = [ask(deps, f"r{turn}@liju.example") for turn in range(PER_NETWORK + 1)]

    assert answers == [True] * PER_NETWORK + [False]


def test_link_is_used_by_one_of_four_at_once(deps: Deps) -> None:
    with_password(deps)
    token = link(deps)

    results = at_once(4, lambda turn: use(deps, token, f"{NEW} {turn}"))

    assert sum(isinstance(result, KnownDevice) for result in results) == 1


def test_two_links_of_one_account_at_once_set_one_password(deps: Deps, clock: Clock) -> None:
    with_password(deps)

    for turn in range(6):
        tokens = [link(deps), link(deps)]
        results = at_once(2, partial(_use_one_of, deps, tokens, turn))
        clock.move(days=1)  # so that as many letters may be asked for

        assert sorted(type(result).__name__ for result in results) == ["KnownDevice", "LinkOver"]


def _use_one_of(deps: Deps, tokens: list[str], turn: int, number: int) -> object:
    return use(deps, tokens[number], f"{NEW} {turn} {number}")


def test_request_of_an_hour_ago_is_answered_by_no_letter(deps: Deps, clock: Clock) -> None:
    account(deps)
    ask(deps)
    clock.move(hours=1)

    assert answer_reset_request(deps, now=deps.now())
    assert letters(deps) == []


def test_what_is_over_is_swept(deps: Deps, clock: Clock) -> None:
    with_password(deps)
    link(deps)
    enters(deps, PASSWORD)
    clock.at += timedelta(days=2)
    enters(deps, PASSWORD)
    clock.at += timedelta(days=2)

    sweep(deps, now=deps.now())

    assert [len(rows(deps.db, table)) for table in ("staff_session", "password_reset")] == [1, 0]
