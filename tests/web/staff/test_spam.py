"""What is held as spam at the desk: the list says why, the page shows the points, one click releases or takes back."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.person import Role
from liju_contact.usecases.deps import Deps
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import at_the_desk
from tests.store.statements import listening
from tests.usecases.mails import with_staff
from tests.usecases.stories import rows
from tests.usecases.test_hold_spam import letters, sent_by_bot, state_of
from tests.visitor import FORM

_TOKEN = re.compile(r'name="token" form="inquiry" value="([^"]+)"')


@pytest.fixture
def office(deps: Deps) -> Deps:
    return with_staff(deps)


@pytest.fixture
def client(office: Deps) -> FlaskClient:
    return make_app(office).test_client()


def token_in(page: str) -> str:
    found = _TOKEN.search(page)
    assert found is not None
    return found[1]


@ONE_DATABASE
def test_held_inquiry_tells_why_and_is_released_and_held_again(office: Deps, client: FlaskClient) -> None:
    submitted = sent_by_bot(office)
    li, path = at_the_desk(office, client), f"/staff/inquiry/{submitted.reference}"

    page = li.get(path).text
    done = li.post(f"{path}/act", {"act": "not_spam", "version": "2"})
    told = li.get(done.location).text
    released = (state_of(office), letters(office))
    events = str(rows(office.db, "event")[-1]["id"])
    li.post(f"{path}/undo", {"events": events})

    assert ("Held as spam: nobody got a letter" in page, "Not spam: release" in page) == (True, True)
    assert ("A field was filled in that nobody sees" in page, "first page of google" in page) == (True, True)
    assert "Li Wei</bdi> released it; what was due was sent." in told
    assert released == ("received", ["inquiry_for_team", "inquiry_received"])
    assert (state_of(office), {row["state"] for row in rows(office.db, "delivery")}) == ("spam", {"dropped"})


@ONE_DATABASE
def test_many_are_released_from_the_list_and_taken_back(office: Deps, client: FlaskClient) -> None:
    held = [
        sent_by_bot(office, nonce=f"n-{number}", email=f"b{number}@there.example", name="<b>Bot</b>").reference
        for number in range(2)
    ]
    li = at_the_desk(office, client)

    page = li.get("/staff?view=spam").text
    done = li.post("/staff/bulk/change", {"references": held, "act": "release", "view": "spam", "set_state": ""})
    after = [row["state"] for row in rows(office.db, "inquiry")]

    assert (page.count("Phrases of advertising"), "<b>Bot" in page, 'value="release"' in page) == (2, False, True)
    assert (done.status_code, after, len(letters(office))) == (303, ["received"] * 2, 4)


@ONE_DATABASE
def test_reader_sees_why_and_releases_nothing(office: Deps, client: FlaskClient) -> None:
    submitted = sent_by_bot(office)
    eva = at_the_desk(office, client, address="eva@liju.example", role=Role.READER)

    page = eva.get(f"/staff/inquiry/{submitted.reference}").text
    refused = eva.post(f"/staff/inquiry/{submitted.reference}/act", {"act": "not_spam"})

    assert ("Sent within seconds" in page, "Not spam: release" in page) == (True, False)
    assert (refused.status_code, state_of(office)) == (403, "spam")


def test_view_of_spam_asks_as_often_for_three_as_for_one(office: Deps, client: FlaskClient) -> None:
    li = at_the_desk(office, client)
    asked = []
    for number in range(3):
        sent_by_bot(office, nonce=f"n-{number}", email=f"b{number}@there.example")
        li.get("/staff?view=spam")
        with listening(office.db) as heard:
            page = li.get("/staff?view=spam").text
        asked.append(len(heard))
        assert page.count('class="spam-why"') == number + 1

    assert asked[0] == asked[2]


@ONE_DATABASE
def test_form_brings_its_signs_and_looks_the_same_to_everybody(office: Deps, client: FlaskClient, clock: Clock) -> None:
    form = client.get("/").text
    clock.move(minutes=2)
    person = client.post("/", data={**FORM, "token": token_in(form)})
    bot_form = client.get("/").text
    pitch = "Guest post and high quality backlinks: first page of Google, casino bonus!!! http://203.0.113.9/x"
    fields = {**FORM, "email": "b@there.example", "message": pitch, "subject_line": "SEO", "token": token_in(bot_form)}
    bot = client.post("/", data=fields)

    assert (person.status_code, bot.status_code) == (303, 303)
    assert [row["state"] for row in rows(office.db, "inquiry")] == ["received", "spam"]
    signs = {reason["sign"] for reason in rows(office.db, "spam_judgement")[0]["reasons"]}
    assert signs >= {"hidden_field", "quick", "phrases"}
    assert "spam" not in client.get(bot.location).text.lower()


@ONE_DATABASE
def test_what_stands_in_the_hidden_field_comes_back_too(client: FlaskClient) -> None:
    form = client.get("/").text
    answer = client.post("/", data={**FORM, "name": "", "subject_line": '"><i>x', "token": token_in(form)})

    field = form[form.index('<p class="unasked"') :].partition("</p>")[0]
    assert all(mark in field for mark in ('aria-hidden="true"', 'tabindex="-1"', 'autocomplete="off"'))
    assert (answer.status_code, 'value="&#34;&gt;&lt;i&gt;x"' in answer.text) == (422, True)
