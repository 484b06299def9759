"""What a visitor does on the pages, in the order a person does it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playwright.sync_api import FilePayload, Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PLAN = FilePayload(name="Plan Süd.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7\n" + b"drawing " * 4000)
PROGRAM = FilePayload(name="setup.exe", mimeType="application/octet-stream", buffer=b"MZ\x90\0")
MESSAGE = "We need steam for a dairy.\n\nمرحبا بالعالم"  # noqa: RUF001  # people write in their own script
# The second frame begins when the first has been drawn; a script that runs once the page is read has run by then.
DRAWN = """async () => {
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done));
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
}"""


def fill_in(page: Page) -> None:
    """Open the form and answer its five required questions."""
    page.goto("/")
    page.locator("#product-steam").check()
    page.fill("#message", MESSAGE)
    page.fill("#name", "Jürgen Müller")
    page.fill("#email", "j.mueller@dairy.example")
    page.select_option("#country", "DE")


def attach(page: Page, *files: FilePayload) -> None:
    chosen: Sequence[FilePayload] = files
    page.set_input_files("#files", chosen)


def send(page: Page) -> None:
    page.locator("button.send").click()


def expect_status_page(page: Page) -> None:
    expect(page).to_have_url(re.compile(r"/inquiry/LJ-[0-9A-Z]{4}-[0-9A-Z]{4}/\w+"))
    expect(page.locator("h1.reference")).to_have_text(re.compile(r"LJ-[0-9A-Z]{4}-[0-9A-Z]{4}"))


def sent_inquiry(page: Page) -> None:
    """Send an inquiry and stay on its status page."""
    fill_in(page)
    send(page)
    expect_status_page(page)


def press(page: Page, key: str) -> None:
    """Press one of the desk's keys once the page that is there was drawn: until then it may be heard by nobody."""
    page.evaluate(DRAWN)
    page.keyboard.press(key)


def wait_until(page: Page, condition: str) -> None:
    """Wait for a condition in the page's own words; Playwright's own way evaluates a string, which our pages forbid."""
    page.evaluate(f"async () => {{ while (!({condition})) await new Promise(requestAnimationFrame); }}")


def widest(page: Page) -> int:
    """Return how wide the page is laid out: more than the window means scrolling sideways."""
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollWidth"))
