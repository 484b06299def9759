"""Who has an account: what an administrator may change, and what nobody may."""

from __future__ import annotations

import pytest

from liju_contact.domain.errors import Forbidden
from liju_contact.domain.person import Role
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
from liju_contact.usecases.reset_password import LinkOwner, read_link
from tests.staff_desk import account
from tests.store.statements import listening
from tests.usecases.stories import at_once, rows

AGENT = Entry(name="Chen", role=Role.AGENT, product_lines=("steam",))


def token_of(row: dict[str, object]) -> str:
    return str(row["text"]).partition("/staff/reset/")[2].split()[0]


def test_invited_person_gets_a_letter_with_a_link(deps: Deps) -> None:
    me = account(deps, role=Role.ADMINISTRATOR)

    id_ = invite_person(deps, me, "Chen@liju.example", AGENT, now=deps.now())
    again = invite_person(deps, me, "chen@LIJU.example", AGENT, now=deps.now())

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

    assert change_person(deps, me, me.id, AGENT) is Refusal.OWN_ROLE
    assert disable_person(deps, me, me.id, now=deps.now()) is Refusal.OWN_ROLE
    renamed = Entry(name="Li", role=Role.ADMINISTRATOR, product_lines=())
    assert change_person(deps, me, me.id, renamed) is None
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

    def demote(turn: int) -> object:
        try:
            return change_person(deps, people[turn], people[1 - turn].id, AGENT)
        except Forbidden:
            return Forbidden

    results = at_once(2, demote)

    assert {line.person.role for line in list_people(deps)} == {Role.ADMINISTRATOR, Role.AGENT}
    assert sorted(map(str, results)) == sorted(map(str, [None, Forbidden]))


def test_somebody_who_administers_no_more_is_refused(deps: Deps) -> None:
    me = account(deps, role=Role.ADMINISTRATOR)
    other = account(deps, "other@liju.example", role=Role.ADMINISTRATOR)
    change_person(deps, other, me.id, AGENT)

    with pytest.raises(Forbidden):
        invite_person(deps, me, "chen@liju.example", AGENT, now=deps.now())


def test_list_costs_one_query_however_many_there_are(deps: Deps) -> None:
    account(deps)
    with listening(deps.db) as for_one:
        list_people(deps)
    for turn in range(2):
        account(deps, f"p{turn}@liju.example")

    with listening(deps.db) as for_three:
        list_people(deps)

    assert (len(for_three), len(for_one)) == (1, 1)
