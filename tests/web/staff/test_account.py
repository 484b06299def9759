"""The page of one's own account, and that of people, as somebody uses them in a browser."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.person import Person, Role
from liju_contact.domain.totp import code_at, time_step
from liju_contact.usecases.administer_people import get_person
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.limit_guesses import PER_DEVICE
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import AtTheDesk, account, at_the_desk
from tests.store.statements import listening
from tests.usecases.stories import rows
from tests.web.staff.door import ADDRESS, PASSWORD, code_for, sign_in, with_password, with_second_factor

NEW = "eighteen green kettles"
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


@pytest.fixture
def me(deps: Deps, client: FlaskClient) -> AtTheDesk:
    return at_the_desk(deps, client, with_password(deps))


def another(deps: Deps, me: AtTheDesk) -> AtTheDesk:
    return at_the_desk(deps, me.client.application.test_client(), me.person)


def is_in(browser: AtTheDesk) -> bool:
    return ADDRESS in browser.get("/staff/account").text


def test_name_and_language_are_kept(me: AtTheDesk, deps: Deps) -> None:
    kept = me.post("/staff/account", {"name": f" {HOSTILE}\n", "language": "zh_Hans"})
    page = me.get(kept.location)

    assert (kept.status_code, rows(deps.db, "staff")[0]["name"]) == (303, HOSTILE)
    assert 'lang="zh-Hans"' in page.text
    assert HOSTILE not in page.text
    me.post("/staff/account", {"name": "Li", "language": "xx"})
    assert rows(deps.db, "staff")[0]["language"] is None


def test_new_password_asks_for_the_old_one_and_ends_other_sessions(me: AtTheDesk, deps: Deps) -> None:
    other = another(deps, me)
    typed = {"password": PASSWORD, "password_new": NEW, "password_again": NEW}
    refused = [
        me.post("/staff/account/password", {**typed, **wrong}).status_code
        for wrong in (
            {"password": "wrong"},
            {"password_again": "x"},
            {"password_new": "short", "password_again": "short"},
        )
    ]
    assert (refused, is_in(other)) == ([422, 422, 422], True)

    done = me.post("/staff/account/password", typed)

    assert (done.status_code, is_in(me), is_in(other)) == (303, True, False)
    assert [row["kind"] for row in rows(deps.db, "letter")] == ["password_changed"]
    assert sign_in(other.client).status_code == 422
    assert sign_in(other.client, password=NEW).status_code == 303


@ONE_DATABASE
def test_whoever_finds_a_screen_unlocked_guesses_no_password(me: AtTheDesk) -> None:
    typed = {"password": "wrong", "password_new": NEW, "password_again": NEW}

    statuses = [me.post("/staff/account/password", typed).status_code for _ in range(PER_DEVICE + 1)]
    right = me.post("/staff/account/password", {**typed, "password": PASSWORD})

    assert statuses == [422] * PER_DEVICE + [429]
    assert (right.status_code, "Retry-After" in right.headers) == (429, True)


def test_second_factor_is_set_up_renewed_and_switched_off(me: AtTheDesk, deps: Deps, clock: Clock) -> None:
    begun = me.post("/staff/account/second-factor/begin")
    page, picture = me.get(begun.location).text, me.get("/staff/account/second-factor/picture.svg")
    secret = deps.keys.totp_secret(me.person.id, 2)
    code = code_at(secret, time_step(deps.now()))
    wrong = [
        me.post("/staff/account/second-factor", {"password": password, "code": typed}).status_code
        for password, typed in ((PASSWORD, "000000"), ("wrong", code))
    ]
    elsewhere = at_the_desk(deps, me.client.application.test_client(), me.person)
    on = me.post("/staff/account/second-factor", {"password": PASSWORD, "code": code})
    assert ("Sign in to" in elsewhere.get("/staff/account").text, me.get("/staff/account").status_code) == (True, 200)
    codes = re.findall(r"<code>(\S+)</code>", on.text)

    assert wrong == [422, 422]
    assert (picture.mimetype, b"<svg" in picture.data) == ("image/svg+xml", True)
    assert 'src="/staff/account/second-factor/picture.svg"' in page
    assert len(set(codes)) == 10
    assert not any(code in me.get("/staff/account").text for code in codes)
    assert me.get("/staff/account/second-factor/picture.svg").status_code == 404
    renewed = me.post("/staff/account/second-factor/codes", {"password": PASSWORD}).text
    assert set(re.findall(r"<code>(\S+)</code>", renewed)) & set(codes) == set()
    assert me.post("/staff/account/second-factor/off", {"password": "wrong"}).status_code == 422
    assert me.post("/staff/account/second-factor/off", {"password": PASSWORD}).status_code == 303
    assert [row["kind"] for row in rows(deps.db, "letter")] == ["second_factor_off"]
    assert rows(deps.db, "recovery_code") == []
    assert sign_in(me.client).status_code == 303
    clock.move(seconds=60)
    assert deps.keys.totp_secret(me.person.id, rows(deps.db, "staff")[0]["totp_version"]) != secret


def test_devices_are_listed_in_words_and_ended(me: AtTheDesk, deps: Deps) -> None:
    sessions = [another(deps, me) for _ in range(3)]
    first, second, third = sessions
    page = me.get("/staff/account").text
    assert page.count("/end") == 3
    assert "127.0.0.0/24" in page

    ends = re.findall(r'action="(/staff/account/sessions/\d+/end)"', page)
    me.post(ends[0])
    assert [is_in(browser) for browser in sessions].count(False) == 1
    stranger = at_the_desk(deps, me.client.application.test_client(), account(deps, "other@liju.example"))
    stranger.post(ends[1])
    assert [is_in(browser) for browser in sessions].count(False) == 1
    ended = me.post("/staff/account/sign-out-elsewhere")
    assert [is_in(browser) for browser in (first, second, third, me)] == [False, False, False, True]

    left = me.post("/staff/sign-out")

    assert (left.status_code, left.location) == (303, "/staff/sign-in?said=signed-out")
    assert [answer.headers["Clear-Site-Data"] for answer in (ended, left)] == ['"cache"'] * 2
    me.client.set_cookie("liju-staff", me.token)
    assert not is_in(me)


@ONE_DATABASE
def test_page_costs_as_many_queries_with_three_devices_as_with_one(me: AtTheDesk, deps: Deps) -> None:
    me.get("/staff/account")
    with listening(deps.db) as for_one:
        me.get("/staff/account")
    for _ in range(2):
        another(deps, me)
    with listening(deps.db) as for_three:
        me.get("/staff/account")

    assert len(for_three) == len(for_one)


def test_the_language_in_the_bar_is_kept_and_leads_to_the_same_page(me: AtTheDesk, deps: Deps) -> None:
    page = me.get("/staff?view=closed&tag=a%26b&lang=zh-Hans").text
    back = re.search(r'name="back" value="([^"]+)"', page)
    assert back is not None

    kept = me.post("/staff/account/language", {"language": "zh_Hans", "back": unescape(back[1])})
    elsewhere = me.post("/staff/account/language", {"language": "zh_Hans", "back": "https://evil.example/"})
    unknown = me.post("/staff/account/language", {"language": "xx", "back": "/staff"})

    assert [answer.location for answer in (kept, elsewhere, unknown)] == [
        "/staff?view=closed&tag=a%26b",
        "/staff",
        "/staff",
    ]
    assert rows(deps.db, "staff")[0]["language"] == "zh_Hans"
    assert 'lang="zh-Hans"' in me.get("/staff").text


@ONE_DATABASE
def test_code_of_one_sitting_is_not_good_at_the_door(me: AtTheDesk, deps: Deps) -> None:
    with_second_factor(deps, me.person)

    assert code_for(deps, me.person, version=1) != code_for(deps, me.person)


def test_people_are_invited_changed_and_switched_off(deps: Deps, client: FlaskClient) -> None:
    boss = at_the_desk(deps, client, role=Role.ADMINISTRATOR, address="boss@liju.example", name="Boss")
    typed = {"address": "chen@liju.example", "name": HOSTILE, "role": "agent", "product_line": ["steam", "nonsense"]}

    bad = boss.post("/staff/people", {**typed, "address": "chen@"})
    taken = boss.post("/staff/people", {**typed, "address": "BOSS@liju.example"})
    invited = boss.post("/staff/people", typed)
    listed = boss.get("/staff/people").text
    chen = int(rows(deps.db, "staff")[-1]["id"])

    assert [bad.status_code, taken.status_code, invited.status_code] == [422, 422, 303]
    assert 'value="chen@"' in bad.text
    assert 'value="steam" checked' in bad.text
    assert HOSTILE not in listed
    assert rows(deps.db, "staff")[-1]["product_lines"] == ["steam"]
    other = at_the_desk(deps, client.application.test_client(), account_of(deps, chen))
    assert other.get("/staff/account").status_code == 200
    assert boss.post(f"/staff/people/{chen}", {"name": "Chen", "role": "reader"}).status_code == 303
    assert other.post("/staff/people", typed).status_code == 403
    assert boss.post(f"/staff/people/{chen}/disable").status_code == 303
    assert "Sign in to" in other.get("/staff/account").text
    assert boss.post(f"/staff/people/{chen}/invite").status_code == 422
    assert boss.post(f"/staff/people/{chen}/enable").status_code == 303
    me = boss.person.id
    assert boss.post(f"/staff/people/{me}", {"name": "Boss", "role": "agent"}).status_code == 422
    assert boss.post(f"/staff/people/{me}/disable").status_code == 422
    made = boss.post(f"/staff/people/{chen}", {"name": "Chen", "role": "administrator"})
    assert (made.status_code, 'aria-describedby="password-error"' in made.text) == (422, True)
    invited = boss.post("/staff/people", {**typed, "address": "wu@liju.example", "role": "administrator"})
    assert (invited.status_code, 'href="#password"' in invited.text) == (422, True)
    renamed = boss.post(f"/staff/people/{me}", {"name": "Li", "role": "administrator", "product_line": ["steam"]})
    assert (renamed.status_code, account_of(deps, me).product_lines) == (303, frozenset())


def account_of(deps: Deps, staff_id: int) -> Person:
    return get_person(deps, staff_id).person
