"""The page of the demo's post office: what it shows, what it must never run, and what is written there."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from liju_contact.app import make_deps
from liju_contact.config import Settings
from liju_contact.domain.errors import NotFound
from liju_contact.mail.maildir import Envelope, keep_letter
from liju_contact.mail.post_office import MaildirPostOffice
from liju_contact.store.database import Database
from liju_contact.store.files import chunks
from liju_contact.templating import template_environments
from liju_contact.usecases.deps import Deps
from liju_contact.web import assets
from liju_contact.web.assets import Assets
from liju_contact.web.form_token import new_form_token
from liju_contact.web.headers import install_headers
from liju_contact.web.post_office import LETTERS_ON_A_PAGE, SHOWN_CHARACTERS, bp
from tests.axe import violations
from tests.chromium import open_browser
from tests.usecases.stories import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from playwright.sync_api import Browser

HOSTILE = '"><script>alert(1)</script>'
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def page_with_a_script() -> tuple[str, dict[str, str]]:
    page = "<title>still</title><script>document.title = 'alive'</script>"
    return page, {"Content-Security-Policy": "script-src 'unsafe-inline'"}


@pytest.fixture
def deps(tmp_path: Path, settings: Settings, migrated_file: Path) -> Iterator[Deps]:
    """The program's parts on SQLite alone: the page itself stores nothing."""
    shutil.copy(migrated_file, tmp_path / "liju.db")
    files = replace(settings.files, count_limit=2, total_limit_bytes=1000)
    made = make_deps(replace(settings, files=files))
    yield replace(made, post_office=MaildirPostOffice(tmp_path))
    made.db.close()


@pytest.fixture
def app(deps: Deps) -> Flask:
    app = Flask("liju_contact", template_folder=None, static_folder=None)
    app.extensions["liju"] = deps
    settings = deps.settings
    app.extensions["liju_assets"] = Assets(settings.catalogue)
    shared = {"asset": app.extensions["liju_assets"].url, "url_for": app.url_for}
    app.extensions["liju_templates"] = template_environments(settings.web.languages[:1], shared)
    app.register_error_handler(NotFound, lambda error: (str(error), 404))
    app.register_blueprint(bp)
    app.register_blueprint(assets.bp)
    install_headers(app, is_https=False)
    app.add_url_rule("/inquiry/x", view_func=page_with_a_script)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def letter(subject: str = "Hello", text: str = "Text", html: str = "") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "LIJU <service@liju.example>"
    message["Subject"] = subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def keep(maildir: Path, message: EmailMessage, recipient: str = "buyer@customer.example") -> str:
    return keep_letter(maildir, Envelope(sender="service@liju.example", recipients=(recipient,)), message.as_bytes())


def keep_ours(maildir: Path, recipient: str = "buyer@customer.example", **parts: str) -> str:
    """Keep a letter that can be answered: its answers come to this program."""
    message = letter(**parts)
    message["Reply-To"] = "inquiry+lj7k3f9q2x.a1.0123456789abcdef0123456789@liju.example"
    return keep(maildir, message, recipient)


def received(deps: Deps) -> list[EmailMessage]:
    """Return every mail that came into the program by this page, as it reads."""
    with deps.db.read() as tx:
        raw = [b"".join(chunks(tx, row["blob_id"])) for row in rows(deps.db, "inbound")]
    return [message_from_bytes(mail, policy=default) for mail in raw]


def upload(name: str = "图 1.pdf", content: bytes = b"%PDF") -> tuple[BytesIO, str]:
    return BytesIO(content), name


def test_list_is_kind_while_it_is_empty(client: FlaskClient) -> None:
    page = client.get("/post-office/")

    assert page.status_code == 200
    assert "No letters yet." in page.text


def test_list_shows_whom_each_letter_is_to_newest_first(client: FlaskClient, tmp_path: Path) -> None:
    keep(tmp_path, letter("To the team"), "sales@liju.example")
    keep(tmp_path, letter("我们已收到您的询价"), "buyer@customer.example")

    page = client.get("/post-office/").text

    order = [page.index(text) for text in ("buyer@customer.example", "我们已收到", "sales@liju.example", "To the team")]
    assert order == sorted(order)


def test_list_goes_on_with_older_letters(client: FlaskClient, tmp_path: Path) -> None:
    ids = [keep(tmp_path, letter(f"Number {number};")) for number in range(LETTERS_ON_A_PAGE + 1)]

    first, second = client.get("/post-office/").text, client.get(f"/post-office/?before={ids[1]}").text

    assert first.count('class="po-line"') == LETTERS_ON_A_PAGE
    assert f'href="/post-office/?before={ids[1]}"' in first
    assert "Number 0;" in second
    assert second.count('class="po-line"') == 1


