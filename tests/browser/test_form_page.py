"""The form in a browser: with and without JavaScript, on a phone, by keyboard alone."""

from __future__ import annotations

import re
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.visitor import (
    MESSAGE,
    PHONE,
    PLAN,
    PROGRAM,
    attach,
    expect_status_page,
    fill_in,
    send,
    sent_inquiry,
    widest,
)

WITH_AND_WITHOUT_SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
WEIGHT_LIMIT = 40_000  # bytes on the wire, the page with all it loads


@pytest.mark.parametrize(
    "visitor",
    [{}, {"java_script_enabled": False}, PHONE, {**PHONE, "java_script_enabled": False}],
    ids=["desk", "no-script", "phone", "phone-no-script"],
)
def test_an_inquiry_sent_leads_to_its_status_page(new_page: NewPage, visitor: dict[str, Any]) -> None:
    page = new_page(**visitor)
    fill_in(page)
    page.fill("#capacity", "10")
    page.select_option("[name=capacity_unit]", "t_h")

    send(page)

    expect_status_page(page)
    expect(page.locator(".message .body")).to_have_text(MESSAGE, use_inner_text=True)
    expect(page.locator(".data")).to_contain_text("10 t/h = 7000 kW")


def test_an_inquiry_by_keyboard_alone_arrives(page: Page) -> None:
    page.goto("/")
    tab_to(page, "product-vacuum-hot-water")
    page.keyboard.press("ArrowDown")
    tab_to(page, "topic-quotation")
    page.keyboard.press("Space")
    tab_to(page, "message")
    page.keyboard.type("Which one fits a hotel?")
    tab_to(page, "name")
    page.keyboard.type("Ana")
    tab_to(page, "email")
    page.keyboard.type("ana@hotel.example")
    tab_to(page, "country")
    page.keyboard.type("Portug")
    tab_to(page, "supply_temperature")
    page.keyboard.type("80")
    tab_to(page, "files")
    page.keyboard.press("Tab")  # to what we keep, and why
    page.keyboard.press("Tab")

    page.keyboard.press("Enter")

    expect_status_page(page)
    for given in ("Atmospheric hot-water boilers", "Quotation", "Portugal", "80 °C"):
        expect(page.locator(".data")).to_contain_text(given)


@WITH_AND_WITHOUT_SCRIPT
def test_a_product_line_chosen_shows_its_fields_alone(new_page: NewPage, script: bool) -> None:  # noqa: FBT001  # a case
    page = new_page(java_script_enabled=script)
    page.goto("/")
    expect(page.locator("#pressure")).to_be_hidden()

    page.locator("#product-steam").check()
    expect(page.locator("#pressure")).to_be_visible()
    expect(page.locator("#serial_number")).to_be_hidden()

    page.locator("#product-service-parts").check()
    expect(page.locator("#pressure")).to_be_hidden()
    expect(page.locator("#serial_number")).to_be_visible()


def test_a_link_with_a_product_line_chooses_it(page: Page) -> None:
    page.goto("/?product=burners-controls&topic=spare-parts&lang=zh")

    expect(page.locator("#product-burners-controls")).to_be_checked()
    expect(page.locator("#topic-spare-parts")).to_be_checked()
    expect(page.locator("#model")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))


