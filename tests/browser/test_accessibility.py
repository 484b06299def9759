"""axe-core finds nothing on any page, in any state a visitor brings it to, light and dark, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.visitor import PLAN, PROGRAM, attach, expect_status_page, fill_in, send


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_axe_finds_nothing_on_any_page(new_page: NewPage, locale: str) -> None:
    page = new_page(locale=locale)

    found = {state: violations(page) for state in walk(page)}

    assert found == {state: [] for state in found}
    assert len(found) == 10


def test_axe_would_find_a_field_without_a_label(page: Page) -> None:
    page.goto("/find")
    page.evaluate("document.querySelector('label').remove()")

    assert "label" in {violation["id"] for violation in violations(page)}


def walk(page: Page) -> Iterator[str]:
    """Lead through every page and yield the name of each state once it is shown."""
    page.goto("/")
    yield "the empty form"
    fill_in(page)
    yield "a product line chosen"
    page.fill("#email", "no address")
    page.fill("#pressure", "4000")
    attach(page, PLAN, PROGRAM)
    send(page)
    expect(page.locator("#files-error")).to_be_visible()
    yield "errors and questions"
    page.fill("#email", "j@dairy.example")
    send(page)
    expect_status_page(page)
    yield "a status page"
    send(page)
    expect(page.locator("#body-error")).to_be_visible()
    yield "a message that came back"
    page.locator("form[action*='/close'] button").click()
    expect(page.locator(".timeline .next")).to_have_count(0)
    yield "a closed inquiry"
    page.goto("/find")
    yield "the question for a link"
    send(page)
    expect(page.locator("#typed-error")).to_be_visible()
    yield "the question for a link again"
    page.fill("#typed", "nobody@dairy.example")
    send(page)
    expect(page.locator("#typed")).to_have_count(0)
    yield "the answer to it"
    page.goto("/nothing/here")
    yield "nothing here"
