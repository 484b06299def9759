"""Every door by which a file leaves the house, in one sweep: a download, never guessed at, never shown, never run.

The names are hostile, and so are the contents; what comes out is judged by what a browser goes by.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liju_contact.app import make_app
from liju_contact.domain.file_name import safe_name
from liju_contact.store.thumbnails import settle_thumbnail
from liju_contact.usecases.ask_for_export import list_exports
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.write_export import write_next_export
from liju_contact.web.download import FILE_POLICY
from liju_contact.web.form_token import new_form_token
from tests.conftest import ONE_DATABASE
from tests.corpora import hostile_values, rows
from tests.staff_desk import AtTheDesk, at_the_desk
from tests.usecases import stories
from tests.usecases.mails import CUSTOMER, judged, letter_to, reply_to, with_staff
from tests.usecases.stories import opened, staged, submit
from tests.web.staff.test_files import PICTURE

pytestmark = ONE_DATABASE
ACTIVE = b"<!doctype html><script>alert(1)</script>"
NAMES = [
    "../../etc/passwd.pdf",
    "..\\..\\boot.pdf",
    "a\r\nSet-Cookie: x=y\r\n\r\n<script>.pdf",
    'a"; filename="evil.exe',
    "plan\u202efdp.exe",
    "plan.pdf" + "\u3164" * 60 + ".exe",
    "invoice.pdf.exe",
    "CON.pdf",
    "a%0d%0aX: y.pdf",
    "锅炉房.pdf",
    "\ud800.pdf",
    ".htaccess",
    "x" * 400 + ".html",
]
_SHOWN_PICTURE = "image/webp"


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


def assert_only_a_download(answer: TestResponse) -> None:
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    disposition = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename(\*=UTF-8''[A-Za-z0-9%._~-]+|=\"[\w.-]+\")", disposition), disposition
    assert "Set-Cookie" not in answer.headers
    assert answer.mimetype not in {"text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"}


def test_files_of_a_mail_leave_by_both_doors_as_downloads_under_harmless_names(deps: Deps, client: FlaskClient) -> None:
    deps = with_staff(deps)
    reference = submit(deps).reference
    written = reply_to(letter_to(deps, CUSTOMER), CUSTOMER, "Here they are.")
    for name in NAMES:
        plain = name.encode("utf-8", "replace").decode().replace("\r", " ").replace("\n", " ")
        written.add_attachment(ACTIVE, maintype="text", subtype="html", filename=plain)
    inbound_id = judged(deps, written)["id"]
    li = at_the_desk(deps, client)

    for position in range(len(NAMES)):
        answer = li.get(f"/staff/mail/{inbound_id}/file/{position}/x.html")
        assert_only_a_download(answer)
        assert answer.data.rstrip() == ACTIVE
    for file in stories.rows(deps.db, "file"):
        answer = li.get(f"/staff/inquiry/{reference}/file/{file['id']}/x.html")
        assert_only_a_download(answer)
        name = unquote(answer.headers["Content-Disposition"].partition("''")[2])
        assert name == file["name"] == safe_name(name)
        assert not set(name) & set('/\\\r\n"<>|?*')
    assert_only_a_download(li.get(f"/staff/mail/{inbound_id}/source.eml"))
    shown = li.get(f"/staff/inquiry/{reference}").text + li.get(f"/staff/mail/{inbound_id}").text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u3164]", shown)


def test_files_of_the_form_are_kept_under_their_digest_and_leave_as_downloads(deps: Deps, client: FlaskClient) -> None:
    taken = []
    submitted = submit(deps)
    reference, key = opened(submitted)
    for name in NAMES:
        with client.application.test_request_context():
            token = new_form_token(deps)
        fields: dict[str, Any] = {"token": token, "body": "x"}
        fields["files"] = (io.BytesIO(b"%PDF-1.7 " + ACTIVE), name.encode("utf-8", "replace").decode())
        taken.append(client.post(f"/inquiry/{reference}/{key}/message", data=fields).status_code)

    files = stories.rows(deps.db, "file")
    answers = [client.get(f"/inquiry/{reference}/{key}/file/{file['id']}/x.html") for file in files]

    assert set(taken) == {303, 422}
    assert {name.rpartition(".")[2] for name in (file["name"] for file in files)} == {"pdf"}
    assert len(stories.rows(deps.db, "blob")) == 1, "the same bytes are stored once, whatever they are called"
    for answer in answers:
        assert_only_a_download(answer)


def test_pictures_are_the_only_files_that_are_shown_and_are_ours(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps, files=(staged(deps, b"%PDF-1.7"),)).reference
    with deps.db.begin() as tx:
        settle_thumbnail(tx, 1, PICTURE, deps.now())

    answer = at_the_desk(deps, client).get(f"/staff/inquiry/{reference}/thumbnail/1")

    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == (_SHOWN_PICTURE, "nosniff")
    assert answer.headers["Content-Security-Policy"] == FILE_POLICY


# --- cells of tables -----------------------------------------------------------------------------------------------

_RUNS = re.compile(r"^[\s\"'\u00ad\u200b-\u200f\u2028-\u202e\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
FORMULAS = [
    "=1+1",
    "@SUM(1)",
    "+1;=2",
    "-2+3|cmd",
    "\t=HYPERLINK(1)",
    "=cmd|'/c calc'!A1",
    "\uff1d1",
    "x;=1\n+2",
    '"=1"',
]


def hostile_texts() -> list[str]:
    """Return formulas and the whole of the public payload sets, as far as a form's field would take them."""
    return [text for text in [*FORMULAS, *rows("payload_fuzzdb", "xss"), *hostile_values()] if text.strip()]


