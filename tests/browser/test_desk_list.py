"""The list in a browser: by keyboard alone, on a phone, in both languages, light and dark; axe finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from werkzeug.serving import make_server

from liju_contact.app import make_app
from liju_contact.domain.change import Change
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.priority import Priority
from liju_contact.store.tables import InquiryRow
from liju_contact.usecases.change_inquiry import change_inquiry
from liju_contact.usecases.deps import Deps
from tests.axe import violations
from tests.browser.visitor import press
from tests.conftest import ONE_DATABASE
from tests.staff_desk import COOKIE, at_the_desk
from tests.usecases.stories import rows, submit

pytestmark = ONE_DATABASE
Open = Callable[..., Page]


@pytest.fixture
def open_list(deps: Deps, browser: Browser) -> Iterator[Open]:
    """Return a way to open the list as Li Wei, with three inquiries in it; arguments as of ``Browser.new_context``."""
    app = make_app(deps)
    li = at_the_desk(deps, app.test_client())
    references = [
        submit(deps, nonce="n-1", company="Usina Verde com um nome muito comprido Ltda.").reference,
        submit(
            deps, nonce="n-2", name="王建国", company="某某供热有限公司", message="我们需要两台蒸汽锅炉。"
        ).reference,
        submit(deps, nonce="n-3", name="J" * 60, company="").reference,
    ]
    urgent = Change(priority=Priority.URGENT, assignee=li.person.address, add_tags=("a long tag of forty characters",))
    change_inquiry(deps, li.person, references[0], urgent, version=None, now=deps.now())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.port}"
    contexts = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"base_url": address, "locale": "en-GB", **options})
        context.set_default_timeout(20_000)
        context.add_cookies([{"name": COOKIE, "value": li.token, "url": address}])
        contexts.append(context)
        page = context.new_page()
        page.goto("/staff")
        return page

    yield open_page
    for context in contexts:
        context.close()
    server.shutdown()


def test_the_daily_work_goes_by_keyboard_alone(deps: Deps, open_list: Open) -> None:
    page = open_list()
    links = page.locator(".rows .who a")

    press(page, "j")
    expect(links.nth(0)).to_be_focused()
    press(page, "ArrowDown")
    expect(links.nth(1)).to_be_focused()
    press(page, "x")
    press(page, "k")
    press(page, "x")
    expect(page.locator("#chosen-count")).to_have_text("2")
    page.select_option("#act-state", "closed")
    page.locator("#acts .button").press("Enter")
    expect(page.locator(".said")).to_contain_text("2 inquiries were changed.")
    press(page, "z")
    expect(page.locator(".said")).to_contain_text("Taken back.")
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    press(page, "Escape")
    for letter, view in (("c", "closed"), ("a", "needs_answer")):
        press(page, "g")
        press(page, letter)
        expect(page).to_have_url(re.compile(f"view={view}"))
    press(page, "/")
    expect(page.locator("#q")).to_be_focused()
    press(page, "Escape")
    press(page, "j")
    press(page, "o")

    expect(page).to_have_url(re.compile("/staff/inquiry/LJ-"))
    assert [row["state"] for row in rows(deps.db, "inquiry")] == ["received"] * 3


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_axe_finds_nothing_and_a_phone_need_not_scroll_sideways(deps: Deps, open_list: Open, locale: str) -> None:
    submit(deps, nonce="n-4", email="eva@there.example", name="Eva")
    chosen = "+".join(row["reference"] for row in rows(deps.db, "inquiry"))
    page = open_list(locale=locale, viewport={"width": 390, "height": 844})
    found = {}

    for name, address in {
        "list": "/staff",
        "nothing": "/staff?view=spam",
        "filters": "/staff?view=all&priority=urgent",
        "question before merging": f"/staff/bulk/merge?view=all&chosen={chosen}",
    }.items():
        page.goto(address)
        found[name] = (
            [violation["id"] for violation in violations(page)],
            page.evaluate("document.documentElement.scrollWidth"),
        )
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/staff?view=all")
    page.locator("[name=references]").first.check()
    found["wide, one chosen"] = ([violation["id"] for violation in violations(page)], 390)

    assert found == {name: ([], 390) for name in found}


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_states_and_times_are_not_cut_off(deps: Deps, open_list: Open, locale: str) -> None:
    long_ago = deps.now() - timedelta(days=360)
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(received_at=long_ago, answer_due_at=long_ago))
        tx.execute(update(InquiryRow).where(InquiryRow.id == 2).values(state=InquiryState.ANSWERED.value))
    page = open_list(locale=locale, viewport={"width": 1280, "height": 800})

    page.goto("/staff?view=all")

    expect(page.locator(".rows .overdue")).to_have_count(2)
    cells = page.locator(".rows tbody :is(.state, .time)")
    assert cells.count() == 6
    assert cells.evaluate_all("cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).length") == 0


def test_a_long_name_of_a_kept_view_stays_in_its_column(open_list: Open) -> None:
    page = open_list(viewport={"width": 1280, "height": 800})
    page.locator(".narrow summary").click()
    page.locator("#save-view [name=name]").fill("M" * 60)
    page.locator("#save-view button").click()

    name = page.locator(".views bdi")
    expect(name).to_have_text("M" * 60)

    column = page.locator(".views").bounding_box()
    box = name.bounding_box()
    assert column
    assert box
    assert box["x"] + box["width"] <= column["x"] + column["width"]


def test_news_is_announced_and_no_row_moves(deps: Deps, open_list: Open) -> None:
    page = open_list()
    page.clock.install()
    page.goto("/staff")
    before = page.locator(".rows tbody").inner_text()
    submit(deps, nonce="n-4", name="New Customer")

    page.clock.run_for(16_000)
    expect(page.locator("#news")).to_contain_text("1 new or changed")

    assert page.locator(".rows tbody").inner_text() == before
    page.locator("#news a").click()
    expect(page.locator(".rows tbody tr")).to_have_count(4)


def test_the_forms_do_without_a_script(deps: Deps, open_list: Open) -> None:
    page = open_list(java_script_enabled=False)

    page.goto("/staff?view=all")
    page.locator("[name=references]").nth(0).check()
    page.select_option("#act-state", "spam")
    page.locator("#acts .button").click()

    expect(page.locator(".said")).to_contain_text("1 inquiry was changed.")
    assert [row["state"] for row in rows(deps.db, "inquiry")].count("spam") == 1


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_different_customers_are_merged_after_a_question_and_that_is_taken_back(
    deps: Deps, open_list: Open, locale: str
) -> None:
    submit(deps, nonce="n-4", email="eva@there.example", name="Eva")
    page = open_list(locale=locale, java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto("/staff?view=all&sort=oldest")
    boxes, merge = page.locator("[name=references]"), page.locator("[formaction='/staff/bulk/merge']")
    for at in (0, 3):
        boxes.nth(at).check()
    merge.click()
    page.locator("a.quiet").click()
    expect(page.locator("[name=references]:checked")).to_have_count(2)

    merge.click()
    expect(page.locator(".rows")).to_contain_text("eva@there.example")
    assert page.locator("html").evaluate("html => html.scrollWidth") <= 390
    page.locator("[name=others][value=leave]").click()
    expect(page.locator(".said a")).to_have_attribute("href", re.compile("/staff/inquiry/LJ-"))
    merged = [row["merged_into_id"] for row in rows(deps.db, "inquiry")]
    page.locator(".said button").click()
    expect(page.locator(".said button")).to_have_count(0)

    assert merged == [None, None, None, 1]
    assert [row["merged_into_id"] for row in rows(deps.db, "inquiry")] == [None] * 4


def test_keys_work_after_a_box_was_ticked_and_lead_into_the_filters(open_list: Open) -> None:
    page = open_list()
    page.locator("[name=references]").first.click()

    press(page, "f")
    expect(page.locator(".narrow > summary")).to_be_focused()
    press(page, "Tab")
    expect(page.locator("[name=state]")).to_be_focused()
    page.locator("[name=references]").first.focus()
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_text_from_right_to_left_is_shown_from_its_beginning(deps: Deps, open_list: Open, width: int) -> None:
    arabic = {"name": "محمد", "company": "شركة الغلايات الصناعية المحدودة للتجارة والمقاولات"}
    submit(deps, nonce="n-4", message="مرحبا، نحتاج إلى غلاية بخار " * 9, **arabic)
    page = open_list(viewport={"width": width, "height": 800})

    row = page.locator(".rows tbody tr", has_text="محمد")

    for cell, text in ((".what", ".preview"), (".who", ".muted")):
        outer, inner = row.locator(cell).bounding_box(), row.locator(f"{cell} {text}").bounding_box()
        assert outer is not None
        assert inner is not None
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]


def test_what_was_chosen_can_be_acted_on_after_going_back(open_list: Open) -> None:
    page = open_list()
    page.locator("[name=references]").first.check()
    page.locator(".views a", has_text="Closed").click()
    expect(page.locator("h1")).to_have_text("Closed")

    page.go_back()

    expect(page.locator("[name=references]").first).to_be_checked()
    expect(page.locator("#acts")).to_be_visible()
    expect(page.locator("#chosen-count")).to_have_text("1")


def test_page_that_is_shown_is_marked_where_colours_are_forced(open_list: Open) -> None:
    page = open_list(forced_colors="active")

    for place in (".bar", ".views"):
        here = page.locator(f"{place} [aria-current]")
        assert here.evaluate("e => getComputedStyle(e).textDecorationLine") == "underline"
