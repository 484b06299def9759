"""The daily work at one inquiry, as people do it: by keyboard, on a phone, two at once, and without JavaScript."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from liju_contact.app import make_app, make_deps
from liju_contact.config import Settings
from liju_contact.domain.change import Change
from liju_contact.domain.person import Person
from liju_contact.usecases.canned_replies import write_reply
from liju_contact.usecases.change_inquiry import change_inquiry
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.staff_session import begin_session
from tests.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.visitor import DRAWN, PHONE, press, wait_until, widest
from tests.program import wait_for
from tests.staff_desk import COOKIE, account
from tests.usecases.mails import WANG, messages, with_staff
from tests.usecases.stories import rows, submit

LONG = ("Far too long. " * 1500).strip()
ANSWER = "Dear Ms Souza, which voltage do you have?"


class _Quiet(WSGIRequestHandler):
    def log(self, *_arguments: object) -> None:
        """Say nothing."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The program on this machine with one inquiry, and a way for people to open its page."""

    deps: Deps
    path: str
    li: Person
    wang: Person
    open_as: Callable[..., Page]


@pytest.fixture
def desk(new_page: NewPage, settings: Settings, migrated_file: Path, tmp_path: Path) -> Iterator[Desk]:
    database = tmp_path / "desk.db"
    shutil.copy(migrated_file, database)
    deps = with_staff(make_deps(replace(settings, database_url=f"sqlite:///{database}")))
    server = make_server("127.0.0.1", 0, make_app(deps), threaded=True, request_handler=_Quiet)
    base_url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def open_as(person: Person, **options: object) -> Page:
        page = new_page(base_url=base_url, **options)
        with deps.db.begin() as tx:
            token = begin_session(deps, tx, person.id, browser="Test", network="127.0.0.0/24", now=deps.now())
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": base_url}])
        page.goto(path)
        return page

    path = f"/staff/inquiry/{submit(deps).reference}"
    yield Desk(deps=deps, path=path, li=account(deps), wang=account(deps, WANG, name="Wang Fang"), open_as=open_as)
    server.shutdown()
    thread.join()
    server.server_close()
    deps.db.close()


def test_a_day_at_the_desk_by_keyboard_alone(desk: Desk) -> None:
    page = desk.open_as(desk.li)

    press(page, "r")
    expect(page.locator("#body")).to_be_focused()
    page.keyboard.type(ANSWER)
    press(page, "Control+Shift+Enter")
    expect(page.frame_locator(".preview iframe").locator("body")).to_contain_text(ANSWER)
    press(page, "Control+Enter")
    expect(page.locator("#said")).to_contain_text("Your answer is on its way.")
    press(page, "n")
    expect(page.locator("#note-body")).to_be_focused()
    page.keyboard.type("They pay late.")
    press(page, "Control+Enter")
    expect(page.locator(".line .note")).to_contain_text("They pay late.")
    press(page, "a")
    expect(page.locator("#said")).to_contain_text("Li Wei has taken it on.")
    press(page, "e")
    expect(page.locator(".top .state")).to_have_text("closed")
    press(page, "z")
    expect(page.locator(".top .state")).to_have_text("answered")
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()

    assert messages(desk.deps)[1:] == [("staff", "Li Wei", ANSWER)]
    assert rows(desk.deps.db, "draft") == []


def test_what_was_typed_outlives_the_page_and_a_desk_out_of_reach(desk: Desk) -> None:
    page = desk.open_as(desk.li)
    write_reply(desk.deps, desk.li, None, title="Hello", texts={"en": "Dear {name},"}, now=desk.deps.now())
    page.reload()
    page.select_option("#reply", label="Hello")

    with page.expect_response("**/draft"):
        page.click("button[value=insert]")
        expect(page.locator("#body")).to_have_value("Dear Ana Souza,")
        page.reload()
    page.reload()
    expect(page.locator("#body")).to_have_value("Dear Ana Souza,")
    with page.expect_response("**/draft"):
        page.fill("#body", "")
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.route("**/draft", lambda route: route.abort())
    page.fill("#body", "Kept here")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    expect(page.locator("#answer [data-draft-state]")).to_contain_text("on this device alone")
    page.reload()

    expect(page.locator("#body")).to_have_value("Kept here")


