"""The way to another service and back, in a browser: its content policy lets it go, and the cookie comes with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from liju_contact.app import make_app
from liju_contact.usecases.deps import Deps
from tests.axe import violations
from tests.browser.conftest import free_port
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import account
from tests.web.staff.openid import Service, running_service
from tests.web.staff.test_oidc import with_service

pytestmark = ONE_DATABASE


@pytest.fixture
def service(clock: Clock) -> Iterator[Service]:
    with running_service(clock.now) as service:
        yield service


@pytest.fixture
def page(deps: Deps, service: Service, browser: Browser) -> Iterator[Page]:
    """A phone that is not signed in."""
    account(deps)
    port = free_port()
    base_url = f"http://localhost:{port}"  # another site than the service, which is at 127.0.0.1
    web = replace(deps.settings.web, base_url=base_url)
    deps = with_service(replace(deps, settings=replace(deps.settings, web=web)), service)
    server = make_server("127.0.0.1", port, make_app(deps), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(base_url=base_url, viewport={"width": 390, "height": 844}, locale="en-GB")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()
    server.shutdown()


def test_one_click_leads_to_the_service_and_back_to_where_somebody_wanted_to_go(page: Page, service: Service) -> None:
    page.goto("/staff/account")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    page.get_by_role("button", name="Sign in with Works login").click()

    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    assert "/authorize" in service.asked
    assert [cookie["name"] for cookie in page.context.cookies()].count("liju-provider") == 0