@WITH_AND_WITHOUT_SCRIPT
def test_errors_take_the_focus_and_keep_what_was_typed(new_page: NewPage, script: bool) -> None:  # noqa: FBT001  # a case
    page = new_page(java_script_enabled=script)
    fill_in(page)
    page.fill("#name", " ")
    page.fill("#email", "no address")
    page.fill("#pressure", "13 bar")

    send(page)

    summary = page.locator("#summary")
    expect(summary).to_be_focused()
    expect(summary.locator("a")).to_have_count(2)
    expect(page.locator("#email")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#email")).to_have_accessible_description(re.compile("does not look like an e-mail address"))
    expect(page.locator("#email")).to_have_value("no address")
    expect(page.locator("#message")).to_have_value(MESSAGE)
    expect(page.locator("#pressure")).to_have_value("13 bar")
    expect(page.locator("#country")).to_have_value("DE")
    expect(page.locator("#product-steam")).to_be_checked()
    summary.locator("a").first.click()
    expect(page.locator("#name")).to_be_focused()


def test_without_a_product_line_the_summary_leads_to_the_first_one(page: Page) -> None:
    page.goto("/")
    send(page)

    page.locator("#summary a", has_text="product line").click()

    expect(page.locator("#product-vacuum-hot-water")).to_be_focused()


def test_a_doubtful_value_is_asked_about_and_sent_when_confirmed(page: Page) -> None:
    fill_in(page)
    page.fill("#pressure", "4000")

    send(page)

    expect(page.locator("#summary")).to_contain_text("If it is right, just press Send again.")
    expect(page.locator("#pressure")).to_have_accessible_description(re.compile("4000 bar"))
    expect(page.locator("#pressure")).not_to_have_attribute("aria-invalid", "true")
    send(page)
    expect_status_page(page)
    expect(page.locator(".data tr", has_text="4000 bar")).to_contain_text("we will ask")


def test_a_doubt_about_another_product_line_is_still_to_be_seen(page: Page) -> None:
    fill_in(page)
    page.fill("#pressure", "4000")
    page.locator("#product-vacuum-hot-water").check()

    send(page)

    expect(page.locator("#summary")).to_be_focused()
    expect(page.locator("#pressure")).to_be_visible()


@WITH_AND_WITHOUT_SCRIPT
def test_a_file_is_kept_over_an_error(new_page: NewPage, script: bool) -> None:  # noqa: FBT001  # a case
    page = new_page(java_script_enabled=script)
    fill_in(page)
    page.fill("#name", "")
    attach(page, PLAN, PROGRAM)

    send(page)

    expect(page.locator("#files-error")).to_contain_text("setup.exe")
    expect(page.locator(".kept")).to_contain_text("Plan Süd.pdf")
    page.fill("#name", "Jürgen Müller")
    send(page)
    expect_status_page(page)
    expect(page.locator(".files a")).to_have_text(["Plan Süd.pdf"])


def test_too_many_files_are_not_even_sent(page: Page) -> None:
    fill_in(page)
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)

    attach(page, *[PLAN] * 11)
    send(page)

    expect(page.locator("#files-too-much")).to_be_visible()
    expect(page.locator("#files")).to_be_focused()
    assert posts == []


def test_a_lost_connection_loses_nothing(page: Page) -> None:
    fill_in(page)
    attach(page, PLAN)
    page.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())

    send(page)

    expect(page.locator("#line-lost")).to_be_visible()
    expect(page.locator("#message")).to_have_value(MESSAGE)
    page.unroute_all()
    send(page)
    expect_status_page(page)


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (502, "<h1>Bad gateway</h1>", "The connection was lost."),
        (413, "<main><p class=lead>That was too much at once.</p></main>", "That was too much at once."),
    ],
)
def test_an_answer_without_the_form_takes_nothing_away(page: Page, status: int, body: str, sentence: str) -> None:
    fill_in(page)
    attach(page, PLAN)
    posts = re.compile(r"/\?lang=en$")
    page.route(posts, lambda route: route.fulfill(status=status, body=body, content_type="text/html"))

    send(page)

    expect(page.locator("#line-lost")).to_contain_text(sentence)
    expect(page.locator("#message")).to_have_value(MESSAGE)
    expect(page.locator("button.send")).to_have_text("Send")


def test_a_draft_comes_back_after_a_reload_and_can_be_discarded(page: Page) -> None:
    fill_in(page)
    page.reload()

    expect(page.locator("#draft")).to_be_visible()
    expect(page.locator("#message")).to_have_value(MESSAGE)
    expect(page.locator("#country")).to_have_value("DE")
    expect(page.locator("#product-steam")).to_be_checked()

    page.locator("#discard").click()
    expect(page.locator("#message")).to_have_value("")
    page.reload()
    expect(page.locator("#draft")).to_be_hidden()


def test_a_draft_is_gone_once_it_was_sent(page: Page) -> None:
    sent_inquiry(page)

    page.goto("/")

    expect(page.locator("#draft")).to_be_hidden()
    expect(page.locator("#message")).to_have_value("")
    assert page.evaluate("localStorage.length") == 0


def test_the_form_fits_a_window_of_320_pixels(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 320, "height": 640})
    fill_in(page)

    assert widest(page) == 320


def test_the_form_weighs_at_most_40_kb_with_all_it_loads(page: Page, server: str) -> None:
    loaded: set[str] = set()
    page.on("request", lambda request: loaded.add(request.url))
    page.goto("/", wait_until="networkidle")
    icon = page.locator("link[rel=icon]").get_attribute("href")

    weights = {url: weight_on_the_wire(url) for url in loaded | {f"{server}{icon}"}}

    assert len(weights) == 5, "the page, two style sheets, one script, one icon"
    assert all(url.startswith(server) for url in weights)
    assert sum(weights.values()) <= WEIGHT_LIMIT


def tab_to(page: Page, field: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == field:
            return
    pytest.fail(f"The Tab key does not lead to #{field}.")


def weight_on_the_wire(url: str) -> int:
    """Return the bytes of an answer, head and body, to a browser that takes gzip."""
    with urlopen(Request(url, headers={"Accept-Encoding": "gzip"})) as response:  # noqa: S310  # our own server
        return len(str(response.headers)) + len(response.read())
