"""The daily work at one inquiry, as people do it: by keyboard, on a phone, two at once, and without JavaScript."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from liju_contact.app import make_app, make_deps
from liju_contact.config import Settings
from liju_contact.domain.person import Person
from liju_contact.usecases.canned_replies import write_reply
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.staff_session import begin_session
from tests.axe import violations
from tests.browser.conftest import NewPage
from tests.staff_desk import COOKIE, account
from tests.usecases.mails import WANG, messages, with_staff
from tests.usecases.stories import rows, submit

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

    page.keyboard.press("r")
    expect(page.locator("#body")).to_be_focused()
    page.keyboard.type(ANSWER)
    page.keyboard.press("Control+Shift+Enter")
    expect(page.frame_locator(".preview iframe").locator("body")).to_contain_text(ANSWER)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("Your answer is on its way.")
    page.keyboard.press("n")
    expect(page.locator("#note-body")).to_be_focused()
    page.keyboard.type("They pay late.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".line .note")).to_contain_text("They pay late.")
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("Li Wei has taken it on.")
    page.keyboard.press("e")
    expect(page.locator(".top .state")).to_have_text("closed")
    page.keyboard.press("z")
    expect(page.locator(".top .state")).to_have_text("answered")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()

    assert messages(desk.deps)[1:] == [("staff", "Li Wei", ANSWER)]
    assert rows(desk.deps.db, "draft") == []


def test_what_was_typed_outlives_the_page_and_a_desk_out_of_reach(desk: Desk) -> None:
    page = desk.open_as(desk.li)
    write_reply(desk.deps, desk.li, None, title="Hello", texts={"en": "Dear {name},"}, now=desk.deps.now())
    page.reload()
    page.select_option("#reply", label="Hello")
    page.click("button[value=insert]")
    expect(page.locator("#body")).to_have_value("Dear Ana Souza,")

    with page.expect_response("**/draft"):
        page.reload()
    page.reload()
    expect(page.locator("#body")).to_have_value("Dear Ana Souza,")
    page.fill("#body", "")
    with page.expect_response("**/draft"):
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.route("**/draft", lambda route: route.abort())
    page.fill("#body", "Kept here")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    expect(page.locator("#answer [data-draft-state]")).to_contain_text("on this device alone")
    page.reload()

    expect(page.locator("#body")).to_have_value("Kept here")


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
    page.click("button[value=send]")
    page.click("#note summary")
    page.fill("#note-body", "They pay late.")
    page.click("#note button")

    assert messages(desk.deps)[1][2] == ANSWER
    assert rows(desk.deps.db, "inquiry")[0]["state"] == "closed"
    assert rows(desk.deps.db, "note")[0]["body"] == "They pay late."
