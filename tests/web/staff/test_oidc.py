"""Signing in with another service: what has to be true of its answer, and what is said when it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from liju_contact.app import make_app
from liju_contact.config_desk import DeskSettings, ProviderSettings
from liju_contact.domain.catalogue import Label
from liju_contact.domain.person import Action
from liju_contact.oidc.provider import OpenIdProvider
from liju_contact.usecases.administer_people import disable_person
from liju_contact.usecases.deps import Deps
from liju_contact.web.staff.desk import desk_blueprint, needs
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import account
from tests.usecases.stories import rows
from tests.web.staff.door import ADDRESS, with_password, with_second_factor
from tests.web.staff.openid import CLIENT_ID, CLIENT_SECRET, Service, at_the_service, running_service

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
TOO_LATE = "This sign-in took too long, or was used already."
UNPROVEN = "Works login did not prove who you are"


@pytest.fixture
def service(clock: Clock) -> Iterator[Service]:
    with running_service(clock.now) as service:
        yield service


@pytest.fixture
def deps(deps: Deps, service: Service) -> Deps:
    return with_service(deps, service)


@pytest.fixture
def app(deps: Deps) -> Flask:
    return make_app(deps)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def with_service(deps: Deps, service: Service) -> Deps:
    provider = ProviderSettings(
        id="works",
        label=Label({"en": "Works login", "zh_Hans": "工厂登录"}),
        issuer=service.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
    )
    settings = replace(deps.settings, desk=DeskSettings(has_passkeys=False, providers=(provider,)))
    return replace(deps, settings=settings, identity_providers={"works": OpenIdProvider(provider)})


def fields_of(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form with this action."""
    form = page[page.index(f'action="{action}') :]
    return {unescape(name): unescape(value) for name, value in _HIDDEN.findall(form[: form.index("</form>")])}


def leave(client: FlaskClient, path: str = "/staff/account?x=1") -> TestResponse:
    page = client.get(path).text
    return client.post("/staff/oidc/works", data=fields_of(page, "/staff/oidc/works"))


def away(response: TestResponse) -> str:
    return response.headers["Refresh"].removeprefix("0; url=")


def sign_in(client: FlaskClient, service: Service) -> TestResponse:
    return client.get(at_the_service(service, away(leave(client))))


def is_signed_in(client: FlaskClient) -> bool:
    return "Your account" in client.get("/staff/account").text


def test_a_service_signs_in_whose_address_it_has_verified(client: FlaskClient, service: Service, deps: Deps) -> None:
    with_second_factor(deps, with_password(deps))
    service.address = ADDRESS.upper()
    left = leave(client)

    back = client.get(at_the_service(service, away(left)))

    assert (left.status_code, back.status_code, back.location) == (200, 303, "/staff/account?x=1")
    assert f'<a href="{service.issuer}/authorize?tenant=liju&amp;response_type=code' in left.text
    assert is_signed_in(client)
    assert client.get_cookie("liju-provider", path="/") is None
    assert [row["address"] for row in rows(deps.db, "staff")] == [ADDRESS]


@ONE_DATABASE
def test_a_service_is_asked_about_itself_once_an_hour(
    client: FlaskClient, service: Service, deps: Deps, clock: Clock
) -> None:
    account(deps)
    service.algorithm, service.takes_basic = "ES256", False

    for _time in range(2):
        client.delete_cookie("liju-staff")
        assert sign_in(client, service).status_code == 303
    first = [path for path in service.asked if path != "/token"]
    clock.move(hours=1)
    client.delete_cookie("liju-staff")
    leave(client)

    assert first == ["/.well-known/openid-configuration", "/keys"]
    assert service.asked[-1] == "/.well-known/openid-configuration"


