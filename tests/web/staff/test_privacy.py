"""The page of privacy at the desk: look, ask, have somebody else agree, and what the register tells."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from flask import Flask

from liju_contact.app import make_app
from liju_contact.domain.errors import Conflict
from liju_contact.domain.person import Person, Role
from liju_contact.usecases.clean_up import CleanUp
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.privacy_requests import consent, see_to_requests
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import AtTheDesk, account, at_the_desk
from tests.usecases.mails import LI, with_staff
from tests.usecases.planted import ADDRESS, WORDS, found_in_bytes, plant
from tests.usecases.stories import rows, submit

pytestmark = ONE_DATABASE


@pytest.fixture
def office(deps: Deps) -> Deps:
    return with_staff(deps)


@pytest.fixture
def app(office: Deps) -> Flask:
    return make_app(office)


@pytest.fixture
def boss(office: Deps) -> Person:
    return account(office, "boss@liju.example", name="Boss", role=Role.ADMINISTRATOR)


@pytest.fixture
def asker(office: Deps, app: Flask, boss: Person) -> AtTheDesk:
    return at_the_desk(office, app.test_client(), boss)


@pytest.fixture
def second(office: Deps, app: Flask) -> AtTheDesk:
    return at_the_desk(office, app.test_client(), address="chief@liju.example", name="Chief", role=Role.ADMINISTRATOR)


def ask(desk: AtTheDesk, kind: str, address: str = ADDRESS) -> int:
    return desk.post("/staff/privacy/ask", {"address": address, "kind": kind}).status_code


def work(deps: Deps) -> CleanUp:
    """Do what the worker does until nothing is left to do."""
    cleaning = CleanUp(deps)
    while see_to_requests(deps, cleaning, now=deps.now()) or cleaning.step():
        pass
    return cleaning


def steps(deps: Deps) -> list[tuple[str, str]]:
    events = rows(deps.db, "privacy_event")
    return [(row["step"], row["actor"]) for row in events if row["step"] != "cleaned"]


def test_an_erasure_needs_a_second_person_and_leaves_a_register_without_the_address(
    office: Deps, boss: Person, asker: AtTheDesk, second: AtTheDesk
) -> None:
    plant(office, boss)
    looked = asker.post("/staff/privacy/look", {"address": ADDRESS}).text
    asked = ask(asker, "erasure")
    own_consent = asker.post("/staff/privacy/1/agree").status_code
    work(office)
    before = found_in_bytes(office.db)
    agreed = second.post("/staff/privacy/1/agree").status_code

    work(office)

    page = asker.get("/staff/privacy").text
    assert "Ask for erasure" in looked
    assert (asked, own_consent, agreed) == (303, 403, 303)
    assert before == set(WORDS)
    assert found_in_bytes(office.db) == set()
    assert steps(office) == [
        ("erasure_asked", "boss@liju.example"),
        ("agreed", "chief@liju.example"),
        ("erased", ""),
    ]
    assert ADDRESS.casefold() not in page.casefold()


def test_a_copy_holds_everything_but_what_opens_doors(
    office: Deps, boss: Person, asker: AtTheDesk, second: AtTheDesk
) -> None:
    plant(office, boss)
    ask(asker, "export")
    second.post("/staff/privacy/1/agree")
    work(office)

    answer = asker.get("/staff/privacy/1/held.zip")

    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    whole = "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    inquiries = [json.loads(line) for line in archive.read("inquiry.jsonl").decode().splitlines()]
    keys = [row["reply_key"] for row in rows(office.db, "delivery") if row["reply_key"]]
    theirs = [letter["id"] for letter in rows(office.db, "delivery") if letter["recipient_address"] == ADDRESS]
    assert len(answer.data) == answer.content_length
    assert [row["email"] for row in inquiries] == [ADDRESS, ADDRESS]
    assert [name for name in archive.namelist() if name.startswith(("files/", "mail/"))]
    assert all(word in whole.casefold() for word in ("grumblewort", "snarkleby", "wibblestone", "zimmerblatz"))
    assert theirs
    assert [key for key in keys if key in whole] == []
    assert "eva@elsewhere.example" not in whole


def test_a_request_that_nobody_agrees_to_ends(office: Deps, asker: AtTheDesk, second: AtTheDesk, clock: Clock) -> None:
    submit(office, email=ADDRESS)
    ask(asker, "erasure")
    clock.at += timedelta(days=15)

    with pytest.raises(Conflict):
        consent(office, second.person, 1, now=office.now())
    work(office)

    assert rows(office.db, "privacy_request") == []
    assert [step for step, _who in steps(office)] == ["erasure_asked", "expired"]
    assert len(rows(office.db, "inquiry")) == 1


def test_what_cannot_be_asked_for_comes_back_with_what_was_typed(asker: AtTheDesk) -> None:
    no_address = asker.post("/staff/privacy/look", {"address": "zoltan@"})
    our_own = asker.post("/staff/privacy/ask", {"address": LI, "kind": "erasure"})

    assert (no_address.status_code, our_own.status_code) == (422, 422)
    assert 'value="zoltan@"' in no_address.text
    assert "our own people" in our_own.text


def test_an_agent_finds_no_such_page(office: Deps, app: Flask) -> None:
    agent = at_the_desk(office, app.test_client(), address="agent@liju.example")

    assert agent.get("/staff/privacy").status_code == 403
