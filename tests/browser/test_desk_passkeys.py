"""Passkeys in a browser with a security key of its own (WebDriver's virtual authenticator), and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Route, expect
from sqlalchemy import text
from werkzeug.serving import make_server

from liju_contact.app import make_app
from liju_contact.config_desk import DeskSettings
from liju_contact.passkey_check import WebauthnCheck
from liju_contact.store.staff import find_account
from liju_contact.usecases.administer_people import disable_person
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.known_device import KnownDevice
from liju_contact.usecases.sign_in import Entered, StepOver, Visit, Wrong
from liju_contact.usecases.sign_in_by_passkey import sign_in_by_passkey
from tests.axe import violations
from tests.browser.conftest import free_port
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import at_the_desk
from tests.usecases.stories import rows
from tests.web.staff.door import ADDRESS, PASSWORD, with_password, with_second_factor

pytestmark = ONE_DATABASE
VISIT = Visit(browser="Test", network="10.0.0.0/24", device=KnownDevice())
_CREDENTIAL = re.compile(r'name="credential"\r\n\r\n(.*?)\r\n', re.DOTALL)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def deps(deps: Deps, port: int) -> Deps:
    base_url = f"http://localhost:{port}"
    web = replace(deps.settings.web, base_url=base_url)
    desk = DeskSettings(has_passkeys=True, providers=())
    settings = replace(deps.settings, web=web, desk=desk)
    deps = replace(deps, settings=settings, passkeys=WebauthnCheck.at(base_url, company="LIJU"))
    with_second_factor(deps, with_password(deps))
    return deps


@pytest.fixture
def page(deps: Deps, port: int, browser: Browser) -> Iterator[Page]:
    """A phone, at the sign-in page."""
    server = make_server("127.0.0.1", port, make_app(deps), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(
        base_url=f"http://localhost:{port}", viewport={"width": 390, "height": 844}, locale="en-GB"
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()
    server.shutdown()


@pytest.fixture
def security_key(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def at_account(deps: Deps, page: Page) -> None:
    """Sign in without the pages, and go to the account."""
    with deps.db.read() as tx:
        account = find_account(tx, ADDRESS)
    assert account
    token = at_the_desk(deps, make_app(deps).test_client(), account.person).token
    page.context.add_cookies(
        [{"name": "liju-staff", "value": token, "url": deps.settings.web.base_url, "httpOnly": True}]
    )
    page.goto("/staff/account")


def add_passkey(page: Page, label: str = "Work laptop") -> None:
    page.get_by_label("Name of the new passkey").fill(label)
    page.get_by_role("button", name="Add a passkey").click()


def sign_in(page: Page) -> None:
    page.goto("/staff/sign-in?back=/staff/account")
    page.get_by_role("button", name="Sign in with a passkey").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out here").click()
    expect(page.get_by_role("heading", name="Sign in to the staff desk")).to_be_visible()


def caught_answer(page: Page) -> str:
    """Sign in, and keep what the browser would have sent from arriving."""
    caught: list[str] = []

    def catch(route: Route) -> None:
        caught.append(route.request.post_data or "")
        route.fulfill(body="caught", content_type="text/plain")

    page.route("**/staff/sign-in/passkey?*", catch)
    sign_in(page)
    expect(page.locator("body")).to_have_text("caught")
    page.unroute("**/staff/sign-in/passkey?*")
    found = _CREDENTIAL.search(caught[0])
    assert found
    return found[1]


@pytest.mark.usefixtures("security_key")
def test_a_passkey_signs_in_without_password_and_code_until_it_is_removed(deps: Deps, page: Page) -> None:
    at_account(deps, page)
    add_passkey(page)
    expect(page.locator(".said")).to_contain_text("Your passkey is added.")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page) == []
    sign_out(page)
    sign_in(page)

    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.locator("#passkeys li")).to_contain_text("Work laptop")
    expect(page.locator("#passkeys li")).to_contain_text("last used")
    assert rows(deps.db, "passkey")[0]["sign_count"] > 0
    assert [row["kind"] for row in rows(deps.db, "letter")] == ["passkey_added"]
    page.get_by_role("button", name="Remove the passkey Work laptop").click()
    expect(page.locator(".said")).to_contain_text("The passkey is removed here.")
    sign_out(page)
    sign_in(page)

    expect(page.locator("#summary")).to_contain_text("This passkey opens no account here.")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page) == []
    assert rows(deps.db, "passkey") == []


@pytest.mark.usefixtures("security_key")
def test_an_answer_is_good_once_soon_and_for_an_active_account(deps: Deps, page: Page, clock: Clock) -> None:
    at_account(deps, page)
    add_passkey(page)
    expect(page.locator(".said")).to_be_visible()
    page.context.clear_cookies()
    first, second = caught_answer(page), caught_answer(page)
    asked = deps.now()
    clock.move(minutes=5)

    late = sign_in_by_passkey(deps, first, visit=VISIT, now=deps.now())
    right = sign_in_by_passkey(deps, first, visit=VISIT, now=asked)
    replayed = sign_in_by_passkey(deps, first, visit=VISIT, now=asked)
    disable_person(deps, None, rows(deps.db, "staff")[0]["id"], now=deps.now())
    disabled = sign_in_by_passkey(deps, second, visit=VISIT, now=asked)

    assert isinstance(right, Entered)
    assert [late, replayed, disabled] == [StepOver(), StepOver(), Wrong()]


@pytest.mark.usefixtures("security_key")
def test_a_passkey_whose_count_stands_behind_is_taken_for_a_copy(deps: Deps, page: Page) -> None:
    at_account(deps, page)
    add_passkey(page)
    expect(page.locator(".said")).to_be_visible()
    page.context.clear_cookies()
    answer = caught_answer(page)
    with deps.db.begin() as tx:
        tx.execute(text("UPDATE passkey SET sign_count = 1000"))

    assert sign_in_by_passkey(deps, answer, visit=VISIT, now=deps.now()) == Wrong()


@pytest.mark.usefixtures("security_key")
def test_an_older_session_adds_one_with_the_password_only(deps: Deps, page: Page, clock: Clock) -> None:
    at_account(deps, page)
    clock.move(minutes=11)
    page.reload()
    field = page.locator("#passkey-password")
    field.fill("not the password")
    add_passkey(page, "Kept words")
    expect(page.locator("#summary")).to_contain_text("This is not your present password.")
    expect(page.get_by_label("Name of the new passkey")).to_have_value("Kept words")
    assert rows(deps.db, "passkey") == []
    assert violations(page) == []

    field.fill(PASSWORD)
    add_passkey(page)

    expect(page.locator(".said")).to_contain_text("Your passkey is added.")
    assert [row["label"] for row in rows(deps.db, "passkey")] == ["Work laptop"]


@pytest.mark.usefixtures("security_key")
def test_a_page_of_another_origin_gets_no_answer_taken(deps: Deps, page: Page) -> None:
    at_account(deps, page)
    add_passkey(page)
    expect(page.locator(".said")).to_be_visible()
    page.context.clear_cookies()
    answer = caught_answer(page)
    elsewhere = WebauthnCheck.at("http://localhost:1", company="LIJU")

    refused = sign_in_by_passkey(replace(deps, passkeys=elsewhere), answer, visit=VISIT, now=deps.now())

    assert refused == Wrong()


@pytest.mark.usefixtures("security_key")
def test_signing_in_and_out_is_no_trouble_for_a_browser_that_moves_pages(deps: Deps, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.emulate_media(reduced_motion="no-preference")
    at_account(deps, page)
    add_passkey(page)
    expect(page.locator(".said")).to_be_visible()
    sign_out(page)
    sign_in(page)
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    sign_out(page)

    assert errors == []
