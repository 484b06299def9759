"""A status link that came into other hands: the old one opens nothing, the new one goes to the customer alone."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from liju_contact.app import make_app
from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.person import Role
from liju_contact.store.tables import InquiryRow
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.merge_inquiries import merge_inquiries
from liju_contact.usecases.renew_status_link import renew_link, renew_link_for
from liju_contact.web.form_token import new_form_token
from tests.conftest import ONE_DATABASE
from tests.staff_desk import account, at_the_desk
from tests.usecases.mails import CUSTOMER, letter_to
from tests.usecases.stories import key_of, opened, rows, status_of, submit


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


def change(deps: Deps, **values: object) -> None:
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(**values))


def test_customer_gets_a_new_link_by_letter_and_the_old_one_is_as_good_as_none(deps: Deps, client: FlaskClient) -> None:
    submitted = submit(deps)
    unknown = client.get(f"/inquiry/LJ-0000-0000/{key_of(submitted)}")
    page = client.get(submitted.status_path).text

    answer = client.post(f"{submitted.status_path}/new-link?lang=en", data={"token": new_form_token(deps)})
    old, told = client.get(submitted.status_path), client.get(answer.location)

    assert "Send me a new link; this one stops working" in page
    assert (answer.status_code, answer.location) == (303, "/link-sent?lang=en")
    assert (old.status_code, old.text.replace(submitted.reference, "LJ-0000-0000")) == (404, unknown.text)
    letter = letter_to(deps, CUSTOMER)
    url = next(line for line in letter["text"].splitlines() if "/inquiry/" in line)
    new_path = url.removeprefix(deps.settings.web.base_url)
    assert letter["kind"] == "new_status_link"
    assert new_path != submitted.status_path
    assert new_path not in answer.text + told.text
    assert CUSTOMER not in told.text
    assert "You had the link of this page replaced." in client.get(new_path).text
    with pytest.raises(NotFound):
        add_customer_message(deps, *opened(submitted), body="late", files=(), nonce="x", now=deps.now())


def test_staff_make_a_new_link_and_see_it_in_the_timeline(deps: Deps, client: FlaskClient) -> None:
    submitted = submit(deps)
    li = at_the_desk(deps, client)

    answer = li.post(f"/staff/inquiry/{submitted.reference}/new-link")
    page = li.get(answer.location).text

    assert (answer.status_code, client.get(submitted.status_path).status_code) == (303, 404)
    assert letter_to(deps, CUSTOMER)["kind"] == "new_status_link"
    assert "The new status link is on its way to the customer" in page
    assert "made a new status link; the old one opens nothing any more." in page
    assert rows(deps.db, "event")[-1]["actor_address"] == li.person.address


def test_links_of_merged_inquiries_lead_to_it_no_more_either(deps: Deps) -> None:
    person = account(deps)
    first, second, last, other = (submit(deps, nonce=nonce) for nonce in "abcd")
    merge_inquiries(deps, person, first.reference, into=second.reference, now=deps.now())
    merge_inquiries(deps, person, second.reference, into=last.reference, now=deps.now())
    assert status_of(deps, first).goes_on_at == last.status_path

    renew_link_for(deps, person, last.reference, now=deps.now())

    for submitted in (first, second, last):
        with pytest.raises(NotFound):
            status_of(deps, submitted)
    assert status_of(deps, other).reference == other.reference


@ONE_DATABASE
def test_nobody_is_shut_out_of_an_inquiry_whose_letters_do_not_arrive(deps: Deps, client: FlaskClient) -> None:
    submitted = submit(deps)
    change(deps, unreachable_since=deps.now())

    page = client.get(submitted.status_path).text
    answer = client.post(f"{submitted.status_path}/new-link", data={"token": new_form_token(deps)})

    assert "Send me a new link" not in page
    assert (answer.status_code, answer.location) == (303, submitted.status_path)
    with pytest.raises(Conflict):
        renew_link(deps, *opened(submitted), now=deps.now())
    assert client.get(submitted.status_path).status_code == 200


@ONE_DATABASE
def test_a_spammer_has_no_letters_sent_and_learns_nothing(deps: Deps, client: FlaskClient) -> None:
    submitted = submit(deps)
    change(deps, state="spam")
    before = len(rows(deps.db, "letter"))

    answer = client.post(f"{submitted.status_path}/new-link", data={"token": new_form_token(deps)})

    assert (answer.status_code, answer.location) == (303, "/link-sent")
    assert len(rows(deps.db, "letter")) == before
    with pytest.raises(Conflict):
        renew_link_for(deps, account(deps), submitted.reference, now=deps.now())


@ONE_DATABASE
def test_a_link_is_not_renewed_without_end_nor_by_an_old_form(deps: Deps, client: FlaskClient) -> None:
    submitted = submit(deps)
    stale = client.post(f"{submitted.status_path}/new-link", data={"token": "old"})
    path = submitted.status_path
    statuses = []
    for _ in range(3):
        answer = client.post(f"{path}/new-link", data={"token": new_form_token(deps)})
        statuses.append(answer.status_code)
        version = rows(deps.db, "inquiry")[0]["key_version"]
        path = deps.status_path(submitted.reference, version)

    assert (stale.status_code, statuses) == (422, [303, 303, 429])
    assert client.get(path).status_code == 200


@ONE_DATABASE
def test_readers_and_other_product_lines_make_no_link(deps: Deps, client: FlaskClient) -> None:
    submitted = submit(deps)
    reader = at_the_desk(deps, client, role=Role.READER)
    refused = reader.post(f"/staff/inquiry/{submitted.reference}/new-link")
    page = reader.get(f"/staff/inquiry/{submitted.reference}").text
    elsewhere = at_the_desk(deps, client, address="wu@liju.example", product_lines=["vacuum-hot-water"])
    unknown = elsewhere.post(f"/staff/inquiry/{submitted.reference}/new-link")

    assert (refused.status_code, unknown.status_code, "Make a new status link" in page) == (403, 404, False)
    assert client.get(submitted.status_path).status_code == 200