def written_export(deps: Deps, li: AtTheDesk, form: str) -> bytes:
    li.post("/staff/exports", {"query": "view=all", "format": form})
    while write_next_export(deps, holder="tests"):
        pass
    export = list_exports(deps, li.person)[0]
    answer = li.get(f"/staff/exports/{export.id}/{export.name}")
    assert_only_a_download(answer)
    return bytes(answer.data)


@pytest.fixture
def listed(deps: Deps) -> list[str]:
    """Inquiries whose every free field is hostile, a dozen payloads to each."""
    texts = hostile_texts()[:1800]
    for number in range(0, len(texts), 4):
        name, company, phone, message = (*texts[number : number + 4], "=1", "=2", "=3")[:4]
        submit(
            deps,
            nonce=f"n-{number}",
            name=name[:200].replace("\0", "") or "x",
            company=company[:200].replace("\0", ""),
            phone=phone[:60].replace("\0", ""),
            message=message.replace("\0", "").encode("utf-8", "replace").decode(),
            email=f"a{number}@b.example",
        )
    return texts


def test_no_cell_of_any_export_can_run(deps: Deps, client: FlaskClient, listed: list[str]) -> None:
    li = at_the_desk(deps, client)

    sheet = csv.reader(io.StringIO(written_export(deps, li, "csv").decode("utf-8-sig"), newline=""))
    book = openpyxl.load_workbook(io.BytesIO(written_export(deps, li, "xlsx")))
    tables = [
        csv.reader(io.StringIO(li.get(f"/staff/insight/{name}.csv").data.decode("utf-8-sig"), newline=""))
        for name in re.findall(r"/staff/insight/(\w+)\.csv", li.get("/staff/insight").text)
    ]

    cells = [cell for row in sheet for cell in row]
    assert len(cells) > len(listed)
    assert [cell for cell in cells if _RUNS.match(cell) and not cell.startswith("'")] == []
    assert [cell for cell in cells if re.search(r"[;\t\r\n][ \"]*[=@]", cell)] == []
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d", "inlineStr"}
    assert [cell.hyperlink for page in book for row in page.iter_rows() for cell in row if cell.hyperlink] == []
    for table in tables:
        assert [cell for row in table for cell in row if re.match(r"[=@+]|-(?!\d)", cell)] == []
    assert tables
