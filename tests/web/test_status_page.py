"""What the status page says of what staff did, and the address a customer gives when letters do not arrive."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import text, update

from liju_contact.app import make_app
from liju_contact.domain.event import Actor, EventKind
from liju_contact.store.database import Database
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import get_inquiry
from liju_contact.store.tables import InquiryRow
from liju_contact.usecases.answer_customer import Answer, answer_customer
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.submit_inquiry import Submitted
from liju_contact.web.form_token import new_form_token
from tests.conftest import Clock
from tests.usecases.mails import CUSTOMER, LI, with_staff
from tests.usecases.stories import rows, submit

HOSTILE = '"><script>alert(1)</script>'
EVENT = re.compile(r'<li class="past">\s*<p>(.*?)</p>', re.DOTALL)
EVENTS = [
    (EventKind.MESSAGE_ADDED, Actor.STAFF, "李伟", "<bdi>李伟</bdi> answered."),
    (EventKind.MESSAGE_ADDED, Actor.STAFF, HOSTILE, f"<bdi>{escape(HOSTILE)}</bdi> answered."),
    (EventKind.MESSAGE_ADDED, Actor.STAFF, "", "We answered."),
    (EventKind.MESSAGE_ADDED, Actor.CUSTOMER, "", "You wrote to us."),
    (EventKind.INQUIRY_ASSIGNED, Actor.STAFF, "Li Wei", "<bdi>Li Wei</bdi> has taken it on."),
    (EventKind.INQUIRY_CLOSED, Actor.STAFF, "Li Wei", "<bdi>Li Wei</bdi> closed the inquiry."),
    (EventKind.INQUIRY_CLOSED, Actor.STAFF, "", "We closed the inquiry."),
    (EventKind.INQUIRY_CLOSED, Actor.CUSTOMER, "", "You closed the inquiry as solved."),
    (EventKind.INQUIRY_REOPENED, Actor.CUSTOMER, "", "You opened the inquiry again."),
    (EventKind.INQUIRY_REOPENED, Actor.STAFF, "Li Wei", "We opened the inquiry again."),
    (EventKind.ADDRESS_CORRECTED, Actor.CUSTOMER, "", "You gave us another e-mail address."),
    (EventKind.ADDRESS_CORRECTED, Actor.STAFF, "Li Wei", "We corrected your e-mail address."),
    (EventKind.LINK_RENEWED, Actor.CUSTOMER, "", "You had the link of this page replaced."),
    (EventKind.LINK_RENEWED, Actor.STAFF, "Li Wei", "We replaced the link of this page."),
    (EventKind.LETTER_FAILED, Actor.PROGRAM, "", "A letter of ours did not arrive."),
]


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


def change(deps: Deps, **values: object) -> None:
    """Change the only inquiry."""
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(**values))


def happen(deps: Deps, kind: EventKind, actor: Actor = Actor.PROGRAM, name: str = "") -> None:
    with deps.db.begin() as tx:
        add_event(tx, 1, kind, actor, deps.now(), actor_name=name)


def events(page: str) -> list[str]:
    """Return what the timeline says, without the line of the inquiry's arrival."""
    return [sentence.strip() for sentence in EVENT.findall(page)][1:]


def unreachable(deps: Deps) -> Submitted:
    submitted = submit(deps)
    change(deps, unreachable_since=deps.now())
    return submitted


def test_every_event_is_a_sentence(client: FlaskClient, deps: Deps) -> None:
    submitted = submit(deps)
    for kind, actor, name, _ in EVENTS:
        happen(deps, kind, actor, name)

    assert events(client.get(submitted.status_path).text) == [sentence for *_, sentence in EVENTS]


def test_every_kind_of_event_that_customers_may_know_has_a_sentence() -> None:
    told = {kind for kind, *_ in EVENTS}

    assert {kind for kind in EventKind if kind.is_known_to_customer} - told == {EventKind.INQUIRY_RECEIVED}


