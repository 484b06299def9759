"""The original of a mail: its text and source as text, its bytes as a download, and for nobody else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.usecases.deps import Deps
from liju_contact.web.download import FILE_POLICY
from tests.conftest import ONE_DATABASE
from tests.staff_desk import at_the_desk
from tests.usecases.carried import carry_all
from tests.usecases.mails import CUSTOMER, as_bytes, judged, letter_to, reply_to, with_staff
from tests.usecases.stories import submit

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
