"""The authorisation table as a whole: every route of the desk with every role, and what comes from somewhere else.

Routes are read from the running program, so one that is added tomorrow is asked too. What a role may do may answer
anything but 403 and 500 here; what it does is for the tests of that page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from liju_contact.app import make_app
from liju_contact.domain.person import ACTIONS_OF, Action, Person, Role
from liju_contact.domain.reference import make_reference
from liju_contact.passkey_check import WebauthnCheck
from liju_contact.usecases.deps import Deps
from liju_contact.web.staff import desk
from tests.conftest import ONE_DATABASE
from tests.staff_desk import AtTheDesk, account, at_the_desk
from tests.usecases.stories import submit

# Pages of the desk that somebody sees without being signed in. Whatever else begins with /staff is guarded.
OPEN = {
    *("sign_in.show_form", "sign_in.send_form", "sign_in.send_code", "sign_in.send_password", "sign_in.go_on"),
    *("reset.show_forgot", "reset.send_forgot", "reset.show_reset", "reset.send_reset"),
}
OPEN_BLUEPRINTS = {"passkey_door", "oidc"}  # other ways to sign in, which are not there in every installation
HIGHEST_ID = 9223372036854775807
SIGN_IN, FORBIDDEN, WRONG = "Sign in to the staff desk", 403, 500


@dataclass(frozen=True, kw_only=True)
class Route:
    """One way to ask the desk for something."""

    method: str
    path: str
    endpoint: str
    action: Action | None


@pytest.fixture
def deps(deps: Deps) -> Deps:
    """Return the parts with passkeys, so that their routes are walked too."""
    settings = replace(deps.settings, desk=replace(deps.settings.desk, has_passkeys=True))
    return replace(deps, settings=settings, passkeys=WebauthnCheck.at(settings.web.base_url, company="LIJU"))


@pytest.fixture
def app(deps: Deps) -> Flask:
    return make_app(deps)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def routes(app: Flask, deps: Deps) -> list[Route]:
    """Every guarded route with GET and POST, about an inquiry that exists and things that do not."""
    return list(_routes(app, submit(deps).reference))


def _routes(app: Flask, reference: str) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        if not is_guarded(app, rule.endpoint):
            continue
        path = _filled(app, rule, reference)
        for method in sorted({"GET", "POST", "PUT", "DELETE", "PATCH"} & (rule.methods or set())):
            action = getattr(app.view_functions[rule.endpoint], "liju_action", None)
            yield Route(method=method, path=path, endpoint=rule.endpoint, action=action)


def is_guarded(app: Flask, endpoint: str) -> bool:
    return desk._guard in app.before_request_funcs.get(endpoint.rpartition(".")[0], [])


def _filled(app: Flask, rule: Rule, reference: str) -> str:
    """Return an address of a rule: the inquiry there is, and numbers that belong to nothing."""
    values: dict[str, str | int] = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        is_number = type(converter).__name__ == "IntegerConverter"
        values[name] = min(getattr(converter, "max", None) or 999_999, 999_999) if is_number else "x"
        if name == "reference":
            values[name] = reference
    with app.test_request_context():
        path: str = app.url_map.bind("localhost").build(rule.endpoint, values)
    return path


@ONE_DATABASE
def test_whatever_is_below_staff_is_guarded_or_an_open_door(app: Flask) -> None:
    below = {rule.endpoint for rule in app.url_map.iter_rules() if f"{rule.rule}/".startswith("/staff/")}

    unguarded = {endpoint for endpoint in below if not is_guarded(app, endpoint)}

    assert {endpoint for endpoint in unguarded if endpoint.rpartition(".")[0] not in OPEN_BLUEPRINTS} == OPEN
    assert len(below - unguarded) > 20


@ONE_DATABASE
def test_every_guarded_view_names_its_action(routes: list[Route]) -> None:
    assert [route for route in routes if route.action is None] == []
    read = {Action.READ, Action.INSIGHT, Action.KEEP_OWN, Action.ADMINISTER, Action.ANSWER, Action.SHARE, Action.EXPORT}
    assert {route.action for route in routes if route.method == "GET"} <= read


@ONE_DATABASE
@pytest.mark.parametrize("role", list(Role))
def test_each_route_is_refused_exactly_where_the_role_lacks_its_action(
    deps: Deps, client: FlaskClient, routes: list[Route], role: Role
) -> None:
    person = account(deps, role=role)
    account(deps, "chen@liju.example", role=Role.ADMINISTRATOR)

    answers = [(route, _ask(deps, client, person, route)) for route in routes]

    def is_refused(status: int) -> bool:
        return status == FORBIDDEN

    wrong = [(route, status) for route, status in answers if is_refused(status) is _may(role, route)]
    assert wrong == []
    assert [(route, status) for route, status in answers if status >= WRONG] == []
    assert {is_refused(status) for _route, status in answers} == (
        {False} if role is Role.ADMINISTRATOR else {True, False}
    )


def _may(role: Role, route: Route) -> bool:
    return route.action in ACTIONS_OF[role]


def _ask(deps: Deps, client: FlaskClient, person: Person, route: Route) -> int:
    """Ask in a session of its own: some routes end it."""
    signed_in = at_the_desk(deps, client, person)
    with _answer(signed_in, route, {"csrf": signed_in.csrf}) as answer:
        return answer.status_code


def _answer(signed_in: AtTheDesk, route: Route, fields: dict[str, str], **headers: str) -> TestResponse:
    data = None if route.method == "GET" else fields
    return signed_in.client.open(route.path, method=route.method, data=data, headers=headers)


@ONE_DATABASE
def test_without_a_session_every_route_asks_to_sign_in(client: FlaskClient, routes: list[Route]) -> None:
    for route in routes:
        answer = client.open(route.path, method=route.method, data={"body": "kept"} if route.method != "GET" else None)

        assert (answer.status_code, SIGN_IN in answer.text) == (200 if route.method == "GET" else 401, True), route


@ONE_DATABASE
def test_nothing_changes_without_the_csrf_of_the_session(deps: Deps, client: FlaskClient, routes: list[Route]) -> None:
    signed_in = at_the_desk(deps, client, role=Role.ADMINISTRATOR)
    another = deps.keys.csrf_token("another session's")

    for route in routes:
        if route.method == "GET":
            continue
        for fields in ({}, {"csrf": ""}, {"csrf": another}, {"csrf": "不"}):
            assert _answer(signed_in, route, fields).status_code == FORBIDDEN, (route, fields)
        wrong_header = {"X-CSRF": another}
        assert _answer(signed_in, route, {"csrf": signed_in.csrf}, **wrong_header).status_code == FORBIDDEN, route


@ONE_DATABASE
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_nothing_changes_by_the_page_of_another_site(
    deps: Deps, client: FlaskClient, routes: list[Route], headers: dict[str, str]
) -> None:
    signed_in = at_the_desk(deps, client, role=Role.ADMINISTRATOR)

    for route in routes:
        if route.method != "GET":
            answer = _answer(signed_in, route, {"csrf": signed_in.csrf}, **headers)
            assert answer.status_code == FORBIDDEN, route
    client.delete_cookie("liju-staff")
    for route in routes:
        if route.method != "GET":
            assert _answer(signed_in, route, {}, **headers).status_code == FORBIDDEN, route


@ONE_DATABASE
def test_inquiry_of_another_product_line_is_as_good_as_none(deps: Deps, app: Flask, client: FlaskClient) -> None:
    theirs, nowhere = submit(deps).reference, make_reference(b"nowhere")
    person = account(deps, product_lines=["service-parts"])

    asked = {
        reference: [
            (route.endpoint, route.method, _ask(deps, client, person, route))
            for route in _routes(app, reference)
            if reference in route.path
        ]
        for reference in (theirs, nowhere)
    }

    assert asked[theirs] == asked[nowhere]
    assert len(asked[theirs]) > 5
    assert 200 not in {status for *_, status in asked[theirs]}


@ONE_DATABASE
def test_administrator_reaches_every_page(deps: Deps, client: FlaskClient, routes: list[Route]) -> None:
    """What the negative tests would also find if every route were simply broken."""
    person = account(deps, role=Role.ADMINISTRATOR)

    pages = [
        route for route in routes if route.method == "GET" and "999999" not in route.path and "/x" not in route.path
    ]

    assert {_ask(deps, client, person, route) for route in pages} <= {200, 303}
    assert len(pages) > 5
    assert f"/staff/people/{HIGHEST_ID}" not in {route.path for route in pages}
    assert client.get(f"/staff/people/{HIGHEST_ID}").status_code == 404
