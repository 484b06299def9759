"""The status page in a browser: the conversation goes on, the inquiry closes and opens, files come back unchanged."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from liju_contact.domain.event import Actor, EventKind
from liju_contact.store.database import Database
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import find_inquiry, set_unreachable
from tests.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.visitor import PLAN, PROGRAM, attach, fill_in, send, sent_inquiry, widest
from tests.program import Program


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_message_with_a_file_joins_the_conversation(new_page: NewPage, script: bool) -> None:  # noqa: FBT001  # a case
    page = new_page(java_script_enabled=script)
    sent_inquiry(page)

    page.fill("#body", "The site is at 1200 m.")
    attach(page, PLAN)
    send(page)

    expect(page.locator(".message")).to_have_count(2)
    expect(page.locator(".message .body").last).to_have_text("The site is at 1200 m.")
    expect(page.locator(".message .files a")).to_have_text(["Plan Süd.pdf"])
    expect(page.locator(".timeline .past")).to_have_count(2)
    assert page.url.endswith("#conversation")


def test_an_empty_message_is_asked_for_beside_its_field(page: Page) -> None:
    sent_inquiry(page)

    send(page)

    expect(page.locator("#summary")).to_be_focused()
    expect(page.locator("#body")).to_have_accessible_description("Please write a message or attach a file.")


def test_a_refused_file_keeps_the_message(page: Page) -> None:
    sent_inquiry(page)
    page.fill("#body", "See the attached.")
    attach(page, PROGRAM, PLAN)

    send(page)

    expect(page.locator("#files-error")).to_contain_text("setup.exe")
    expect(page.locator("#body")).to_have_value("See the attached.")
    send(page)
    expect(page.locator(".message .files a")).to_have_text(["Plan Süd.pdf"])


def test_a_page_that_came_back_leads_to_itself_in_the_other_language(page: Page) -> None:
    sent_inquiry(page)
    send(page)
    expect(page.locator("#body-error")).to_be_visible()

    page.locator("nav a[hreflang^=zh]").click()

    expect(page.locator("h1.reference")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_an_inquiry_closes_and_opens_again(page: Page) -> None:
    sent_inquiry(page)
    expect(page.locator(".timeline .next")).to_contain_text("Boiler sales")

    page.get_by_role("button", name="Close it as solved").click()
    expect(page.locator(".timeline .past").last).to_contain_text("You closed the inquiry as solved.")
    expect(page.locator(".timeline .next")).to_have_count(0)

    page.get_by_role("button", name="Open it again").click()
    expect(page.locator(".timeline .past").last).to_contain_text("You opened the inquiry again.")
    expect(page.get_by_role("button", name="Close it as solved")).to_be_visible()


def test_a_file_comes_back_as_it_was_sent(page: Page) -> None:
    fill_in(page)
    attach(page, PLAN)
    send(page)

    with page.expect_download() as waiting:
        page.locator(".files a").click()

    assert waiting.value.suggested_filename == "Plan Süd.pdf"
    assert Path(waiting.value.path()).read_bytes() == PLAN["buffer"]


def test_times_stand_on_the_readers_own_clock(new_page: NewPage) -> None:
    page = new_page(timezone_id="Asia/Kathmandu")

    sent_inquiry(page)

    promised = page.locator(".facts time")
    expect(promised).to_contain_text("(UTC+05:45)")
    expect(promised).to_have_attribute("title", re.compile(r"\(UTC\+0[12]\)$"))


def test_without_script_times_stand_on_the_clock_of_the_customers_country(new_page: NewPage) -> None:
    page = new_page(timezone_id="Asia/Kathmandu", java_script_enabled=False)

    sent_inquiry(page)

    expect(page.locator(".facts time")).to_contain_text(re.compile(r"\(UTC\+0[12]\)"))  # the customer is in Germany


def lose_letters(program: Program, page: Page) -> None:
    """Let letters to the customer of the inquiry on this page fail from now on, and open the page again."""
    database = Database(f"sqlite:///{program.instance / 'liju.db'}")
    now = datetime.now(UTC)
    with database.begin() as tx:
        inquiry = find_inquiry(tx, page.locator("h1.reference").inner_text())
        assert inquiry
        set_unreachable(tx, inquiry.id, now)
        add_event(tx, inquiry.id, EventKind.LETTER_FAILED, Actor.PROGRAM, now)
        add_event(tx, inquiry.id, EventKind.INQUIRY_ASSIGNED, Actor.STAFF, now, actor_name="欧阳阿卜杜勒" * 5)
    database.close()
    page.goto(page.url.partition("#")[0])


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_address_that_works_is_asked_for_and_taken(
    open_program: NewPage,
    program: Program,
    script: bool,  # noqa: FBT001  # a case
) -> None:
    page = open_program(java_script_enabled=script)
    sent_inquiry(page)
    expect(page.locator("#address")).to_have_count(0)
    lose_letters(program, page)

    page.fill("#email", "j.mueller at dairy")
    page.get_by_role("button", name="Write to this address").click()
    expect(page.locator("#summary")).to_be_focused()
    expect(page.locator("#email")).to_have_accessible_description(re.compile("does not look like an e-mail address"))
    expect(page.locator("#email")).to_have_value("j.mueller at dairy")
    page.fill("#email", "juergen@other.example")
    page.get_by_role("button", name="Write to this address").click()

    expect(page.locator("#address")).to_have_count(0)
    expect(page.locator(".timeline .past").last).to_contain_text("You gave us another e-mail address.")
    expect(page.locator(".timeline")).to_contain_text("A letter of ours did not arrive.")
    expect(page.locator(".letters li").last).to_contain_text("juergen@other.example")


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("zh-CN", 375)])
def test_axe_finds_nothing_where_an_address_is_asked_for(
    open_program: NewPage, program: Program, locale: str, width: int
) -> None:
    page = open_program(locale=locale, viewport={"width": width, "height": 800})
    sent_inquiry(page)
    lose_letters(program, page)
    expect(page.locator("#address")).to_be_visible()
    asked = (violations(page), widest(page))

    page.locator("#address button").click()
    expect(page.locator("#email-error")).to_be_visible()

    assert [asked, (violations(page), widest(page))] == [([], width)] * 2


def test_the_status_page_fits_a_window_of_320_pixels(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 320, "height": 640})
    fill_in(page)
    page.fill("#message", "W" * 400)
    page.fill("#name", "N" * 150)
    page.fill("#port", "P" * 150)
    send(page)
    expect(page.locator("h1.reference")).to_be_visible()

    assert widest(page) == 320