@pytest.mark.parametrize("view", ["", "html", "text", "headers", "source", "nonsense"])
def test_hostile_text_is_only_text_in_every_view(client: FlaskClient, tmp_path: Path, view: str) -> None:
    message = letter(HOSTILE, HOSTILE, HOSTILE)
    message["Reply-To"] = f"{HOSTILE}@x.example"
    message.add_attachment(b"x", maintype="text", subtype="html", filename=f"{HOSTILE}.html")
    letter_id = keep(tmp_path, message)

    page = client.get(f"/post-office/{letter_id}?view={view}")

    assert page.status_code == 200
    assert "alert(1)" in page.text
    assert "<script>alert" not in page.text


def test_status_link_of_a_text_can_be_clicked(client: FlaskClient, tmp_path: Path) -> None:
    letter_id = keep(tmp_path, letter(text="Follow it: http://127.0.0.1:8000/inquiry/LJ-7K3F-9Q2X/a_b-c\n"))

    page = client.get(f"/post-office/{letter_id}").text

    assert (
        '<a href="http://127.0.0.1:8000/inquiry/LJ-7K3F-9Q2X/a_b-c" rel="noopener noreferrer" target="_blank">' in page
    )


def test_headers_and_source_show_all_of_the_letter(client: FlaskClient, tmp_path: Path) -> None:
    message = letter("报价")
    message["Auto-Submitted"] = "auto-generated"
    letter_id = keep(tmp_path, message)

    headers = client.get(f"/post-office/{letter_id}?view=headers").text
    source = client.get(f"/post-office/{letter_id}?view=source").text

    assert "<dt>Subject</dt><dd><bdi>报价</bdi></dd>" in headers
    assert "<dt>Auto-Submitted</dt><dd><bdi>auto-generated</bdi></dd>" in headers
    assert "Subject: =?utf-8?" in source


def test_very_long_text_is_shown_by_its_beginning(client: FlaskClient, tmp_path: Path) -> None:
    letter_id = keep(tmp_path, letter(text="锅炉 " * SHOWN_CHARACTERS))

    text = client.get(f"/post-office/{letter_id}").text
    source = client.get(f"/post-office/{letter_id}?view=source").text

    assert "This is the beginning." in text
    assert "This is the beginning." in source
    assert len(text) < SHOWN_CHARACTERS + 10_000


def test_html_is_served_where_nothing_runs_and_links_open_a_tab(client: FlaskClient, tmp_path: Path) -> None:
    letter_id = keep(tmp_path, letter(html="<p>锅炉</p>"))

    page = client.get(f"/post-office/{letter_id}").text
    frame = client.get(f"/post-office/{letter_id}/html")

    assert f'<iframe src="/post-office/{letter_id}/html"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert frame.text.strip() == '<!doctype html><base target="_blank"><p>锅炉</p>'
    assert frame.headers["Content-Security-Policy"] == LETTER_POLICY
    assert frame.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("address", ["", "{id}", "{id}?view=source", "{id}/html", "{id}/letter.eml", "{id}/files/0"])
def test_every_answer_is_guarded(client: FlaskClient, tmp_path: Path, address: str) -> None:
    message = letter()
    message.add_attachment(b"x", maintype="image", subtype="svg+xml", filename="a.svg")
    letter_id = keep(tmp_path, message)

    with client.get(f"/post-office/{address.format(id=letter_id)}") as response:
        assert response.status_code == 200
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("drawing.dwg", "attachment; filename=drawing.dwg"),
        (
            "锅炉房 图.svg",
            "attachment; filename=\" .svg\"; filename*=UTF-8''%E9%94%85%E7%82%89%E6%88%BF%20%E5%9B%BE.svg",
        ),
        ('a"b.html', "attachment; filename=a_b.html"),
    ],
)
def test_file_is_a_download_with_its_name(client: FlaskClient, tmp_path: Path, name: str, disposition: str) -> None:
    message = letter()
    message.add_attachment(b"\x00\xff<script>", maintype="image", subtype="svg+xml", filename=name)
    letter_id = keep(tmp_path, message)

    with client.get(f"/post-office/{letter_id}/files/0") as response:
        assert response.data == b"\x00\xff<script>"
        assert response.headers["Content-Type"].startswith("image/svg+xml")
        assert response.headers["Content-Disposition"] == disposition


def test_letter_is_saved_as_it_was_received(client: FlaskClient, tmp_path: Path) -> None:
    message = letter()
    letter_id = keep(tmp_path, message)

    with client.get(f"/post-office/{letter_id}/letter.eml") as response:
        assert response.data == message.as_bytes()
        assert response.headers["Content-Disposition"] == f"attachment; filename={letter_id}.eml"


