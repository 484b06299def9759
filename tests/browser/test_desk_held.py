"""Held mail in a browser: axe finds nothing, a phone need not scroll sideways, and a decision is one click."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from liju_contact.app import make_app
from liju_contact.usecases.deps import Deps
from tests.axe import violations
from tests.conftest import ONE_DATABASE
from tests.staff_desk import COOKIE, at_the_desk
from tests.usecases.carried import carry_all
from tests.usecases.mails import entry, with_staff
from tests.usecases.stories import submit
from tests.web.staff.test_held import held

pytestmark = ONE_DATABASE


@pytest.fixture
def office(deps: Deps) -> Deps:
    deps = with_staff(deps)
    submit(deps)
    carry_all(deps)
    return deps


@pytest.fixture
def page(office: Deps, browser: Browser) -> Iterator[Page]:
    """A phone on which Li Wei is signed in."""
    app = make_app(office)
    token = at_the_desk(office, app.test_client()).token
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.port}"
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844}, locale="en-GB")
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    yield context.new_page()
    context.close()
    server.shutdown()


def assert_fit(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page) == []


def test_mail_is_read_and_decided_about_on_a_phone(office: Deps, page: Page) -> None:
    waiting = held(office)
    page.goto("/staff/held")
    assert_fit(page)
    page.locator("article .subject a").click()
    expect(page.locator(".text")).to_contain_text("I take over.")
    assert_fit(page)
    page.get_by_text("Put into another inquiry").click()
    page.get_by_role("button", name="Put it there").click()
    expect(page.locator("#summary")).to_be_focused()
    assert_fit(page)

    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".said")).to_contain_text("was discarded")
    assert_fit(page)
    page.get_by_role("button", name="Undo").click()

    expect(page.locator("article.mail")).to_have_count(1)
    assert (entry(office, waiting)["state"], entry(office, waiting)["reason"]) == ("held", "undone")
