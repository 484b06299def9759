"""People at the desk: accounts with a session each, as the tests of its pages need them, without the sign-in page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liju_contact.domain.person import Person, Role
from liju_contact.store.staff import add_account
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.staff_session import begin_session

COOKIE = "liju-staff"


@dataclass(frozen=True, kw_only=True)
class AtTheDesk:
    """Somebody signed in, with a browser: ``get`` and ``post`` do what their clicks would, the CSRF field included."""

    client: FlaskClient
    person: Person
    token: str
    csrf: str

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        return self.client.post(path, data={"csrf": self.csrf, **(fields or {})}, **more)


def account(
    deps: Deps,
    address: str = "li.wei@liju.example",
    *,
    name: str = "Li Wei",
    role: Role = Role.AGENT,
    product_lines: Sequence[str] = (),
) -> Person:
    """Open an account and return whose it is."""
    with deps.db.begin() as tx:
        id_ = add_account(tx, address=address, name=name, role=role, product_lines=product_lines, now=deps.now())
    assert id_ is not None, "the address has an account already"
    return Person(id=id_, address=address, name=name, role=role, product_lines=frozenset(product_lines))


def at_the_desk(deps: Deps, client: FlaskClient, person: Person | None = None, **who: Any) -> AtTheDesk:
    """Sign somebody in on ``client``; without ``person``, a new account made of ``who`` (see ``account``)."""
    person = person or account(deps, **who)
    with deps.db.begin() as tx:
        token = begin_session(deps, tx, person.id, browser="Test", network="127.0.0.0/24", now=deps.now())
    client.set_cookie(COOKIE, token)
    return AtTheDesk(client=client, person=person, token=token, csrf=deps.keys.csrf_token(token))
