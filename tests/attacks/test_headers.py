"""Every answer there is, of whatever kind, tells a browser the same strict rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from liju_contact.app import make_app
from liju_contact.domain.errors import Conflict, Forbidden, StoreBusy, Unfit
from liju_contact.domain.response_headers import protecting_headers
from liju_contact.usecases.deps import Deps
from liju_contact.web.post_office import LETTER_POLICY
from liju_contact.web.staff.mail_frame import POLICY as MAIL_POLICY
from tests.attacks.house import House, furnish, with_https
from tests.staff_desk import at_the_desk
from tests.web.staff.door import ADDRESS, sign_in, with_password

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What may be kept, and by whom: files that are the same for everybody, and small pictures by the browser alone.
FRAMED = {LETTER_POLICY, MAIL_POLICY}
KEPT = {"assets.asset": "public, max-age=31536000, immutable", "thumbnail": "private, no-cache"}


def complaints(answer: Response, *, is_https: bool = False, kept: str = "no-store") -> list[str]:
    """Return what is wrong with the headers of an answer, in the words of who would have to mend it."""
    headers = answer.headers
    wanted = dict(protecting_headers(is_https=is_https)) | {"Cache-Control": kept}
    wanted.pop("Content-Security-Policy")
    if FRAMED & set(headers.getlist("Content-Security-Policy")):
        # The markup of a letter or a received mail, which stands in a sandboxed frame of our own page and nowhere else.
        wanted |= {"X-Frame-Options": "SAMEORIGIN", "Cross-Origin-Opener-Policy": "unsafe-none"}
    referrer = {wanted.pop("Referrer-Policy"), "same-origin"}
    robots = {wanted.pop("X-Robots-Tag"), "all"}
    found = [f"{name}: {headers.getlist(name)}" for name, value in wanted.items() if headers.getlist(name) != [value]]
    found += [] if headers.get("Referrer-Policy") in referrer else ["Referrer-Policy"]
    found += [] if headers.get("X-Robots-Tag") in robots else ["X-Robots-Tag"]
    return found + policy_complaints(headers.getlist("Content-Security-Policy"))


def policy_complaints(policies: list[str]) -> list[str]:
    if len(policies) != 1:
        return [f"{len(policies)} content policies"]
    if FRAMED & set(policies):
        return []
    rules = {name: sources for name, *sources in (rule.split() for rule in policies[0].split(";"))}
    found = [
        f"{name} is not 'none'"
        for name in ("default-src", "base-uri", "frame-ancestors")
        if rules.get(name) != ["'none'"]
    ]
    allowed = {"'self'", "'none'", "data:"} if "img-src" in rules else {"'self'", "'none'"}
    found += [
        f"{name} allows {source}" for name, sources in rules.items() for source in sources if source not in allowed
    ]
    found += [f"{name} allows data:" for name, sources in rules.items() if "data:" in sources and name != "img-src"]
    return found + ([] if "form-action" in rules else ["forms may go anywhere"])


def kept_of(endpoint: str, answer: Response) -> str:
    name = endpoint if endpoint in KEPT else endpoint.rpartition(".")[2]
    is_page = answer.status_code != 200 or answer.mimetype == "text/html"
    return "no-store" if is_page else KEPT.get(name, "no-store")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_route_answers_with_all_headers_whoever_asks(deps: Deps, scheme: str) -> None:
    is_https = scheme == "https"
    house = furnish(with_https(deps) if is_https else deps)
    desk = house.client()
    signed_in = at_the_desk(house.deps, desk, house.person)
    if is_https:
        desk.set_cookie("__Host-liju-staff", signed_in.token, secure=True)
    wrong, statuses = [], set[int]()
    for client in (house.client(), desk):
        for method in ("GET",) if is_https else ("GET", "POST"):
            for endpoint, path in house.addresses(method):
                with client.open(path, method=method, base_url=f"{scheme}://localhost") as answer:
                    statuses.add(answer.status_code)
                    found = complaints(answer, is_https=is_https, kept=kept_of(endpoint, answer))
                    wrong += [(method, path, answer.status_code, found)] if found else []

    assert wrong == []
    assert {200, 303, 404} <= statuses


def errors(client: FlaskClient) -> Iterator[tuple[int, TestResponse]]:
    """Return answers that no page gives, with the status each of them should have."""
    yield 404, client.get("/nowhere")
    yield 404, client.get("/inquiry/LJ-7K3F-9Q2X/%00")
    yield 405, client.put("/")
    yield 405, client.open("/find", method="PROPFIND")
    yield 308, client.get("//find")
    yield 308, client.get("/post-office")
    yield 413, client.post("/", data=b"message=" + b"x" * 2_000_000, headers=FORM)
    yield 415, client.post("/", data=b"\x1f\x8b", headers={**FORM, "Content-Encoding": "gzip"})
    yield 410, client.get("/staff/reset/used-long-ago")


def test_every_kind_of_error_has_all_headers(house: House) -> None:
    for status, answer in errors(house.client()):
        assert (answer.status_code, complaints(answer)) == (status, [])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError("a fault"), 500),
        (StoreBusy(), 503),
        (Forbidden(), 403),
        (Conflict(), 409),
        (Unfit("", field=""), 422),
    ],
)
@pytest.mark.parametrize("endpoint", ["find.show_form", "assets.asset", "staff_list.show"])
def test_what_a_view_raises_has_all_headers(house: House, error: Exception, status: int, endpoint: str) -> None:
    def fail(**_parts: object) -> NoReturn:
        raise error

    fail.liju_action = getattr(house.app.view_functions[endpoint], "liju_action", None)  # type: ignore[attr-defined]  # as the desk's guard wants it
    house.app.view_functions[endpoint] = fail
    client = house.client()
    at_the_desk(house.deps, client, house.person)
    path = dict(house.addresses())[endpoint]

    answer = client.get(path)

    assert (answer.status_code, complaints(answer)) == (status, [])
    assert "a fault" not in answer.text


def test_cookies_belong_to_this_host_alone_where_there_is_https(deps: Deps) -> None:
    deps = with_https(deps)
    with_password(deps)
    client = make_app(deps).test_client()

    answer = sign_in(client)

    assert (ADDRESS, answer.status_code) == (ADDRESS, 303)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-liju-staff", "__Host-liju-device"}
    for cookie in cookies:
        words = {word.strip() for word in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= words
        assert not any(word.startswith("Domain") for word in words)


def test_customers_get_no_cookie(house: House) -> None:
    client = house.client()
    paths = ["/", "/find", house.submitted.status_path, "/link-sent", "/healthz", "/nowhere"]

    assert [client.get(path).headers.getlist("Set-Cookie") for path in paths] == [[]] * len(paths)
