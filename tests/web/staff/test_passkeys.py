"""Passkeys without a browser: where there are none, and what is no answer of one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.config_desk import DeskSettings
from liju_contact.passkey_check import WebauthnCheck
from liju_contact.store.passkeys import add_passkey
from liju_contact.usecases.deps import Deps
from tests.conftest import ONE_DATABASE
from tests.staff_desk import account, at_the_desk
from tests.usecases.stories import rows
from tests.web.staff.door import hidden

NO_ANSWERS = ["", "[]", "{}", "[" * 50_000, '{"response": {"clientDataJSON": "!"}}', "\ud800", "\x00"]


@pytest.fixture
def with_passkeys(deps: Deps) -> Deps:
    desk = DeskSettings(has_passkeys=True, providers=())
    check = WebauthnCheck.at("https://contact.liju.example:443", company="LIJU")
    return replace(deps, settings=replace(deps.settings, desk=desk), passkeys=check)


def door(client: FlaskClient) -> dict[str, str]:
    return hidden(client.get("/staff/sign-in").text)


@ONE_DATABASE
def test_without_the_setting_there_are_no_passkeys(deps: Deps) -> None:
    client = make_app(deps).test_client()
    pages = [client.get("/staff/sign-in").text, at_the_desk(deps, client).get("/staff/account").text]

    assert all("passkey" not in page for page in pages)
    assert client.get("/staff/sign-in/passkey/options").status_code == 404
    assert client.get("/staff/account/passkeys/options").status_code == 404


@ONE_DATABASE
def test_a_browser_is_asked_for_a_verified_person_and_a_new_challenge(with_passkeys: Deps) -> None:
    client = make_app(with_passkeys).test_client()
    first, second = (client.get("/staff/sign-in/passkey/options") for _time in range(2))
    new = at_the_desk(with_passkeys, client).get("/staff/account/passkeys/options").get_json()

    asked = json.loads(first.text)
    assert (first.content_type, first.headers["Cache-Control"]) == ("application/json", "no-store")
    assert (asked["rpId"], asked["userVerification"]) == ("contact.liju.example", "required")
    assert asked["challenge"] != json.loads(second.text)["challenge"]
    assert new["authenticatorSelection"]["residentKey"] == "required"
    assert new["authenticatorSelection"]["userVerification"] == "required"
    assert "Set-Cookie" not in first.headers


@ONE_DATABASE
@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_what_is_no_answer_is_refused_with_a_sentence(with_passkeys: Deps, answer: str) -> None:
    client = make_app(with_passkeys).test_client()
    account(with_passkeys, "other@liju.example")
    sent = answer.encode("utf-8", "replace")
    fields = {**door(client), "back": "/staff/account?x=1", "credential": sent}

    refused = client.post("/staff/sign-in/passkey", data=fields)
    elsewhere = client.post("/staff/sign-in/passkey", data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    desk = at_the_desk(with_passkeys, client)
    not_added = desk.post("/staff/account/passkeys", {"credential": sent, "label": "Kept"})

    assert (refused.status_code, elsewhere.status_code, not_added.status_code) == (422, 403, 422)
    assert hidden(refused.text)["back"] == "/staff/account?x=1"
    assert 'value="Kept"' in not_added.text
    assert rows(with_passkeys.db, "passkey") == []


def test_nobody_removes_the_passkey_of_somebody_else(with_passkeys: Deps) -> None:
    app = make_app(with_passkeys)
    owner = at_the_desk(with_passkeys, app.test_client())
    other = at_the_desk(with_passkeys, app.test_client(), address="other@liju.example")
    key: dict[str, Any] = {"credential_id": "abc", "public_key": b"k", "sign_count": 0, "label": "Phone <1>"}
    with with_passkeys.db.begin() as tx:
        assert add_passkey(tx, owner.person.id, **key, now=with_passkeys.now())
        assert not add_passkey(tx, other.person.id, **key, now=with_passkeys.now())

    other.post("/staff/account/passkeys/1/remove")
    kept = rows(with_passkeys.db, "passkey")
    owner.post("/staff/account/passkeys/1/remove")

    assert len(kept) == 1
    assert "Phone" not in other.get("/staff/account").text
    assert rows(with_passkeys.db, "passkey") == []