@ONE_DATABASE
def test_a_key_that_the_service_has_changed_to_is_fetched(
    client: FlaskClient, service: Service, deps: Deps, clock: Clock
) -> None:
    account(deps)
    service.shown = ("RS256",)
    assert sign_in(client, service).status_code == 303
    client.delete_cookie("liju-staff")
    service.shown, service.algorithm = ("ES256",), "ES256"

    early = sign_in(client, service)
    clock.move(minutes=1)
    later = sign_in(client, service)

    assert (early.status_code, later.status_code) == (403, 303)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("claims", "algorithm"),
    [
        ({"nonce": "another"}, "RS256"),
        ({"nonce": None}, "RS256"),
        ({"aud": "another"}, "RS256"),
        ({"aud": [CLIENT_ID, "another"]}, "RS256"),
        ({"azp": "another"}, "RS256"),
        ({"iss": "https://another.example"}, "RS256"),
        ({"exp": 1_700_000_000}, "RS256"),
        ({"exp": None}, "RS256"),
        ({"email_verified": False}, "RS256"),
        ({"email_verified": None}, "RS256"),
        ({"email_verified": "true"}, "RS256"),
        ({"email": None}, "RS256"),
        ({"email": [ADDRESS]}, "RS256"),
        ({}, "none"),
    ],
)
def test_a_token_that_proves_nothing_signs_in_nobody(
    client: FlaskClient, service: Service, deps: Deps, claims: dict[str, Any], algorithm: str
) -> None:
    account(deps)
    service.claims, service.algorithm = claims, algorithm

    refused = sign_in(client, service)

    assert refused.status_code == 403
    assert UNPROVEN in refused.text
    assert not is_signed_in(client)


@ONE_DATABASE
def test_a_token_is_good_for_a_minute_after_its_end(client: FlaskClient, service: Service, deps: Deps) -> None:
    account(deps)
    seconds = int(deps.now().timestamp())
    service.claims = {"exp": seconds - 59, "aud": [CLIENT_ID, "another"], "azp": CLIENT_ID}

    within = sign_in(client, service)
    client.delete_cookie("liju-staff")
    service.claims = {"exp": seconds - 60}
    after = sign_in(client, service)

    assert (within.status_code, after.status_code) == (303, 403)


@ONE_DATABASE
def test_a_token_signed_by_somebody_else_with_a_known_name_is_refused(
    client: FlaskClient, service: Service, deps: Deps
) -> None:
    account(deps)
    service.signing["RS256"] = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})

    assert sign_in(client, service).status_code == 403
    assert not is_signed_in(client)


def test_nobody_without_an_active_account_gets_in(client: FlaskClient, service: Service, deps: Deps) -> None:
    disable_person(deps, None, account(deps).id, now=deps.now())

    disabled = sign_in(client, service)
    service.address = "nobody@liju.example"
    unknown = sign_in(client, service)

    assert [disabled.status_code, unknown.status_code] == [403, 403]
    assert "Nobody may sign in here as li.wei@liju.example." in unescape(disabled.text)
    assert "Nobody may sign in here as nobody@liju.example." in unescape(unknown.text)
    assert not is_signed_in(client)
    assert len(rows(deps.db, "staff")) == 1


def test_a_callback_works_once_in_the_browser_that_began_and_in_time(
    app: Flask, client: FlaskClient, service: Service, deps: Deps, clock: Clock
) -> None:
    account(deps)
    first, other = leave(client), app.test_client()
    kept = client.get_cookie("liju-provider", path="/")
    assert kept is not None
    callback = at_the_service(service, away(first))
    code = dict(service.codes)

    elsewhere = other.get(callback)
    wrong_state = client.get(re.sub(r"state=[^&]*", "state=guessed", callback))
    right = client.get(callback)
    again = client.get(callback)
    client.set_cookie("liju-provider", kept.value)
    service.codes |= code
    replayed = client.get(callback)
    late = at_the_service(service, away(leave(other)))
    clock.move(minutes=10)
    too_late = other.get(late)

    answers = [elsewhere, wrong_state, again, replayed, too_late]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert all(TOO_LATE in answer.text for answer in answers)
    assert right.status_code == 303
    assert not is_signed_in(other)
    assert service.asked.count("/token") == 1