@pytest.mark.parametrize("kind", [kind for kind in EventKind if not kind.is_known_to_customer])
def test_what_staff_do_among_themselves_is_not_on_the_page(client: FlaskClient, deps: Deps, kind: EventKind) -> None:
    submitted = submit(deps)
    with deps.db.begin() as tx:
        facts = {"before": "secret-before", "after": "secret-after"}
        add_event(
            tx, 1, kind, Actor.STAFF, deps.now(), actor_name="secret-name", actor_address="secret-address", facts=facts
        )

    page = client.get(submitted.status_path).text

    assert events(page) == []
    assert "secret" not in page


def test_a_failure_names_the_address_only_while_it_is_the_customers(
    client: FlaskClient, deps: Deps, clock: Clock
) -> None:
    submitted = submit(deps)
    happen(deps, EventKind.LETTER_FAILED)
    clock.at += timedelta(hours=1)
    change(deps, unreachable_since=clock.at)
    happen(deps, EventKind.LETTER_FAILED)

    assert events(client.get(submitted.status_path).text) == [
        "A letter of ours did not arrive.",
        f"A letter to <bdi>{CUSTOMER}</bdi> did not arrive.",
    ]


def test_an_answer_stands_in_the_conversation_with_its_authors_name_and_nothing_else_of_theirs(deps: Deps) -> None:
    deps = with_staff(deps)
    submitted = submit(deps, language="zh_Hans")
    body = f"Line one\n  https://www.liju.example/?a=1&b=2\n{HOSTILE}"
    with deps.db.begin() as tx:
        answer = Answer(author=deps.settings.catalogue.staff[0], body=body, files=(), nonce="n")
        answer_customer(deps, tx, get_inquiry(tx, 1), answer, now=deps.now())
    change(deps, assignee=LI)

    page = make_app(deps).test_client().get(submitted.status_path).text

    assert '<article class="message staff">\n<p class="who"><strong><bdi>李伟</bdi></strong>' in page
    assert f'<div class="body" dir="auto">{escape(body)}</div>' in page
    assert "<dd><bdi>李伟</bdi></dd>" in page
    assert LI not in page


def test_a_colleagues_message_is_not_called_the_customers(client: FlaskClient, deps: Deps) -> None:
    submitted = submit(deps)
    with deps.db.begin() as tx:
        tx.execute(text("UPDATE message SET author_name = 'Jo'"))

    page = client.get(submitted.status_path).text

    assert "<bdi>Jo</bdi>" in page
    assert "(you)" not in page


def test_spam_is_a_closed_inquiry(client: FlaskClient, deps: Deps) -> None:
    submitted = submit(deps)
    change(deps, state="closed")
    closed = client.get(submitted.status_path).text
    change(deps, state="spam")

    spam = client.get(submitted.status_path).text

    assert "Not solved after all?" in closed
    assert "spam" not in spam
    assert without_tokens(spam) == without_tokens(closed)


def without_tokens(page: str) -> str:
    return re.sub(r'name="token" value="[^"]*"', "", page)


def test_an_address_is_asked_for_only_when_letters_do_not_arrive(client: FlaskClient, deps: Deps) -> None:
    submitted = submit(deps)
    reachable = client.get(submitted.status_path).text
    change(deps, unreachable_since=deps.now())

    page = client.get(submitted.status_path).text

    assert f"Our letters to <bdi>{CUSTOMER}</bdi> do not arrive." in page
    assert f'action="{submitted.status_path}/address?lang=en"' in page
    assert 'id="address"' not in reachable


