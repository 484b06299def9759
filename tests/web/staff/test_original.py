"""The original of a mail: its text and source as text, its bytes as a download, and for nobody else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.person import Role
from liju_contact.usecases.deps import Deps
from liju_contact.web.download import FILE_POLICY
from tests.conftest import ONE_DATABASE
from tests.staff_desk import at_the_desk
from tests.usecases.carried import carry_all
from tests.usecases.mails import CUSTOMER, as_bytes, judged, letter_to, reply_to, with_staff
from tests.usecases.stories import rows, submit

pytestmark = ONE_DATABASE


@pytest.fixture
def office(deps: Deps) -> Deps:
    deps = with_staff(deps)
    submit(deps)
    carry_all(deps)
    return deps


@pytest.fixture
def client(office: Deps) -> FlaskClient:
    return make_app(office).test_client()


def test_mail_is_shown_as_text_and_given_out_byte_by_byte(office: Deps, client: FlaskClient) -> None:
    written = reply_to(letter_to(office, CUSTOMER), CUSTOMER, "<b onclick=x>两台</b> please.")
    written.add_attachment(b"%PDF-1.7 plan", maintype="application", subtype="pdf", filename="plan.pdf")
    inbound_id = judged(office, written)["id"]
    li = at_the_desk(office, client)

    page, source = li.get(f"/staff/mail/{inbound_id}").text, li.get(f"/staff/mail/{inbound_id}?view=source").text
    raw = li.get(f"/staff/mail/{inbound_id}/source.eml")
    file = li.get(f"/staff/mail/{inbound_id}/file/0/plan.pdf")

    assert ("&lt;b onclick=x&gt;两台" in page, "<b onclick" in page + source) == (True, False)
    assert "It was sent to the reply address that a letter of ours gave its sender." in page
    assert "Message-ID: &lt;" in source
    assert (raw.data, raw.mimetype) == (as_bytes(written), "application/octet-stream")
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert raw.headers["Content-Security-Policy"] == FILE_POLICY
    assert (file.data, file.headers["Content-Disposition"][:10]) == (b"%PDF-1.7 plan", "attachment")


def test_mail_of_an_inquiry_that_is_not_theirs_is_not_there(office: Deps, client: FlaskClient) -> None:
    inbound_id = judged(office, reply_to(letter_to(office, CUSTOMER), CUSTOMER, "A secret."))["id"]
    li = at_the_desk(office, client, product_lines=["vacuum-hot-water"])

    for path in ("", "?view=source", "/source.eml", "/file/0/a", "/thumbnail/0"):
        answer = li.get(f"/staff/mail/{inbound_id}{path}")
        assert (path, answer.status_code, "A secret" in answer.text) == (path, 404, False)
    assert li.get("/staff/mail/99").status_code == 404


KEY_LENGTH = 34


def test_html_is_shown_in_a_document_without_origin_scripts_or_network(office: Deps, client: FlaskClient) -> None:
    written = reply_to(letter_to(office, CUSTOMER), CUSTOMER, "plain")
    written.add_alternative("<p onclick=x>两台<script>alert(1)</script></p>", subtype="html")
    inbound_id = judged(office, written)["id"]
    li = at_the_desk(office, client)

    page, frame = li.get(f"/staff/mail/{inbound_id}?view=html"), li.get(f"/staff/mail/{inbound_id}/html")

    assert "<p>两台</p>" in frame.text
    assert ("<script" in frame.text, "两台" in page.text) == (False, False)
    policy = frame.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox allow-popups allow-popups-to-escape-sandbox"} <= set(policy)
    assert [part for part in policy if "script" in part or "unsafe" in part or "http" in part] == []
    assert f'<iframe class="laid-out" src="/staff/mail/{inbound_id}/html" sandbox="allow-popups ' in page.text
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'; frame-src 'self'")
    assert "frame-src" not in li.get(f"/staff/mail/{inbound_id}").headers["Content-Security-Policy"]


def test_customers_keys_are_not_shown_whole_where_a_mail_quotes_them(office: Deps, client: FlaskClient) -> None:
    letter = letter_to(office, CUSTOMER)
    link = next(line for line in letter["text"].split() if "/inquiry/" in line).strip("<>.")
    key = link.split("/")[5].partition("?")[0]
    written = reply_to(letter, CUSTOMER, f"See {link} please.")
    written.add_alternative(f"<p>See <a href='{link}'>{link}</a></p>", subtype="html")
    entry = judged(office, written)
    reader, path = at_the_desk(office, client, role=Role.READER), f"/staff/mail/{entry['id']}"
    reference = rows(office.db, "inquiry")[0]["reference"]

    shown = {
        where: reader.get(where)
        for where in (path, f"{path}?view=html", f"{path}/html", f"{path}?view=source", f"/staff/inquiry/{reference}")
    }

    assert len(key) == KEY_LENGTH
    assert key in written.as_string().replace("=\n", "")
    assert [where for where, page in shown.items() if key in page.text] == []
    assert [where for where, page in shown.items() if "…" not in page.text] == [f"{path}?view=html"]
    assert "Message-ID:" not in shown[f"{path}?view=source"].text
    assert reader.get(f"{path}/source.eml").status_code == 403


def test_source_masks_the_status_key_for_those_who_may_answer_too(office: Deps, client: FlaskClient) -> None:
    letter = letter_to(office, CUSTOMER)
    key = next(line for line in letter["text"].split() if "/inquiry/" in line).split("/")[5].strip("<>.")
    entry = judged(office, reply_to(letter, CUSTOMER, "See the link below."))

    source = at_the_desk(office, client).get(f"/staff/mail/{entry['id']}?view=source").text

    assert ("Message-ID" in source, "/inquiry/" in source, key in source.replace("=\n", "")) == (True, True, False)