@ONE_DATABASE
def test_somebody_who_changes_their_mind_at_the_service_is_back_at_the_door(
    client: FlaskClient, service: Service
) -> None:
    callback = at_the_service(service, away(leave(client)))
    state = re.search(r"state=[^&]*", callback)
    assert state

    refused = client.get(f"/staff/oidc/works/callback?error=access_denied&{state[0]}")

    assert refused.status_code == 422
    assert "The sign-in with Works login was not finished." in refused.text
    assert fields_of(refused.text, "/staff/sign-in")["back"] == "/staff/account?x=1"


@ONE_DATABASE
def test_a_service_that_is_down_loses_nothing(client: FlaskClient, service: Service, deps: Deps) -> None:
    account(deps)
    service.is_down = True
    before = leave(client)
    service.is_down = False
    callback = at_the_service(service, away(leave(client)))
    service.is_down = True

    after = client.get(callback)

    for answer in (before, after):
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        assert "Works login cannot be reached just now." in answer.text
        assert fields_of(answer.text, "/staff/sign-in")["back"] == "/staff/account?x=1"
    service.is_down = False
    assert sign_in(client, service).status_code == 303


@ONE_DATABASE
def test_what_was_being_sent_waits_in_its_tab(app: Flask, client: FlaskClient, service: Service, deps: Deps) -> None:
    account(deps)
    bp = desk_blueprint("probe", __name__)
    bp.post("/probe")(needs(Action.ANSWER)(lambda: request.form["answer"]))
    app.register_blueprint(bp)
    interrupted = client.post("/staff/probe", data={"answer": "nine <weeks>"}).text
    go_on = fields_of(interrupted, "/staff/sign-in/go-on")

    early = client.post("/staff/sign-in/go-on", data=go_on)
    left = client.post("/staff/oidc/works", data=fields_of(interrupted, "/staff/oidc/works"))
    back = client.get(at_the_service(service, away(left)))
    resumed = client.post("/staff/sign-in/go-on", data=go_on)
    sent = client.post("/staff/probe", data=fields_of(resumed.text, "/staff/probe"))

    assert 'action="/staff/oidc/works" enctype="multipart/form-data" target="_blank"' in interrupted
    assert (early.status_code, fields_of(early.text, "/staff/sign-in/go-on")["sent.answer"]) == (422, "nine <weeks>")
    assert back.location == "/staff"
    assert (sent.status_code, sent.text) == (200, "nine <weeks>")


@ONE_DATABASE
def test_another_site_begins_no_sign_in(client: FlaskClient, service: Service) -> None:
    fields = fields_of(client.get("/staff/sign-in").text, "/staff/oidc/works")

    elsewhere = client.post("/staff/oidc/works", data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    without_token = client.post("/staff/oidc/works", data={"back": "/staff"})
    unknown = client.post("/staff/oidc/other", data=fields)

    assert [answer.status_code for answer in (elsewhere, without_token, unknown)] == [403, 422, 404]
    assert service.asked == []


@ONE_DATABASE
def test_a_service_that_calls_itself_otherwise_is_not_believed(deps: Deps, service: Service) -> None:
    account(deps)
    service.issuer = "https://another.example"  # what it says of itself; where it is asked stands in the settings
    client = make_app(deps).test_client()

    assert leave(client).status_code == 503


@ONE_DATABASE
def test_the_cookie_of_a_departure_is_this_hosts_alone_over_https(deps: Deps, service: Service) -> None:
    web = replace(deps.settings.web, base_url="https://contact.liju.example")
    client = make_app(replace(deps, settings=replace(deps.settings, web=web))).test_client()

    given = leave(client).headers["Set-Cookie"]

    assert given.startswith("__Host-liju-provider=")
    assert all(f"; {word}" in given for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"))
    assert service.asked
