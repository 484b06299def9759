"""A newcomer sees the whole loop in the demo's post office: answer as sales, reply as the customer, write a mail."""

from __future__ import annotations

import re
import smtplib
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from liju_contact.mail.maildir import letter_ids
from tests.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.visitor import PLAN, attach, sent_inquiry, widest
from tests.program import Program

CUSTOMER = "j.mueller@dairy.example"
SALES = "sales@liju.example"
PHONE_WIDTH = {"viewport": {"width": 375, "height": 740}}
SECONDS = 60.0


def until_shown(page: Page, what: str, path: str) -> None:
    """Look at a page until it shows an element: the worker needs a moment, and the page may have no script.

    It is drawn only when it is another than before, which costs far less than to draw it again and again.
    """
    deadline, drawn = time.monotonic() + SECONDS, ""
    while time.monotonic() < deadline:
        if (content := page.request.get(path).text()) != drawn:
            page.goto(path)
            if page.locator(what).count():
                return
            drawn = content
        time.sleep(0.1)
    pytest.fail(f"waited in vain for {what} on {path}")


def open_letter(page: Page, recipient: str, about: str) -> None:
    """Open the newest letter to somebody about an inquiry, or with other words in its subject."""
    found = f'a.po-line:has(.po-to:has-text("{recipient}")):has(.po-subject:has-text("{about}"))'
    until_shown(page, found, "/post-office/")
    page.locator(found).first.click()
    expect(page.locator("#reply")).to_be_visible()


def press_reply(page: Page) -> None:
    """By the keyboard: a click right after scrolling may still go to the frame that was there, a process of its own."""
    page.locator("#reply button").press("Enter")


def reply(page: Page, text: str, *files: FilePayload) -> None:
    page.fill("#text", text)
    attach(page, *files)
    press_reply(page)
    expect(page.get_by_role("status")).to_contain_text("Your reply is on its way into the program")


def reference_of(page: Page) -> str:
    return page.locator("h1.reference").inner_text()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_answer_and_a_reply_go_round(open_program: NewPage, script: bool) -> None:  # noqa: FBT001  # a case
    page = open_program(java_script_enabled=script)
    sent_inquiry(page)
    status_path, reference = page.url, reference_of(page)

    open_letter(page, SALES, reference)
    reply(page, "Dear Jürgen,\n\nour LSS2 does it: https://www.liju.example/?a=1&b=2", PLAN)
    until_shown(page, ".message.staff", status_path)
    expect(page.locator(".message.staff .who")).to_contain_text("Boiler sales")
    expect(page.locator(".message.staff .body")).to_have_text(
        "Dear Jürgen,\n\nour LSS2 does it: https://www.liju.example/?a=1&b=2", use_inner_text=True
    )
    expect(page.locator(".message.staff .body a")).to_have_count(0)
    expect(page.locator(".timeline .past").last).to_contain_text("Boiler sales answered.")
    with page.expect_download() as waiting:
        page.locator(".message.staff .files a").click()
    assert Path(waiting.value.path()).read_bytes() == PLAN["buffer"]

    open_letter(page, CUSTOMER, f"Re: [{reference}]")
    reply(page, "谢谢, two of them please.")
    until_shown(page, ".message >> nth=2", status_path)
    expect(page.locator(".message .body").last).to_have_text("谢谢, two of them please.")
    expect(page.locator(".lead")).to_have_text("We are working on it.")