@pytest.mark.parametrize("address", ["", "{id}", "{id}/html", "{id}/letter.eml", "{id}/files/0"])
def test_nothing_is_reachable_once_a_mail_server_is_configured(app: Flask, tmp_path: Path, address: str) -> None:
    message = letter()
    message.add_attachment(b"x", maintype="image", subtype="png", filename="a.png")
    letter_id = keep(tmp_path, message)
    app.extensions["liju"] = replace(app.extensions["liju"], post_office=None)

    assert app.test_client().get(f"/post-office/{address.format(id=letter_id)}").status_code == 404


@pytest.mark.parametrize("address", ["nonsense", "nonsense/html", "..%2f..%2fsecret", "{id}/files/0", "{id}/files/-1"])
def test_unknown_letter_or_file_is_not_found(client: FlaskClient, tmp_path: Path, address: str) -> None:
    letter_id = keep(tmp_path, letter())

    assert client.get(f"/post-office/{address.format(id=letter_id)}").status_code == 404


def test_nothing_can_be_changed(client: FlaskClient, tmp_path: Path) -> None:
    letter_id = keep(tmp_path, letter())

    answers = {client.open(f"/post-office/{letter_id}", method=method).status_code for method in ("POST", "DELETE")}

    assert answers == {405}


def test_reply_form_stands_below_a_letter_that_can_be_answered(client: FlaskClient, tmp_path: Path) -> None:
    to_customer, to_staff = keep_ours(tmp_path), keep_ours(tmp_path, "sales@liju.example")
    ours = "inquiry@liju.example"

    pages = [client.get(f"/post-office/{letter_id}").text for letter_id in (to_customer, to_staff)]
    not_ours = client.get(f"/post-office/{keep(tmp_path, letter(), ours)}").text

    assert "Reply as <bdi>buyer@customer.example</bdi></button>" in pages[0]
    assert "Reply as <bdi>sales@liju.example</bdi></button>" in pages[1]
    assert ["#note, #close, #assign me, #spam" in page for page in pages] == [False, True]
    assert "<form" not in not_ours


def test_reply_goes_into_the_program_and_leads_back_to_the_letter(
    client: FlaskClient, deps: Deps, tmp_path: Path
) -> None:
    letter_id = keep_ours(tmp_path, text="How much steam?")
    form = {"token": new_form_token(deps), "text": "2 t/h\r\nat 10 bar", "files": [upload(), upload("b.exe", b"MZ")]}

    answer = client.post(f"/post-office/{letter_id}/reply?view=text", data=form)
    page = client.get(answer.location).text

    assert (answer.status_code, answer.location) == (303, f"/post-office/{letter_id}?view=text&sent=1")
    assert "Your reply is on its way into the program; any letters it leads to appear here in a moment." in page
    [mail] = received(deps)
    body = mail.get_body()
    assert body is not None
    assert body.get_content().splitlines()[:2] == ["2 t/h", "at 10 bar"]
    assert body.get_content().rstrip().endswith("> How much steam?")
    assert [(file.get_filename(), file.get_content()) for file in mail.iter_attachments()] == [
        ("图 1.pdf", b"%PDF"),
        ("b.exe", b"MZ"),
    ]


def test_mail_to_us_goes_into_the_program(client: FlaskClient, deps: Deps) -> None:
    form = {
        "token": new_form_token(deps),
        "email": "Ana <ana@usina.example>",
        "name": "Ana",
        "subject": "Boilers",
        "text": "Two.",
        "files": [upload()],
    }
    link = client.get("/post-office/").text

    answer = client.post("/post-office/write", data=form)

    assert 'href="/post-office/write"' in link
    assert (answer.status_code, answer.location) == (303, "/post-office/write?sent=1")
    assert "Your mail is on its way into the program" in client.get(answer.location).text
    [mail] = received(deps)
    assert (mail["From"], mail["To"], mail["Subject"]) == ("Ana <ana@usina.example>", "inquiry@liju.example", "Boilers")


TOO_LONG = "x" * 20_001
WRONG_FORMS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"text": " \u200b\r\n"}, "Please write a message or attach a file."),
    "too long": ({"text": TOO_LONG}, "Please shorten your message to 20000 characters, or attach it as a file."),
    "too many files": ({"text": "x", "files": [upload] * 3}, "Please attach at most 2 files."),
    "too large a file": (
        {"files": [lambda: upload(content=b"x" * 1001)]},
        "Please attach files of at most 1 kB together.",
    ),
    "a stale token": ({"text": "x", "token": "old"}, "This page was open for a long time."),
    "a stale token and a file": ({"token": "old", "files": [upload]}, "Please attach your files once more."),
    "no address": ({"text": "x", "email": ""}, "Please tell us your e-mail address"),
    "a wrong address": ({"text": "x", "email": "ana at usina"}, "This does not look like an e-mail address."),
    "an accent": ({"text": "x", "email": "josé@usina.example"}, "plain e-mail has no form for one of its addresses."),
}


