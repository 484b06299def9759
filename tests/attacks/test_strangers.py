"""What is not theirs is not there: for customers without the key, for staff of other product lines, for nobody at all.

And an answer, or the work behind it, never tells that something is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liju_contact.app import make_app
from liju_contact.domain.person import Role
from liju_contact.store.staff import change_account
from liju_contact.usecases.deps import Deps, Hasher
from liju_contact.web.form_token import new_form_token
from tests.attacks.house import House, furnish
from tests.staff_desk import account, at_the_desk
from tests.store.statements import listening
from tests.usecases.stories import key_of, rows, staged, submit
from tests.web.staff.door import PASSWORD, with_password

SECRET = "a-secret-of-another"
NOWHERE = "LJ-0000-0000"
OFFERS = (
    "..%2f..%2f..%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "..\\..\\config.toml",
    "%2e%2e%2fconfig.toml",
    "/etc/passwd",
    "file:///etc/passwd",
    "..%00/config.toml",
    "%c0%ae%c0%ae/config.toml",
    "-1",
    "1e3",
    "0x1",
    "１",  # noqa: RUF001  # a digit that is none of ours
)


@dataclass
class CountingHasher:
    """A ``Hasher`` that counts how often it had to work."""

    hasher: Hasher
    verified: list[str] = field(default_factory=list)

    @property
    def digest_of_nobody(self) -> str:
        return self.hasher.digest_of_nobody

    def digest(self, password: str) -> str:
        return self.hasher.digest(password)

    def verify(self, digest: str, password: str) -> bool:
        self.verified.append(digest)
        return self.hasher.verify(digest, password)

    def is_outdated(self, digest: str) -> bool:
        return self.hasher.is_outdated(digest)


def told(answer: TestResponse, *parts: str) -> tuple[int, str, list[str]]:
    """Return what an answer tells, without what its address itself says and the token of a form."""
    text = answer.text
    for part in parts:
        text = text.replace(part, "…")
    lines = [line for line in text.splitlines() if 'name="token"' not in line]
    return answer.status_code, "\n".join(lines), sorted(name for name, _value in answer.headers)


def public_routes(house: House) -> Iterator[tuple[str, str]]:
    for method in ("GET", "POST"):
        yield from ((method, path) for endpoint, path in house.addresses(method) if endpoint.startswith("status."))


def test_a_wrong_key_and_an_unknown_reference_are_the_same_to_a_stranger(house: House) -> None:
    client, reference, key = house.client(), house.submitted.reference, house.key
    wrong = ("0" * 34, key[:-1], key + "0", key[:-1] + "g", SECRET)
    for method, path in public_routes(house):
        works = []
        answers = []
        pairs = [(reference, each) for each in wrong] + [(NOWHERE, key), (reference.lower()[:-1], key)]
        for asked, offered in pairs:
            form = {"token": new_form_token(house.deps), "body": "x", "email": "a@b.example", "stars": "5"}
            with listening(house.deps.db) as statements:
                answer = client.open(
                    path.replace(reference, asked).replace(key, offered),
                    method=method,
                    data=form if method == "POST" else None,
                )
            works.append(len(statements))
            answers.append(told(answer, asked, offered))
        assert answers == [answers[0]] * len(pairs), path
        assert answers[0][0] == 404, path
        assert works == [works[0]] * len(pairs), path
    assert len(rows(house.deps.db, "visit")) == 0


def test_a_key_opens_the_files_of_its_own_inquiry_alone(house: House) -> None:
    deps, client = house.deps, house.client()
    other = submit(deps, nonce="other", files=(staged(deps, SECRET.encode(), f"{SECRET}.pdf"),), message=SECRET)
    newest = rows(deps.db, "file")[-1]["id"]
    for number in (*range(newest + 3), 2**63 - 1):
        with client.get(f"{house.submitted.status_path}/file/{number}/x.pdf", buffered=True) as answer:
            assert SECRET.encode() not in answer.data
    assert client.get(f"{other.status_path}/file/{newest}/x.pdf").data == SECRET.encode()
    for first, second in ((house.submitted, other), (other, house.submitted)):
        assert client.get(f"/inquiry/{first.reference}/{key_of(second)}").status_code == 404


@pytest.mark.parametrize("role", [Role.READER, Role.AGENT, Role.ADMINISTRATOR])
def test_what_another_product_line_has_is_nowhere_at_the_desk(deps: Deps, role: Role) -> None:
    """Every number of everything is asked for; a sentinel stands in all that must not come back."""
    house = furnish(deps, [SECRET])
    _name_what_is_shared(house)
    person = account(house.deps, "far@liju.example", role=role, product_lines=["vacuum-hot-water"])
    desk = at_the_desk(house.deps, house.client(), person)
    own = submit(house.deps, nonce="own", product="vacuum-hot-water", name="Own Customer").reference
    leaks = []
    for endpoint, path in numbered_addresses(house, own):
        with desk.get(path, buffered=True) as answer:
            if SECRET.encode() in answer.data:
                leaks.append((endpoint, path, answer.status_code))
    listed, found = desk.get("/staff?view=all").text, desk.get(f"/staff?q={SECRET}").text
    assert leaks == []
    assert (own in listed, house.submitted.reference in listed + found) == (True, False)


def numbered_addresses(house: House, own: str) -> Iterator[tuple[str, str]]:
    """Return the desk's addresses of both inquiries, with every number that anything has."""
    kinds = {"file_id": "file", "delivery_id": "delivery", "message_id": "message", "inbound_id": "inbound"}
    newest = max(row["id"] for name in kinds.values() for row in rows(house.deps.db, name))
    seen = set()
    for number in range(1, newest + 2):
        ids = dict.fromkeys(kinds, number)
        for reference in (house.submitted.reference, own):
            for endpoint, path in house.addresses(reference=reference, **ids):
                if path.startswith("/staff") and path not in seen:
                    seen.add(path)
                    yield endpoint, path