def test_a_new_address_is_taken_and_leads_back_to_the_page(client: FlaskClient, deps: Deps) -> None:
    submitted = unreachable(deps)
    form = {"token": new_form_token(deps), "email": " Ana <ana@other.example> "}

    answer = client.post(f"{submitted.status_path}/address?lang=zh-Hans", data=form)
    page = client.get(answer.location).text

    assert (answer.status_code, answer.location) == (303, f"{submitted.status_path}?lang=zh-Hans")
    assert rows(deps.db, "inquiry")[0]["email"] == "ana@other.example"
    assert 'id="address"' not in page
    assert "您更换了邮箱地址。" in page


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Please tell us your e-mail address, so that we can answer."),
        ("ana at usina", "This does not look like an e-mail address. An example: name@company.com"),
        (HOSTILE, "This does not look like an e-mail address. An example: name@company.com"),
    ],
)
def test_a_wrong_address_comes_back_with_its_error_beside_it(
    client: FlaskClient, deps: Deps, email: str, sentence: str
) -> None:
    submitted = unreachable(deps)

    answer = client.post(f"{submitted.status_path}/address", data={"token": new_form_token(deps), "email": email})

    assert answer.status_code == 422
    assert f'<p class="error" id="email-error">{sentence}</p>' in answer.text
    assert f'<li><a href="#email">{sentence}</a></li>' in answer.text
    assert f'name="email" value="{escape(email)}"' in answer.text
    assert rows(deps.db, "inquiry")[0]["email"] == CUSTOMER


def test_a_stale_page_keeps_the_address(client: FlaskClient, deps: Deps) -> None:
    submitted = unreachable(deps)

    answer = client.post(f"{submitted.status_path}/address", data={"token": "old", "email": "ana@other.example"})

    assert answer.status_code == 422
    assert "This page was open for a long time." in answer.text
    assert 'name="email" value="ana@other.example"' in answer.text
    assert rows(deps.db, "inquiry")[0]["email"] == CUSTOMER


def test_a_busy_database_keeps_the_address_and_the_log_says_why(deps: Deps, caplog: pytest.LogCaptureFixture) -> None:
    submitted = unreachable(deps)
    impatient = replace(deps, db=Database(deps.db.url, busy_seconds=0.1))
    client = make_app(impatient).test_client()
    with deps.db.begin() as tx:
        if not deps.db.is_sqlite:
            tx.execute(text("SELECT id FROM inquiry FOR UPDATE"))
        form = {"token": new_form_token(deps), "email": "ana@other.example"}
        answer = client.post(f"{submitted.status_path}/address", data=form)
    impatient.db.close()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert 'name="email" value="ana@other.example"' in answer.text
    assert "The view status.give_address could not be served: The database" in caplog.text
    assert submitted.reference not in caplog.text


def test_an_address_changed_too_often_waits_until_tomorrow(client: FlaskClient, deps: Deps) -> None:
    submitted = unreachable(deps)
    for number in range(2):
        form = {"token": new_form_token(deps), "email": f"a{number}@other.example"}
        client.post(f"{submitted.status_path}/address", data=form)
        change(deps, unreachable_since=deps.now())

    form = {"token": new_form_token(deps), "email": "b@other.example"}
    answer = client.post(f"{submitted.status_path}/address", data=form)

    assert answer.status_code == 429
    assert "The address was changed too often today. Please try again tomorrow, or write to us below." in answer.text
    assert 'name="email" value="b@other.example"' in answer.text
    assert rows(deps.db, "inquiry")[0]["email"] == "a1@other.example"


@pytest.mark.parametrize("email", ["ana@other.example", "no address"])
def test_an_address_given_meanwhile_leads_just_back(client: FlaskClient, deps: Deps, email: str) -> None:
    submitted = submit(deps)

    answer = client.post(f"{submitted.status_path}/address", data={"token": new_form_token(deps), "email": email})

    assert (answer.status_code, answer.location) == (303, submitted.status_path)
    assert rows(deps.db, "inquiry")[0]["email"] == CUSTOMER


def test_the_wrong_key_finds_no_form(client: FlaskClient, deps: Deps) -> None:
    submitted = unreachable(deps)
    form = {"token": new_form_token(deps), "email": "ana@other.example"}

    assert client.post(f"/inquiry/{submitted.reference}/{'0' * 34}/address", data=form).status_code == 404
    assert rows(deps.db, "inquiry")[0]["email"] == CUSTOMER