@pytest.mark.parametrize("case", WRONG_FORMS)
def test_wrong_form_comes_back_with_what_was_typed(client: FlaskClient, deps: Deps, tmp_path: Path, case: str) -> None:
    given, sentence = WRONG_FORMS[case]
    letter_id, paths = keep_ours(tmp_path), ["/post-office/write"]
    paths += [] if "email" in given else [f"/post-office/{letter_id}/reply"]

    for path in paths:
        files = [make() for make in given.get("files", [])]
        form = {"token": new_form_token(deps), "email": "a@x.example", "subject": HOSTILE, **given, "files": files}
        answer = client.post(path, data=form)

        assert answer.status_code == 422
        assert sentence in answer.text
        assert given.get("text", "").strip(" \r\n") in answer.text
        assert "<script>alert" not in answer.text
    assert received(deps) == []


def test_form_comes_back_while_the_database_is_busy(app: Flask, deps: Deps, tmp_path: Path) -> None:
    letter_id = keep_ours(tmp_path)
    impatient = Database(deps.db.url, busy_seconds=0.1)
    app.extensions["liju"] = replace(deps, db=impatient)
    form = {"token": new_form_token(deps), "text": "What I typed"}

    with deps.db.begin():
        answer = app.test_client().post(f"/post-office/{letter_id}/reply", data=form)
    impatient.close()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Nothing you typed is lost" in answer.text
    assert "What I typed</textarea>" in answer.text


def test_nobody_writes_once_a_mail_server_is_configured(app: Flask, deps: Deps, tmp_path: Path) -> None:
    letter_id = keep_ours(tmp_path)
    form = {"token": new_form_token(deps), "email": "a@x.example", "text": "x"}
    app.extensions["liju"] = replace(deps, post_office=None)
    client = app.test_client()

    answers = {client.post(f"/post-office/{path}", data=form).status_code for path in ("write", f"{letter_id}/reply")}

    assert (answers, client.get("/post-office/write").status_code) == ({404}, 404)
    assert received(deps) == []


def test_letter_that_is_not_there_cannot_be_answered(client: FlaskClient, deps: Deps) -> None:
    form = {"token": new_form_token(deps), "text": "x"}

    assert client.post("/post-office/1795390385.M000001P1Q1.post/reply", data=form).status_code == 404


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


def test_newcomer_clicks_the_link_of_a_letter_whose_script_never_runs(
    app: Flask, tmp_path: Path, browser: Browser
) -> None:
    with serving(app) as address, browser.new_context() as context:
        link = f'<a href="{address}/inquiry/x">Follow it</a>'
        keep(tmp_path, letter(html=f"<!doctype html><p>{link}</p><script>document.body.innerHTML = 'ran'</script>"))
        page = context.new_page()
        page.goto(f"{address}/post-office/")
        page.get_by_role("link", name="buyer@customer.example").click()

        with context.expect_page() as opened:
            page.frame_locator("iframe").get_by_role("link", name="Follow it").click()
        opened.value.wait_for_load_state()

        # The page behind the link is out of the sandbox: its own script works.
        assert opened.value.title() == "alive"
        assert page.frame_locator("iframe").locator("body").inner_text().strip() == "Follow it"


def test_new_letter_appears_in_the_open_list_by_itself(app: Flask, tmp_path: Path, browser: Browser) -> None:
    with serving(app) as address, browser.new_context() as context:
        open_id = keep(tmp_path, letter("First"))
        page = context.new_page()
        page.goto(f"{address}/post-office/{open_id}")
        keep(tmp_path, letter("Second"), "sales@liju.example")

        page.get_by_role("link", name="sales@liju.example").wait_for(timeout=10_000)

        assert page.locator("a.po-line[aria-current=page] .po-subject").inner_text() == "First"


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_accessible_and_fit_the_screen(app: Flask, tmp_path: Path, browser: Browser, width: int) -> None:
    message = letter("我们已收到 " + "long-subject-" * 20, text="x" * 300, html="<p>锅炉</p>")
    message["Reply-To"] = "inquiry@liju.example"
    message.add_attachment(b"x", maintype="image", subtype="png", filename="very-long-file-name-" * 9 + ".png")
    letter_id = keep(tmp_path, message, f"{'very-long-name-' * 4}@liju.example")
    with (
        serving(app) as address,
        browser.new_context(viewport={"width": width, "height": 800}) as context,
    ):
        page = context.new_page()
        found = {}
        views = [f"{letter_id}?view={view}" for view in ("text", "headers", "source")]
        for path in ("", letter_id, f"{letter_id}?sent=1", *views, "write", "write?sent=1"):
            page.goto(f"{address}/post-office/{path}")
            too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found[path] = (too_wide, [violation["id"] for violation in violations(page)])

    assert found == dict.fromkeys(found, (0, []))
