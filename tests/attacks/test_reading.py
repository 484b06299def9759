"""Nothing changes by GET or HEAD (D9): every table is the same, byte by byte, after every address was asked for.

The exceptions have names: a visit of a status page (once per network and day), and a session's sign of life.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from liju_contact.store.table import Table
from liju_contact.usecases.deps import Deps
from tests.attacks.house import House
from tests.conftest import Clock
from tests.staff_desk import at_the_desk
from tests.usecases.stories import rows


def digests(deps: Deps) -> dict[str, str]:
    """Return one digest for each table, of all its rows in the order of their keys."""
    found = {}
    with deps.db.read() as tx:
        for name, table in Table.metadata.tables.items():
            stored = [tuple(row) for row in tx.execute(select(table).order_by(*table.primary_key))]
            found[name] = f"{len(stored)} rows, {hashlib.sha256(repr(stored).encode()).hexdigest()}"
    return found


def ask_everything(house: House, client: FlaskClient) -> int:
    asked = 0
    for method in ("GET", "HEAD"):
        for _endpoint, path in house.addresses(method):
            for question in ("", "?lang=zh-Hans&view=all&q=boiler&said=noted&did=1&since=0&act=spam&csrf=x&state=spam"):
                with client.open(path + question, method=method) as answer:
                    assert answer.status_code < 500 or path == "/healthz", path
                    asked += 1
    return asked


def test_reading_changes_no_row_of_any_table(house: House, clock: Clock) -> None:
    desk, stranger = house.client(), house.client()
    at_the_desk(house.deps, desk, house.person)
    before = digests(house.deps)

    asked = ask_everything(house, stranger) + ask_everything(house, desk)

    after = digests(house.deps)
    changed = {name for name in before if before[name] != after[name]}
    assert (changed, len(rows(house.deps.db, "visit"))) == ({"visit"}, 1)
    assert asked > 300
    clock.at += timedelta(minutes=11)
    desk.get("/staff")
    assert {name for name, digest in digests(house.deps).items() if digest != after[name]} == {"staff_session"}


def test_a_visit_is_noted_once_for_each_network_and_day(house: House, clock: Clock) -> None:
    client, path = house.client(), house.submitted.status_path
    phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36"}
    for address in ("192.0.2.7", "192.0.2.99", "198.51.100.1"):
        client.get(path, headers=phone, environ_overrides={"REMOTE_ADDR": address})
    client.head(path, environ_overrides={"REMOTE_ADDR": "203.0.113.1"})
    client.get(path[:-1] + "x", environ_overrides={"REMOTE_ADDR": "203.0.113.1"})
    clock.at += timedelta(days=1)
    client.get(path, headers=phone, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})

    visits = rows(house.deps.db, "visit")
    desk = at_the_desk(house.deps, house.client(), house.person)
    sheet = desk.get(f"/staff/inquiry/{house.submitted.reference}").text

    first, second, third = (visit["network"] for visit in visits)
    assert len({first, second, third}) == 2
    assert {(visit["program"], visit["system"]) for visit in visits} == {("Chrome", "Android")}
    assert "3 visits of the status page" in sheet
    assert "Chrome · Android · phone" in sheet
    assert [network in sheet for network in (first, second, third)] == [True] * 3
    assert "192.0.2" not in repr(visits) + sheet