@pytest.mark.parametrize("kept", ["older", "newer"])
def test_what_became_of_an_older_draft_says_nothing_about_the_newer_one(desk: Desk, kept: str) -> None:
    page = desk.open_as(desk.li)
    state = page.locator("#answer [data-draft-state]")
    says = "on this device alone" if kept == "older" else "Draft kept."
    held: list[Route] = []

    def pass_one(route: Route) -> None:
        if not held:
            held.append(route)
        elif kept == "newer":
            route.continue_()
        else:
            route.abort()

    page.route("**/draft", pass_one)
    for text in ("Older", "Newer"):
        page.fill("#body", text)
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    expect(state).to_contain_text(says)

    with page.expect_event("requestfinished" if kept == "older" else "requestfailed"):
        held[0].continue_() if kept == "older" else held[0].abort()
    page.evaluate(DRAWN)

    expect(state).to_contain_text(says)
    page.reload()
    expect(page.locator("#body")).to_have_value("Newer")


def type_on(page: Page, text: str) -> None:
    page.locator("#body").press("End")
    page.keyboard.type(text)


def answer_draft(desk: Desk) -> str:
    return next((row["body"] for row in rows(desk.deps.db, "draft") if row["kind"] == "answer"), "")


@pytest.mark.parametrize("act", ["button[value=take]", "button[value=watch]", ".set button", "button[value=preview]"])
def test_what_was_typed_a_moment_ago_is_on_the_next_page(desk: Desk, act: str) -> None:
    page = desk.open_as(desk.li)
    with page.expect_response("**/draft"):
        page.fill("#body", "First part.")
    type_on(page, " Second part.")
    page.select_option("#priority", "high")

    page.click(act.replace("[value=watch]", "[name=watch]"))
    expect(page.locator("#preview" if "preview" in act else "#said")).to_be_visible()
    page.goto(desk.path)
    expect(page.locator("#body")).to_have_value("First part. Second part.")
    type_on(page, " Third.")
    wait_for(lambda: answer_draft(desk) == "First part. Second part. Third.", seconds=20, what="the draft at the desk")
    page.reload()

    expect(page.locator("#body")).to_have_value("First part. Second part. Third.")


def test_the_copy_of_this_device_is_shown_where_the_desk_has_what_it_grew_from(desk: Desk) -> None:
    page = desk.open_as(desk.li)
    with page.expect_response("**/draft"):
        page.fill("#body", "First part.")
    expect(page.locator("#answer [data-draft-state]")).to_be_visible()
    page.route("**/draft", lambda route: route.abort())
    type_on(page, " Second part.")
    page.reload()
    expect(page.locator("#body")).to_have_value("First part. Second part.")
    page.unroute("**/draft")
    page.reload()
    expect(page.locator("#body")).to_have_value("First part. Second part.")

    page.click("#answer button[value=send]")
    expect(page.locator("#said")).to_be_visible()
    page.reload()
    expect(page.locator("#body")).to_have_value("")
    page.route("**/draft", lambda route: route.abort())
    page.fill("#body", "One thing more.")
    page.reload()

    expect(page.locator("#body")).to_have_value("One thing more.")


@pytest.mark.parametrize("is_overtaken", [False, True])
def test_an_answer_sent_before_its_draft_has_arrived_leaves_none(desk: Desk, *, is_overtaken: bool) -> None:
    page = desk.open_as(desk.li)
    held: list[Route] = []
    page.route("**/draft", lambda route: held.append(route))  # noqa: PLW0108  # a builtin takes no attribute
    with page.expect_request("**/draft"):
        page.fill("#body", "First part.")
    type_on(page, " Second part.")

    if is_overtaken:
        page.route("**/desk_inquiry.js", lambda route: route.abort())  # who goes on at once is quicker than a script
        page.click("#answer button[value=send]")
        expect(page.locator("#said")).to_be_visible()
        held[0].continue_()
        page.unroute("**/desk_inquiry.js")
        page.goto(desk.path)
    else:
        page.evaluate("setTimeout(() => document.querySelector('#answer button[value=send]').click())")
        expect(page.locator("#answer form[data-sending]")).to_be_visible()
        held[0].continue_()
        expect(page.locator("#said")).to_be_visible()

    expect(page.locator("#body")).to_have_value("")
    expect(page.locator("#answer [data-other]")).to_be_hidden()
    assert [body for _author, _name, body in messages(desk.deps)][1:] == ["First part. Second part."]
    assert rows(desk.deps.db, "draft") == []