def test_staff_take_an_inquiry_on_by_a_command_and_the_customer_sees_no_note(open_program: NewPage) -> None:
    page = open_program()
    sent_inquiry(page)
    status_path, reference = page.url, reference_of(page)
    open_letter(page, SALES, reference)
    expect(page.locator("#text")).to_have_accessible_description(re.compile("#note, #close"))

    reply(page, "#note\nHe never pays.")
    reply(page, "#assign me\n#close")
    until_shown(page, "text=closed the inquiry.", status_path)

    assert "He never pays." not in page.content()
    expect(page.locator(".message")).to_have_count(1)
    expect(page.locator(".timeline .past")).to_contain_text(
        ["Your inquiry arrived", "Boiler sales has taken it on.", "Boiler sales closed the inquiry."]
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_mail_to_us_is_answered_with_a_letter(open_program: NewPage, script: bool) -> None:  # noqa: FBT001  # a case
    page = open_program(java_script_enabled=script)
    page.goto("/post-office/")
    page.get_by_role("link", name="Write to us").click()

    page.fill("#email", f"wei-{script}@newcomer.example")
    page.fill("#subject", "Two boilers")
    page.fill("#text", "What do they cost?")
    attach(page, PLAN)
    page.get_by_role("button", name="Send mail").click()

    expect(page.get_by_role("status")).to_contain_text("Your mail is on its way into the program")
    open_letter(page, f"wei-{script}@newcomer.example".lower(), "Your inquiry has reached")


def test_a_mail_programs_reply_by_smtp_comes_in_and_shows_in_the_list(open_program: NewPage, program: Program) -> None:
    page = open_program()
    sent_inquiry(page)
    status_path, reference = page.url, reference_of(page)
    open_letter(page, SALES, reference)
    message = EmailMessage()
    message["From"], message["Subject"] = SALES, "Re: your inquiry"
    message["To"] = page.locator("dt:text-is('Reply to') + dd").inner_text()
    message.set_content("By a real mail program.")
    port = re.findall(r"SMTP on 127\.0\.0\.1:(\d+)", program.output())[-1]

    with smtplib.SMTP("127.0.0.1", int(port)) as client:
        client.send_message(message)

    until_shown(page, ".message.staff", status_path)
    expect(page.locator(".message.staff .body")).to_have_text("By a real mail program.")
    until_shown(page, '.po-subject:has-text("Re: your inquiry")', "/post-office/")


def test_an_empty_reply_comes_back_with_the_text_in_focus(open_program: NewPage) -> None:
    page = open_program()
    sent_inquiry(page)
    open_letter(page, SALES, reference_of(page))

    press_reply(page)

    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#text")).to_be_in_viewport()
    expect(page.locator("#text")).to_have_accessible_description(
        re.compile("^Please write a message or attach a file. #note")
    )


def test_a_reply_sent_by_two_clicks_is_one(open_program: NewPage, program: Program) -> None:
    page = open_program()
    sent_inquiry(page)
    open_letter(page, SALES, reference_of(page))
    page.fill("#text", "Only once.")
    maildir = program.instance / "post"
    before = set(letter_ids(maildir))

    page.locator("#reply button").dblclick()
    expect(page.get_by_role("status")).to_be_visible()

    sources = [(maildir / "new" / letter_id).read_bytes() for letter_id in set(letter_ids(maildir)) - before]
    assert len([source for source in sources if b"X-Envelope-From: sales@" in source]) == 1


@pytest.mark.parametrize(("locale", "window"), [("en-GB", PHONE_WIDTH), ("zh-CN", {})], ids=["phone", "desktop"])
def test_axe_finds_nothing_where_something_is_written(
    open_program: NewPage, locale: str, window: dict[str, object]
) -> None:
    page = open_program(locale=locale, **window)
    sent_inquiry(page)
    found = {}
    open_letter(page, SALES, reference_of(page))
    press_reply(page)
    expect(page.locator("#text-error")).to_be_visible()
    found["an empty reply"] = (violations(page), widest(page))
    page.goto("/post-office/write")
    page.fill("#email", "no address")
    page.locator(".po-form button").click()
    expect(page.locator("#email-error")).to_be_visible()
    found["a wrong mail"] = (violations(page), widest(page))
    page.goto("/post-office/write?sent=1")
    found["a mail that was sent"] = (violations(page), widest(page))

    assert found == dict.fromkeys(found, ([], page.viewport_size["width"] if page.viewport_size else 0))