def _name_what_is_shared(house: House) -> None:
    """Canned replies, tags, shared views and colleagues are known to everybody at the desk."""
    with house.deps.db.begin() as tx:
        for column in ("canned_reply SET title =", "tag SET name =", "saved_view SET name =", "staff SET name ="):
            tx.exec_driver_sql(f"UPDATE {column} 'shared'")
        tx.exec_driver_sql("UPDATE canned_reply SET texts = '{}'")
        # What came by mail has no product line yet, and would be everybody's to look after.
        tx.exec_driver_sql("UPDATE inquiry SET product = 'steam'")


def test_a_guess_at_a_password_costs_the_same_whatever_is_there(deps: Deps) -> None:
    hasher = CountingHasher(deps.hasher)
    deps = replace(deps, hasher=hasher)
    with_password(deps, address="li.wei@liju.example")
    gone = with_password(deps, address="gone@liju.example")
    account(deps, "invited@liju.example")
    with deps.db.begin() as tx:
        change_account(tx, gone.id, disabled_at=deps.now())
    client = make_app(deps).test_client()
    tries = {
        "wrong password": ("li.wei@liju.example", "wrong"),
        "unknown": ("nobody@liju.example", "wrong"),
        "disabled, right": ("gone@liju.example", PASSWORD),
        "invited": ("invited@liju.example", "wrong"),
    }
    answers, works = {}, {}
    for name, (address, password) in tries.items():
        hasher.verified.clear()
        form = {"token": new_form_token(deps), "address": address, "password": password}
        with listening(deps.db) as statements:
            answers[name] = told(client.post("/staff/sign-in", data=form), address)
        works[name] = (len(hasher.verified), len(statements), hasher.verified[0].split("$")[1:4])

    assert len({repr(answer) for answer in answers.values()}) == 1
    assert len({repr(work) for work in works.values()}) == 1
    assert works["unknown"][0] == 1


@pytest.mark.parametrize(
    ("path", "name", "known", "unknown"),
    [
        ("/find", "typed", "Ana.Souza@usina.example", "nobody@usina.example"),
        ("/staff/forgot", "address", "admin@liju.example", "nobody@liju.example"),
    ],
)
def test_asking_for_a_letter_tells_nothing(house: House, path: str, name: str, known: str, unknown: str) -> None:
    client = house.client()
    seen = []
    for typed in (known, unknown):
        form = {"token": new_form_token(house.deps), name: typed}
        with listening(house.deps.db) as statements:
            seen.append((told(client.post(path, data=form), typed), len(statements)))

    assert seen[0] == seen[1]
    assert seen[0][0][0] == 200


def test_no_part_of_an_address_reaches_a_file_of_the_machine(house: House) -> None:
    """The real configuration and the database lie in the instance folder while this is asked."""
    instance = house.deps.settings.instance
    (instance / "config.toml").write_text("secret = 'root:x:0:0:'", "utf-8")
    client = house.client()
    at_the_desk(house.deps, client, house.person)
    named = {name for rule in house.app.url_map.iter_rules() for name in rule.arguments}
    for endpoint, path in list(house.addresses()):
        for value in _values_in(house, path, named):
            for offered in OFFERS:
                hostile = path.replace(f"/{value}", f"/{offered}")
                with client.get(hostile, buffered=True) as answer:
                    assert answer.status_code in {200, 303, 308, 404, 410}, (endpoint, hostile)
                    assert b"root:x:" not in answer.data, hostile
                    assert b"SQLite format" not in answer.data, hostile


def _values_in(house: House, path: str, names: set[str]) -> list[str]:
    values: dict[str, Any] = house.values()
    return [
        str(values[name])
        for name in names
        if name in values and f"/{values[name]}" in path and len(str(values[name])) > 1
    ]


def test_no_header_can_be_injected_by_what_was_typed(deps: Deps) -> None:
    split = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>"
    house = furnish(deps, [split, "naïve\u2028\x85\x0bSet-Cookie: evil=1"])
    client: FlaskClient = house.client()
    at_the_desk(house.deps, client, house.person)
    for _endpoint, path in house.addresses():
        with client.get(path, buffered=True) as answer:
            for name, value in answer.headers:
                assert not set(name + value) & set("\r\n\0"), path
                assert "evil" not in value.lower() or name == "Content-Disposition", path
                assert value.isascii(), path