def test_a_draft_from_elsewhere_and_the_copy_of_this_device_both_stay(desk: Desk) -> None:
    here, there = desk.open_as(desk.li), desk.open_as(desk.li)
    other = here.locator("#answer [data-other]")
    here.route("**/draft", lambda route: route.abort())
    here.fill("#body", "Typed here.")
    with there.expect_response("**/draft"):
        there.fill("#body", "Typed there.")
    here.reload()
    expect(here.locator("#body")).to_have_value("Typed there.")
    expect(other).to_contain_text("Typed here.")
    assert violations(here) == []
    here.unroute("**/draft")

    with here.expect_response("**/draft"):
        other.get_by_role("button", name="Put it below").click()
    here.reload()

    expect(here.locator("#body")).to_have_value("Typed there.\n\nTyped here.")
    expect(other).to_be_hidden()


def test_two_pages_of_one_person_overwrite_nothing_of_each_other(desk: Desk) -> None:
    here, there = desk.open_as(desk.li), desk.open_as(desk.li)
    with there.expect_response("**/draft"):
        there.fill("#body", "Typed there.")

    here.fill("#body", "Typed here.")
    here.keyboard.press("Tab")

    expect(here.locator("#answer [data-other]")).to_contain_text("Typed there.")
    expect(here.locator("#answer [data-draft-state]")).to_have_text("Draft kept.")
    here.reload()
    expect(here.locator("#body")).to_have_value("Typed here.")
    here.get_by_role("button", name="Discard it").click()
    here.reload()
    expect(here.locator("#body")).to_have_value("Typed here.")
    expect(here.locator("#answer [data-other]")).to_be_hidden()


def test_an_answer_that_came_back_is_a_draft_again(desk: Desk) -> None:
    page = desk.open_as(desk.li)
    page.fill("#body", LONG)
    page.click("#answer button[value=send]")
    expect(page.locator("#body-error")).to_be_visible()
    expect(page.locator("#answer [data-draft-state]")).to_be_visible()
    page.goto(desk.path)

    expect(page.locator("#body")).to_have_value(LONG)


