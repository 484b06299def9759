"""Browsers at the door of the desk: what a person types into the sign-in, and what the pages carry."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liju_contact.domain.person import Person
from liju_contact.domain.totp import code_at, time_step
from liju_contact.store.staff import change_account
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.second_factor import NewCodes, begin_enrolment, switch_on
from liju_contact.usecases.staff_session import SignedIn
from tests.staff_desk import COOKIE, account

ADDRESS, PASSWORD = "li.wei@liju.example", "seventeen blue kettles"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_ACTION = re.compile(r'<form[^>]* action="([^"]*)"')


def with_password(deps: Deps, person: Person | None = None, *, password: str = PASSWORD, **who: Any) -> Person:
    """Give somebody a password; without ``person``, a new account made of ``who``."""
    person = person or account(deps, **who)
    with deps.db.begin() as tx:
        change_account(tx, person.id, password_digest=deps.hasher.digest(password))
    return person


def with_second_factor(deps: Deps, person: Person) -> NewCodes:
    """Switch the second factor on, half an hour ago as far as codes are concerned."""
    signed_in = SignedIn(person=person, session_id=0, csrf="")
    begin_enrolment(deps, signed_in)
    codes = switch_on(deps, signed_in, password=PASSWORD, code=code_for(deps, person), now=deps.now())
    assert isinstance(codes, NewCodes)
    with deps.db.begin() as tx:
        change_account(tx, person.id, totp_counter=0)
    return codes


def code_for(deps: Deps, person: Person, *, version: int = 2) -> str:
    return code_at(deps.keys.totp_secret(person.id, version), time_step(deps.now()))


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's first form."""
    form = page[page.index("<form") : page.index("</form>")]
    return {unescape(name): unescape(value) for name, value in _HIDDEN.findall(form)}


def action(page: str) -> str:
    found = _ACTION.search(page)
    assert found
    return unescape(found[1])


def submit(client: FlaskClient, page: TestResponse | str, **typed: str) -> TestResponse:
    """Send the first form of a page, with what is typed into it."""
    text = page if isinstance(page, str) else page.text
    fields = {**hidden(text), **typed}
    return client.post(action(text), data=fields, content_type="multipart/form-data")


def sign_in(client: FlaskClient, *, address: str = ADDRESS, password: str = PASSWORD) -> TestResponse:
    """Sign in with a browser that is not signed in, or no longer is."""
    client.delete_cookie(COOKIE)
    return submit(client, client.get("/staff/sign-in"), address=address, password=password)
