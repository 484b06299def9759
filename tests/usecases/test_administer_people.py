"""Who has an account: what an administrator may change, and what nobody may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liju_contact.domain.errors import Forbidden
from liju_contact.domain.person import Person, Role
from liju_contact.store.staff import change_account
from liju_contact.usecases.administer_people import (
    Entry,
    Refusal,
    change_person,
    disable_person,
    enable_person,
    get_person,
    invite_again,
    invite_person,
    list_people,
)
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.limit_guesses import TooMany
from liju_contact.usecases.reset_password import LinkOwner, read_link
from liju_contact.usecases.sign_in import Wrong
from liju_contact.usecases.staff_session import SignedIn, begin_session, recognise
from tests.staff_desk import account
from tests.store.statements import listening
from tests.usecases.stories import at_once, rows

BOSS = Entry(name="Chen", role=Role.ADMINISTRATOR, product_lines=())
PASSWORD = "fresh green kettle"
AGENT = Entry(name="Chen", role=Role.AGENT, product_lines=("steam",))


def signed_in(deps: Deps, person: Person) -> SignedIn:
    """Return a session of somebody, whose password is ``PASSWORD``."""
    with deps.db.begin() as tx:
        change_account(tx, person.id, password_digest=deps.hasher.digest(PASSWORD))
        token = begin_session(deps, tx, person.id, browser="Test", network="127.0.0.0/24", now=deps.now())
    found = recognise(deps, token, now=deps.now())
    assert found is not None
    return found


def told(deps: Deps) -> list[tuple[object, object]]:
    """Return the kind and the recipient of each letter, oldest first."""
    kinds = {letter["id"]: letter["kind"] for letter in rows(deps.db, "letter")}
    return [(kinds[row["letter_id"]], row["recipient_address"]) for row in rows(deps.db, "delivery")]


def token_of(row: dict[str, object]) -> str:
    return str(row["text"]).partition("/staff/reset/")[2].split()[0]


def test_invited_person_gets_a_letter_with_a_link(deps: Deps) -> None:
    me = account(deps, role=Role.ADMINISTRATOR)

    id_ = invite_person(deps, signed_in(deps, me), "Chen@liju.example", AGENT, now=deps.now())
    again = invite_person(deps, signed_in(deps, me), "chen@LIJU.example", AGENT, now=deps.now())

    [letter] = rows(deps.db, "letter")
    assert again is Refusal.ADDRESS_TAKEN
    assert isinstance(id_, int)
    assert (letter["kind"], me.name in str(letter["text"])) == ("invitation", True)
    assert read_link(deps, token_of(letter), now=deps.now()) == LinkOwner(
        name="Chen", address="Chen@liju.example", is_new=True
    )
    assert invite_again(deps, me, id_, now=deps.now()) is None
    assert read_link(deps, token_of(letter), now=deps.now()) is None
    assert read_link(deps, token_of(rows(deps.db, "letter")[-1]), now=deps.now()) is not None


def test_nobody_changes_their_own_role_or_disables_themselves(deps: Deps) -> None:
    me = account(deps, role=Role.ADMINISTRATOR)
    account(deps, "other@liju.example", role=Role.ADMINISTRATOR)

    mine = signed_in(deps, me)
    assert change_person(deps, mine, me.id, AGENT, now=deps.now()) is Refusal.OWN_ROLE
    assert (
        change_person(deps, mine, me.id, replace(BOSS, product_lines=("steam",)), now=deps.now()) is Refusal.OWN_LINES
    )
    assert disable_person(deps, me, me.id, now=deps.now()) is Refusal.OWN_ROLE
    renamed = Entry(name="Li", role=Role.ADMINISTRATOR, product_lines=())
    assert change_person(deps, mine, me.id, renamed, now=deps.now()) is None
    assert get_person(deps, me.id).person.name == "Li"


def test_last_administrator_stays_one(deps: Deps) -> None:
    me = account(deps, role=Role.ADMINISTRATOR)
    account(deps, "agent@liju.example")

    assert disable_person(deps, None, me.id, now=deps.now()) is Refusal.LAST_ADMINISTRATOR

    other = account(deps, "other@liju.example", role=Role.ADMINISTRATOR)
    assert disable_person(deps, None, me.id, now=deps.now()) is None
    assert disable_person(deps, None, other.id, now=deps.now()) is Refusal.LAST_ADMINISTRATOR
    enable_person(deps, None, me.id)
    assert disable_person(deps, None, other.id, now=deps.now()) is None


def test_two_administrators_who_demote_each_other_leave_one(deps: Deps) -> None:
    people = [account(deps, f"a{turn}@liju.example", role=Role.ADMINISTRATOR) for turn in range(2)]

    sessions = [signed_in(deps, person) for person in people]

    def demote(turn: int) -> object:
        try:
            return change_person(deps, sessions[turn], people[1 - turn].id, AGENT, now=deps.now())
        except Forbidden:
            return Forbidden

    results = at_once(2, demote)

    assert {line.person.role for line in list_people(deps)} == {Role.ADMINISTRATOR, Role.AGENT}
    assert sorted(map(str, results)) == sorted(map(str, [None, Forbidden]))


def test_somebody_who_administers_no_more_is_refused(deps: Deps) -> None:
    me = account(deps, role=Role.ADMINISTRATOR)
    other = account(deps, "other@liju.example", role=Role.ADMINISTRATOR)
    mine = signed_in(deps, me)
    change_person(deps, signed_in(deps, other), me.id, AGENT, now=deps.now())

    with pytest.raises(Forbidden):
        invite_person(deps, mine, "chen@liju.example", AGENT, now=deps.now())


def test_an_administrator_is_made_with_a_password_and_the_others_hear_of_it(deps: Deps) -> None:
    me = signed_in(deps, account(deps, role=Role.ADMINISTRATOR))
    account(deps, "other@liju.example", role=Role.ADMINISTRATOR)
    gone = account(deps, "gone@liju.example", role=Role.ADMINISTRATOR)
    disable_person(deps, me.person, gone.id, now=deps.now())
    chen = account(deps, "chen@liju.example")

    for password in ("", "another green kettle"):
        assert invite_person(deps, me, "puppet@liju.example", BOSS, password=password, now=deps.now()) == Wrong()
        assert change_person(deps, me, chen.id, BOSS, password=password, now=deps.now()) == Wrong()
    unchanged = [line.person.role for line in list_people(deps)].count(Role.ADMINISTRATOR)
    assert change_person(deps, me, chen.id, BOSS, password=PASSWORD, now=deps.now()) is None
    assert isinstance(invite_person(deps, me, "wu@liju.example", BOSS, password=PASSWORD, now=deps.now()), int)
    assert change_person(deps, me, chen.id, replace(BOSS, name="Chen Jing"), now=deps.now()) is None

    assert unchanged == 3
    assert told(deps) == [
        ("administrator_added", "other@liju.example"),
        ("invitation", "wu@liju.example"),
        ("administrator_added", "chen@liju.example"),
        ("administrator_added", "other@liju.example"),
    ]


def test_passwords_for_a_new_administrator_are_not_guessed_without_end(deps: Deps) -> None:
    me = signed_in(deps, account(deps, role=Role.ADMINISTRATOR))

    tried = [invite_person(deps, me, "wu@liju.example", BOSS, password="guess", now=deps.now()) for _ in range(20)]

    assert isinstance(tried[-1], TooMany)
    assert isinstance(invite_person(deps, me, "wu@liju.example", BOSS, password=PASSWORD, now=deps.now()), TooMany)


def test_list_costs_one_query_however_many_there_are(deps: Deps) -> None:
    account(deps)
    with listening(deps.db) as for_one:
        list_people(deps)
    for turn in range(2):
        account(deps, f"p{turn}@liju.example")

    with listening(deps.db) as for_three:
        list_people(deps)

    assert (len(for_three), len(for_one)) == (1, 1)