def test_two_people_at_once_see_each_other_and_overwrite_nothing(desk: Desk) -> None:
    wang, li = desk.open_as(desk.wang), desk.open_as(desk.li)
    expect(li.locator("#nearby")).to_have_text("Wang Fang is here too.")
    li.fill("#body", "My long answer")
    wang.fill("#body", "I was quicker")
    wang.click("button[value=send]")
    expect(wang.locator("#said")).to_be_visible()

    li.click("button[value=send]")

    expect(li.locator(".spoken")).to_contain_text("I was quicker")
    expect(li.locator(".spoken")).to_be_focused()
    expect(li.locator("#body")).to_have_value("My long answer")
    assert violations(li) == []
    li.click("button[value=send]")
    expect(li.locator("#said")).to_be_visible()
    assert [body for _author, _name, body in messages(desk.deps)][1:] == ["I was quicker", "My long answer"]


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_the_page_fits_a_phone_and_axe_finds_nothing(desk: Desk, locale: str) -> None:
    page = desk.open_as(desk.li, viewport={"width": 390, "height": 800}, locale=locale)
    page.fill("#body", ANSWER)
    page.click("button[value=preview]")
    expect(page.locator(".preview")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.click("button[value=edit]")
    page.click("button[value=close]")
    expect(page.locator("#said")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page) == []


def test_the_page_works_without_javascript(desk: Desk) -> None:
    page = desk.open_as(desk.li, java_script_enabled=False)

    page.fill("#body", ANSWER)
    page.check("input[name=closes]")
    page.click("button[value=preview]")
    page.click("button[value=edit]")
    expect(page.locator("#preview")).to_have_count(0)
    page.click("button[value=send]")
    expect(page.locator("#said")).to_contain_text("Your answer is on its way.")
    page.click("#note summary")
    page.fill("#note-body", "They pay late.")
    page.click("#note .button")
    expect(page.locator(".line .note")).to_contain_text("They pay late.")

    assert messages(desk.deps)[1][2] == ANSWER
    assert rows(desk.deps.db, "inquiry")[0]["state"] == "closed"
    assert rows(desk.deps.db, "note")[0]["body"] == "They pay late."


@pytest.mark.parametrize("window", [PHONE, {"viewport": {"width": 1280, "height": 900}}], ids=["phone", "desk"])
def test_long_name_and_address_without_a_space_break_within_the_page(desk: Desk, window: dict[str, Any]) -> None:
    email = f"{'l' * 60}@{'d' * 60}.example"
    reference = submit(desk.deps, nonce="n-2", name="N" * 100, company="C" * 100, email=email).reference
    page = desk.open_as(desk.li, **window)

    page.goto(f"/staff/inquiry/{reference}")

    assert widest(page) == window["viewport"]["width"]


def test_lines_of_a_heading_stay_apart_in_large_letters(desk: Desk) -> None:
    page = desk.open_as(desk.li)

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    style = page.locator("h1").evaluate("({ ...getComputedStyle(document.querySelector('h1')) })")
    assert float(style["lineHeight"].removesuffix("px")) > 1.2 * float(style["fontSize"].removesuffix("px"))


def test_keys_are_explained_in_a_narrow_window_too(desk: Desk) -> None:
    page = desk.open_as(desk.li, viewport={"width": 600, "height": 800})

    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    page.goto("/staff")
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()


def test_canned_reply_that_cannot_be_fetched_says_so_and_one_after_signing_out_asks_to_sign_in(desk: Desk) -> None:
    write_reply(desk.deps, desk.li, None, title="Hello", texts={"en": "Dear {name},"}, now=desk.deps.now())
    page = desk.open_as(desk.li)
    page.select_option("#reply", label="Hello")

    page.route("**/reply/*", lambda route: route.abort())
    page.click("button[value=insert]")
    expect(page.locator("#reply-away")).to_be_visible()
    page.unroute("**/reply/*")
    page.click("button[value=insert]")
    expect(page.locator("#body")).to_have_value("Dear Ana Souza,")
    expect(page.locator("#reply-away")).to_be_hidden()
    page.select_option("#reply", label="Hello")
    page.context.clear_cookies()
    page.click("button[value=insert]")

    expect(page.locator("#password")).to_be_visible()


def test_answer_says_that_it_is_being_sent_and_can_be_sent_again_once_that_was_stopped(desk: Desk) -> None:
    page = desk.open_as(desk.li)
    send = page.locator("#answer button[value=send]")
    page.evaluate("""() => {
        const button = document.querySelector("#answer button[value=send]");
        const look = () => [button.textContent, button.form.hasAttribute("data-sending")];
        window.seen = [];
        navigation.addEventListener("navigate", () => setTimeout(() => { seen.push(look()); stop(); }, 50));
        navigation.addEventListener("navigateerror", () => setTimeout(() => seen.push(look())));
    }""")
    held: list[Route] = []
    page.route("**/answer", lambda route: held.append(route))  # noqa: PLW0108  # a builtin takes no attribute

    page.evaluate("setTimeout(() => document.querySelector('#answer button[value=send]').click())")
    wait_until(page, "seen.length === 2")

    assert page.evaluate("seen") == [["Sending …", True], ["Send the answer", False]]
    expect(send).not_to_have_attribute("aria-disabled", "true")
    held[0].abort()


def test_list_tells_the_time_by_the_same_clock_as_the_inquiry(desk: Desk) -> None:
    page = desk.open_as(desk.li, timezone_id="Pacific/Honolulu")
    hour = page.locator(".message .when").inner_text()[-5:]

    page.goto("/staff?view=all")

    expect(page.locator(".rows .time time")).to_have_text(hour)


def test_an_inquiry_leads_back_to_the_list_one_came_from(desk: Desk) -> None:
    page = desk.open_as(desk.li)
    expect(page.locator(".trail a")).to_have_attribute("href", "/staff")
    page.goto("/staff?view=all&sort=oldest&undid=1")
    page.locator(".rows .who a").click()
    page.locator("form[action$='/watch'] button").click()
    expect(page.locator("#said")).to_be_visible()

    press(page, "u")

    page.wait_for_url("**/staff?view=all&sort=oldest")


def test_print_has_the_tags_and_nothing_to_press(desk: Desk) -> None:
    tagged = Change(add_tags=("tender",))
    change_inquiry(desk.deps, desk.li, desk.path[-12:], tagged, version=None, now=desk.deps.now())
    page = desk.open_as(desk.li)

    page.emulate_media(media="print")

    expect(page.locator(".facts dl", has_text="tender")).to_be_visible()
    pressed = page.locator("main :is(button, input, select, textarea, summary h2)")
    assert [each.evaluate("e => e.outerHTML") for each in pressed.all() if each.is_visible()] == []
    expect(page.get_by_role("heading", name="Set", exact=True)).to_be_hidden()
