"""Signing in: each step, what is kept over it, what is held back, and that nobody learns who has an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.person import Action, Person
from liju_contact.hasher import Argon2Hasher
from liju_contact.store.database import Database
from liju_contact.store.staff import change_account, find_account
from liju_contact.usecases.administer_people import disable_person
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.limit_guesses import PER_ACCOUNT, PER_ACCOUNT_AND_NETWORK, PER_DEVICE
from liju_contact.usecases.open_account import give_password, open_demo_account
from liju_contact.web.staff.desk import desk_blueprint, needs
from liju_contact.web.staff.resume import HOME, safe_path
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import account, at_the_desk
from tests.usecases.stories import rows
from tests.usecases.stories import submit as submit_inquiry
from tests.web.staff.door import (
    ADDRESS,
    PASSWORD,
    action,
    code_for,
    hidden,
    sign_in,
    submit,
    with_password,
    with_second_factor,
)

ANSWER = 'Dear Ana,\r\n\r\n  1. "nine" weeks & <b>no</b> more\r\n'
Browse = Callable[..., FlaskClient]


@pytest.fixture
def app(deps: Deps) -> Flask:
    return make_app(deps)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def browse(app: Flask) -> Browse:
    """Return a way to get one more browser, in a network of its own."""

    def new(network: int = 1) -> FlaskClient:
        browser = app.test_client()
        browser.environ_base["REMOTE_ADDR"] = f"10.0.{network}.7"
        return browser

    return new


@pytest.fixture
def arrived(app: Flask) -> list[dict[str, str]]:
    """A page of the desk that takes answers, and what has arrived at it."""
    found: list[dict[str, str]] = []
    bp = desk_blueprint("probe", __name__)

    @bp.post("/probe")
    @needs(Action.ANSWER)
    def take() -> str:
        found.append(request.form.to_dict())
        return "taken"

    app.register_blueprint(bp)
    return found


def count_verifications(deps: Deps) -> tuple[Deps, list[str]]:
    """Return the same parts with a hasher that notes each digest it looks at."""
    seen: list[str] = []

    class Noting(Argon2Hasher):
        def verify(self, digest: str, password: str) -> bool:
            seen.append(digest)
            return super().verify(digest, password)

    return replace(deps, hasher=Noting(memory_kib=8, passes=1)), seen


def test_password_begins_a_new_session_and_leads_where_somebody_wanted_to_go(client: FlaskClient, deps: Deps) -> None:
    with_password(deps)
    asked = client.get("/staff/account?x=1")

    first = submit(client, asked, address=ADDRESS.upper(), password=PASSWORD)
    second = sign_in(client)

    assert (asked.status_code, first.status_code, first.location) == (200, 303, "/staff/account?x=1")
    assert second.location == HOME
    assert client.get("/staff/account").status_code == 200
    assert first.headers.getlist("Set-Cookie") != second.headers.getlist("Set-Cookie")
    assert ADDRESS in client.get("/staff/account").text


@ONE_DATABASE
def test_browser_in_which_somebody_was_signed_in_keeps_nothing_of_theirs(client: FlaskClient, deps: Deps) -> None:
    with_password(deps)
    pages = [client.get("/staff/sign-in") for _tab in range(2)]

    answers = [submit(client, page, address=ADDRESS, password=PASSWORD) for page in pages]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert [answer.headers.get("Clear-Site-Data") for answer in answers] == [None, '"cache"']


@ONE_DATABASE
def test_cookies_are_read_by_no_script_and_over_https_by_this_host_alone(deps: Deps) -> None:
    with_password(deps)
    web = replace(deps.settings.web, base_url="https://contact.liju.example")
    for settings, prefix in ((deps.settings, ""), (replace(deps.settings, web=web), "__Host-")):
        cookies = sign_in(make_app(replace(deps, settings=settings)).test_client()).headers.getlist("Set-Cookie")

        assert [cookie.split("=")[0] for cookie in cookies] == [f"{prefix}liju-staff", f"{prefix}liju-device"]
        for cookie in cookies:
            attributes = set(cookie.split("; ")[1:])
            assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= attributes
            assert ("Secure" in attributes) is bool(prefix)
            assert not any(attribute.startswith("Domain") for attribute in attributes)


def test_unknown_disabled_passwordless_and_wrong_are_answered_alike(deps: Deps) -> None:
    counting, seen = count_verifications(deps)
    client = make_app(counting).test_client()
    with_password(counting)
    account(counting, "none@liju.example")
    gone = with_password(counting, address="gone@liju.example")
    disable_person(counting, None, gone.id, now=counting.now())

    answers = []
    for who in (ADDRESS, "none@liju.example", gone.address, "nobody@liju.example"):
        password = PASSWORD if who == gone.address else "wrong and long enough"
        page = sign_in(client, address=who, password=password)
        answers.append((page.status_code, page.text.replace(who, "").replace(hidden(page.text)["token"], "")))

    assert len(seen) == 4
    assert seen[1:] == [counting.hasher.digest_of_nobody] * 3
    assert {status for status, _ in answers} == {422}
    assert len({page for _, page in answers}) == 1
    assert rows(deps.db, "staff_session") == []


@ONE_DATABASE
def test_digest_of_older_parameters_is_made_anew(deps: Deps) -> None:
    with_password(replace(deps, hasher=Argon2Hasher(memory_kib=16, passes=2)))

    sign_in(make_app(deps).test_client())

    [row] = rows(deps.db, "staff")
    assert "$m=8,t=1,p=1$" in row["password_digest"]
    assert deps.hasher.verify(row["password_digest"], PASSWORD)


def test_one_time_password_is_replaced_at_the_first_sign_in(client: FlaskClient, deps: Deps) -> None:
    account(deps)
    given = give_password(deps, ADDRESS, now=deps.now())

    asked = sign_in(client, password=given.password)
    weak = submit(client, asked, password_new="Li Wei 2026 !", password_again="Li Wei 2026 !")
    same = submit(client, weak, password_new=given.password, password_again=given.password)
    differing = submit(client, same, password_new=PASSWORD, password_again="another one")
    entered = submit(client, differing, password_new=PASSWORD, password_again=PASSWORD)

    assert [page.status_code for page in (asked, weak, same, differing, entered)] == [200, 422, 422, 422, 303]
    assert client.get("/staff/account").status_code == 200
    assert (
        submit(client, asked, password_new="other blue kettles", password_again="other blue kettles").status_code == 422
    )
    assert sign_in(client, password=given.password).status_code == 422
    assert sign_in(client).status_code == 303


def test_second_factor_is_asked_for_and_each_code_works_once(client: FlaskClient, deps: Deps, clock: Clock) -> None:
    person = with_password(deps)
    with_second_factor(deps, person)

    asked = sign_in(client)
    wrong = submit(client, asked, code="000000")
    entered = submit(client, wrong, code=code_for(deps, person))
    again = submit(client, sign_in(client), code=code_for(deps, person))
    clock.move(seconds=30)

    assert [page.status_code for page in (asked, wrong, entered, again)] == [200, 422, 303, 422]
    assert submit(client, again, code=code_for(deps, person)).status_code == 303


def test_recovery_code_stands_in_once(client: FlaskClient, deps: Deps) -> None:
    person = with_password(deps)
    code, other = with_second_factor(deps, person).codes[:2]

    assert submit(client, sign_in(client), code=code.upper()).status_code == 303
    assert submit(client, sign_in(client), code=code).status_code == 422
    assert submit(client, sign_in(client), code=other).status_code == 303
    assert len(rows(deps.db, "recovery_code")) == 8
    assert not any(code in repr(row) for row in rows(deps.db, "recovery_code"))


@pytest.mark.parametrize("happens", ["ten minutes", "a new password", "disabled", "another's token"])
def test_step_of_a_sign_in_ends(client: FlaskClient, deps: Deps, clock: Clock, happens: str) -> None:
    person = with_password(deps)
    with_second_factor(deps, person)
    asked = sign_in(client)
    page = asked.text
    match happens:
        case "ten minutes":
            clock.move(minutes=10)
        case "a new password":
            give_password(deps, ADDRESS, now=deps.now())
        case "disabled":
            disable_person(deps, None, person.id, now=deps.now())
        case _:
            page = page.replace(f"code.{person.id}.", f"code.{person.id + 1}.")

    over = submit(client, page, code=code_for(deps, person))

    assert (over.status_code, action(over.text).partition("?")[0]) == (422, "/staff/sign-in")
    assert rows(deps.db, "staff_session") == []


@ONE_DATABASE
@pytest.mark.parametrize("has_factor", [False, True])
def test_answer_of_an_expired_session_arrives_exactly_once(
    client: FlaskClient, deps: Deps, clock: Clock, arrived: list[dict[str, str]], *, has_factor: bool
) -> None:
    person = with_password(deps)
    if has_factor:
        with_second_factor(deps, person)
    desk = at_the_desk(deps, client, person)
    clock.move(days=4)
    fields = {"body": ANSWER, "token": "t-1", "empty": "", "version": "7"}

    asked = desk.post("/staff/probe?to=all", fields)
    wrong = submit(client, asked, address=ADDRESS, password="not this one")
    page = submit(client, wrong, address=ADDRESS, password=PASSWORD)
    if has_factor:
        page = submit(client, page, code="000000")
        page = submit(client, page, code=code_for(deps, person))
    assert arrived == []
    sent = submit(client, page)

    assert (asked.status_code, wrong.status_code, page.status_code, sent.text) == (401, 422, 200, "taken")
    assert "You are signed in" in page.text
    csrf = arrived[0].pop("csrf")
    assert csrf != desk.csrf
    assert arrived == [fields]
    assert action(page.text) == "/staff/probe?to=all"
    assert PASSWORD not in wrong.text + page.text


@ONE_DATABASE
def test_answer_to_a_customer_outlives_its_session_and_is_sent_once(
    client: FlaskClient, deps: Deps, clock: Clock
) -> None:
    desk = at_the_desk(deps, client, with_password(deps))
    path = f"/staff/inquiry/{submit_inquiry(deps).reference}"
    page = desk.get(path).text
    form = page[page.index(f'action="{path}/answer') - 200 :]
    fields = hidden(form) | {"body": ANSWER}
    clock.move(days=4)
    asked = desk.post(f"{path}/answer", {**fields, "csrf": desk.csrf})
    ready = submit(client, asked, address=ADDRESS, password=PASSWORD)

    sent = [submit(client, ready).status_code for _ in range(2)]

    assert (asked.status_code, ready.status_code, sent) == (401, 200, [303, 303])
    messages = [row["body"] for row in rows(deps.db, "message") if row["author"] == "staff"]
    assert messages == [ANSWER.replace("\r\n", "\n").rstrip()]


@ONE_DATABASE
def test_files_of_an_expired_session_are_kept(
    client: FlaskClient, deps: Deps, clock: Clock, arrived: list[dict[str, str]]
) -> None:
    import io  # noqa: PLC0415  # the only test that uploads

    desk = at_the_desk(deps, client, with_password(deps))
    clock.move(days=4)
    file = (io.BytesIO(b"%PDF-1.7\n" + b"x" * 100 + b"\n%%EOF"), "plan.pdf")

    asked = desk.post("/staff/probe", {"body": "See the plan.", "files": file}, content_type="multipart/form-data")
    submit(client, submit(client, asked, address=ADDRESS, password=PASSWORD))

    assert len(rows(deps.db, "blob")) == 1
    assert set(arrived[0]) == {"body", "kept_file", "csrf"}


@ONE_DATABASE
def test_form_of_an_earlier_session_is_refused_and_kept(
    client: FlaskClient, deps: Deps, arrived: list[dict[str, str]]
) -> None:
    desk = at_the_desk(deps, client, with_password(deps))
    sign_in(client)

    refused = desk.post("/staff/probe", {"body": ANSWER})

    assert (refused.status_code, arrived) == (403, [])
    submit(client, refused)
    assert arrived[0]["body"] == ANSWER


@ONE_DATABASE
def test_form_of_another_site_is_neither_carried_nor_signed_in(client: FlaskClient, deps: Deps) -> None:
    with_password(deps)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    page = client.get("/staff/sign-in").text
    fields = {**hidden(page), "address": ADDRESS, "password": PASSWORD}

    assert client.post("/staff/account", data={"name": "Evil"}, headers=foreign).status_code == 403
    assert client.post("/staff/sign-in", data=fields, headers=foreign).status_code == 403
    assert client.post("/staff/sign-in", data=fields, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/staff/sign-in", data={**fields, "token": "x"}).status_code == 422
    assert rows(deps.db, "staff_session") == []


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/staff", "/staff"),
        ("/staff?view=mine&q=%E8%92%B8", "/staff?view=mine&q=%E8%92%B8"),
        ("/staff/inquiry/LJ-7K3F-9Q2X", "/staff/inquiry/LJ-7K3F-9Q2X"),
        ("//evil.example/staff", HOME),
        ("https://evil.example/staff", HOME),
        ("/staff\\@evil.example", HOME),
        ("/staffing", HOME),
        ("/staff/\nx", HOME),
        ("/staff/sign-in", HOME),
        ("/staff/sign-out", HOME),
        ("javascript:alert(1)", HOME),
        ("", HOME),
    ],
)
def test_sign_in_leads_to_the_desk_alone(typed: str, path: str) -> None:
    assert safe_path(typed) == path


def test_guessing_from_one_network_stops_and_its_owner_gets_in(deps: Deps, browse: Browse, clock: Clock) -> None:
    with_password(deps)
    mine, attacker = browse(1), browse(2)
    assert sign_in(mine).status_code == 303

    statuses = [sign_in(attacker, password="a wrong one").status_code for _ in range(PER_ACCOUNT_AND_NETWORK + 1)]
    stopped = sign_in(attacker)

    assert statuses == [422] * PER_ACCOUNT_AND_NETWORK + [429]
    assert (stopped.status_code, 0 < int(stopped.headers["Retry-After"]) <= 900) == (429, True)
    assert f'value="{ADDRESS}"' in stopped.text
    assert PASSWORD not in stopped.text
    assert sign_in(browse(2)).status_code == 429
    assert sign_in(mine).status_code == 303
    assert sign_in(browse(3)).status_code == 303
    clock.move(minutes=15)
    assert sign_in(browse(2)).status_code == 303


@ONE_DATABASE
def test_guessing_from_many_networks_does_not_lock_a_known_browser_out(deps: Deps, browse: Browse) -> None:
    person = with_password(deps)
    mine = browse(1)
    sign_in(mine)
    statuses = {sign_in(browse(2 + turn // 8), password="a wrong one").status_code for turn in range(PER_ACCOUNT - 1)}

    assert statuses == {422}
    assert sign_in(browse(90)).status_code == 429
    assert sign_in(browse(91), address="nobody@liju.example").status_code == 422
    assert sign_in(mine).status_code == 303
    assert [sign_in(mine, password="wrong").status_code for _ in range(PER_DEVICE)][-1] == 429
    _forge_device(mine, person)
    assert sign_in(mine).status_code == 429


def _forge_device(client: FlaskClient, person: Person) -> None:
    client.set_cookie("liju-device", f"{'0' * 32}.{person.id:034x}")


def test_guessing_codes_stops(client: FlaskClient, deps: Deps) -> None:
    person = with_password(deps)
    with_second_factor(deps, person)
    page = sign_in(client)

    statuses = [submit(client, page, code="000000").status_code for _ in range(PER_ACCOUNT_AND_NETWORK + 1)]

    assert statuses[-2:] == [422, 429]
    assert submit(client, page, code=code_for(deps, person)).status_code == 429


@ONE_DATABASE
def test_busy_database_brings_the_form_back(deps: Deps) -> None:
    with_password(deps)
    impatient = replace(deps, db=Database(deps.db.url, busy_seconds=0.05))
    client = make_app(impatient).test_client()
    page = client.get("/staff/sign-in")

    with deps.db.begin():
        answer = submit(client, page, address=ADDRESS, password=PASSWORD)
    impatient.db.close()

    assert (answer.status_code, f'value="{ADDRESS}"' in answer.text) == (503, True)


def test_demo_account_is_opened_once_and_never_beside_a_mail_server(deps: Deps) -> None:
    mail = replace(deps.settings.mail, host="smtp.liju.example")
    real = replace(deps, settings=replace(deps.settings, mail=mail))

    refused = open_demo_account(real, now=deps.now())
    opened = open_demo_account(deps, now=deps.now())
    again = open_demo_account(deps, now=deps.now())

    assert (refused, again) == (None, None)
    assert opened is not None
    with deps.db.read() as tx:
        found = find_account(tx, opened.address)
    assert found is not None
    assert (found.person.address, found.person.name, found.person.role) == (
        "sales@liju.example",
        "Boiler sales",
        "administrator",
    )
    assert found.password_is_temporary
    assert deps.hasher.verify(found.password_digest or "", opened.password)


def test_disabling_and_a_new_password_end_every_session_at_once(deps: Deps, browse: Browse) -> None:
    person = with_password(deps)
    browsers = [browse(1), browse(2)]
    for ends in ("disabling", "password"):
        for browser in browsers:
            assert sign_in(browser).status_code == 303
            assert ADDRESS in browser.get("/staff/account").text
        if ends == "disabling":
            disable_person(deps, None, person.id, now=deps.now())
        else:
            give_password(deps, ADDRESS, password="eighteen blue kettles", now=deps.now())

        assert ["Sign in to" in browser.get("/staff/account").text for browser in browsers] == [True, True]
        with deps.db.begin() as tx:
            change_account(tx, person.id, disabled_at=None)
