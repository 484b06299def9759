"""Nothing a request says about where it was sent to shapes a link, and no address leads to another site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from liju_contact.app import make_app
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.find_inquiry import answer_link_request
from liju_contact.usecases.reset_password import answer_reset_request
from liju_contact.web.form_token import new_form_token
from tests.attacks.house import House
from tests.conftest import Clock
from tests.journeys.pages import tree_of
from tests.staff_desk import at_the_desk
from tests.usecases.stories import rows
from tests.web.staff.door import ADDRESS, PASSWORD, hidden, with_password

EVIL = "evil.example"
CLAIMS = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil.example",
    "X-Original-URL": "/evil.example",
    "X-Rewrite-URL": "/evil.example",
    "X-Host": EVIL,
    "Forwarded": f"for=1.2.3.4;host={EVIL};proto=ftp",
}
ELSEWHERE = [
    f"//{EVIL}",
    f"https://{EVIL}/",
    f"https:{EVIL}",
    f"/\\{EVIL}",
    f"\\\\{EVIL}",
    f"/%09/{EVIL}",
    f"/\t/{EVIL}",
    f"/staff/..//{EVIL}",
    f"/staff@{EVIL}",
    f"/staff\r\nLocation: https://{EVIL}",
    f"//{EVIL}/staff",
    f"javascript:alert('{EVIL}')",
    f"data:text/html,{EVIL}",
    f"http://localhost.{EVIL}",
    f"/staffx//{EVIL}",
]


@pytest.mark.parametrize("hops", [0, 1])
def test_no_claim_about_the_host_is_in_any_answer(house: House, hops: int) -> None:
    settings = replace(house.deps.settings, web=replace(house.deps.settings.web, proxy_hops=hops))
    behind = replace(house, app=make_app(replace(house.deps, settings=settings)))
    client = behind.client()
    at_the_desk(house.deps, client, house.person)
    client.set_cookie("liju-staff", client.get_cookie("liju-staff").value, domain=EVIL)  # type: ignore[union-attr]  # it was just set
    paths = [path for _endpoint, path in behind.addresses()]
    paths += ["//find", "/post-office", "/inquiry//x", "//evil.example/find", "/nowhere", "/staff//account"]
    for path in paths:
        with client.get("/", headers=CLAIMS, buffered=True, environ_overrides={"PATH_INFO": path}) as answer:
            told = f"{answer.headers}{answer.get_data(as_text=True) if answer.mimetype == 'text/html' else ''}"
            # What was asked for may be repeated as text; a link or a header that leads there may not.
            assert EVIL not in str(answer.headers.get("Location", "")).removeprefix("/evil.example"), path
            assert_links_stay(told if answer.mimetype == "text/html" else "", path)
            assert EVIL not in str(answer.headers).replace(f"/{EVIL}", ""), path


def assert_links_stay(page: str, path: str) -> None:
    for link in links(page):
        parts = urlsplit(link)
        assert parts.hostname in {None, "www.liju.example", "127.0.0.1"}, (path, link)
        assert parts.scheme in {"", "https", "http", "mailto", "tel"}, (path, link)


def links(page: str) -> Iterator[str]:
    for element in tree_of(page).iter():
        for name in ("href", "src", "action", "formaction"):
            if value := element.get(name):
                yield value


def test_page_that_is_none_leads_nowhere_else(deps: Deps) -> None:
    client = make_app(deps).test_client()
    for path in (
        "//evil.example/",
        "//evil.example/a/..",
        "/\\evil.example",
        "///evil.example/x",
        "//find",
        "/post-office",
    ):
        answer = client.get("/", environ_overrides={"PATH_INFO": path})

        assert answer.status_code in {200, 308, 404}, path
        assert answer.headers.get("Location", "/")[1:2] not in {"/", "\\"}, path
        assert [link for link in links(answer.text) if link.startswith(("//", "/\\"))] == [], path


def test_letters_name_the_configured_address_whatever_the_request_says(house: House) -> None:
    deps, client = house.deps, house.client()
    with_password(deps, house.person)
    before = len(rows(deps.db, "letter"))
    form = {"token": new_form_token(deps)}
    client.post("/find", data={**form, "typed": house.submitted.reference}, headers=CLAIMS)
    client.post("/staff/forgot", data={**form, "address": house.person.address}, headers=CLAIMS)
    client.post(f"{house.submitted.status_path}/new-link", data=form, headers=CLAIMS)
    while answer_link_request(deps, now=deps.now()) or answer_reset_request(deps, now=deps.now()):
        pass

    letters = rows(deps.db, "letter")[before:]

    assert {letter["kind"] for letter in letters} == {"status_links", "password_reset", "new_status_link"}
    for letter in letters:
        assert EVIL not in letter["text"] + letter["html"]
        assert f"{deps.settings.web.base_url}/" in letter["text"]


def test_signing_in_leads_home_whatever_the_address_asks(deps: Deps, clock: Clock) -> None:
    with_password(deps)
    app = make_app(deps)
    for where in ELSEWHERE:
        client = app.test_client()
        clock.move(hours=1)  # else it would be too often
        page = client.get("/staff/sign-in", query_string={"back": where, "next": where, "url": where})
        fields = hidden(page.text) | {"address": ADDRESS, "password": PASSWORD}

        answers = [client.post("/staff/sign-in", data=fields | forged) for forged in ({}, {"back": where})]
        later = client.get("/staff/sign-in", query_string={"back": where})

        assert [answer.headers.get("Location") for answer in (*answers, later)] == ["/staff"] * 3, where


def test_no_parameter_leads_away(house: House) -> None:
    client = house.client()
    at_the_desk(house.deps, client, house.person)
    names = ("back", "next", "url", "return", "lang", "before", "view", "after", "did", "from", "said", "product")
    for where in (f"//{EVIL}", f"x\r\nSet-Cookie: a={EVIL}"):
        for _endpoint, path in house.addresses():
            with client.get(path, query_string=dict.fromkeys(names, where), buffered=True) as answer:
                location = answer.headers.get("Location", "/")
                assert (location[:1], location[1:2] in {"/", "\\"}) == ("/", False), (path, location)
                assert "Set-Cookie" not in answer.headers, path
                if answer.mimetype == "text/html":
                    assert_links_stay(answer.get_data(as_text=True), path)
