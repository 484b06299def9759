"""The proof of work in a browser: done while somebody types when it is loud; neither loaded nor missed otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from werkzeug.serving import make_server

from liju_contact.app import make_app
from liju_contact.clock import now
from liju_contact.domain.public_door import PublicDoor
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Caller, count_entry
from liju_contact.usecases.prove_work import has_proof
from liju_contact.web.network import network_of
from tests.browser.visitor import expect_status_page, fill_in, send
from tests.conftest import ONE_DATABASE

pytestmark = ONE_DATABASE
Open = Callable[..., Page]


@pytest.fixture
def office(deps: Deps) -> Deps:
    return replace(deps, now=now)


@pytest.fixture
def open_page(office: Deps, browser: Browser) -> Iterator[Open]:
    """Return a way to open a page of a program that runs in this process."""
    server = make_server("127.0.0.1", 0, make_app(office), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    contexts = []

    def open_(host: str = "127.0.0.1") -> Page:
        context = browser.new_context(base_url=f"http://{host}:{server.port}", locale="en-GB")
        contexts.append(context)
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()
    server.shutdown()


def make_loud(deps: Deps) -> None:
    with deps.db.begin() as tx:
        for _ in range(deps.settings.limits.proof.from_network):
            count_entry(deps, tx, PublicDoor.INQUIRY, Caller(network=network_of("127.0.0.1")), now=deps.now())


def test_proof_is_made_while_somebody_types_and_goes_along(office: Deps, open_page: Open) -> None:
    make_loud(office)
    page = open_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)

    fill_in(page)
    expect(page.locator("[name=proof]")).to_have_value(re.compile(".{100,}"), timeout=30_000)
    form = {name: page.locator(f"[name={name}]").first.input_value() for name in ("token", "proof", "email", "message")}
    form["message"] = form["message"].replace("\n", "\r\n")  # as a browser sends it
    send(page)

    expect_status_page(page)
    assert has_proof(office, form, office.now())
    assert form["proof"] in (sent[0].post_data or "")
    assert complaints == []


def test_quiet_day_loads_nothing_for_it(open_page: Open) -> None:
    page = open_page()
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))

    fill_in(page)

    assert [address for address in loaded if "proof" in address] == []
    expect(page.locator("[name=proof]")).to_have_count(0)


def test_browser_that_cannot_hash_sends_without(office: Deps, open_page: Open) -> None:
    make_loud(office)
    page = open_page()
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")

    fill_in(page)
    send(page)

    expect_status_page(page)
