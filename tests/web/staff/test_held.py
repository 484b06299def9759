"""Held mail at the desk: who sees what, each decision and its taking back, and two people who decide at once."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.domain.person import Role
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.list_inquiries import list_inquiries
from liju_contact.usecases.tend_held import PAGE
from tests.conftest import ONE_DATABASE
from tests.staff_desk import account, at_the_desk
from tests.store.statements import listening
from tests.usecases.carried import carry_all
from tests.usecases.mails import CUSTOMER, PUBLIC, DirectReader, entry, judged, letter_to, mail, reply_to, with_staff
from tests.usecases.stories import rows, submit

RUI = "Rui <rui@usina.example>"
HOSTILE = "<script>alert(1)</script> I take over."


@pytest.fixture
def office(deps: Deps) -> Deps:
    deps = with_staff(deps)
    submit(deps)
    carry_all(deps)
    return deps


@pytest.fixture
def client(office: Deps) -> FlaskClient:
    return make_app(office).test_client()


def held(deps: Deps, text: str = HOSTILE) -> int:
    row = judged(deps, reply_to(letter_to(deps, CUSTOMER), RUI, text))
    assert row["state"] == "held"
    return int(row["id"])


def spam(deps: Deps, number: int) -> int:
    return int(judged(deps, mail(f"eva@{number}.example", PUBLIC, f"Pills {number}.", X_Spam_Flag="YES"))["id"])


def test_mail_is_let_in_and_taken_back(office: Deps, client: FlaskClient) -> None:
    waiting = held(office)
    li = at_the_desk(office, client)
    page = li.get("/staff/held").text

    answer = li.post(f"/staff/held/{waiting}", {"decision": "accept"})
    told = li.get(answer.location).text
    judge_waiting(office, DirectReader())

    assert ("rui@usina.example" in page, "comes from another address" in page, "<script>alert" in page) == (
        True,
        True,
        False,
    )
    assert (answer.status_code, "is let in" in told, 'value="undo"' in told) == (303, True, True)
    assert (entry(office, waiting)["state"], entry(office, waiting)["decided_by"]) == ("applied", li.person.address)
    assert "I take over." in rows(office.db, "message")[-1]["body"]
    li.post(f"/staff/held/{waiting}", {"decision": "undo"})
    assert (entry(office, waiting)["state"], len(rows(office.db, "message"))) == ("held", 1)
    assert f"/staff/mail/{waiting}" not in li.get("/staff/held?view=decided").text


@ONE_DATABASE
def test_whoever_is_slower_reads_who_was_faster(office: Deps, client: FlaskClient) -> None:
    waiting = held(office)
    li = at_the_desk(office, client)
    wang = at_the_desk(office, make_app(office).test_client(), address="wang.fang@liju.example", name="Wang Fang")
    wang.post(f"/staff/held/{waiting}", {"decision": "discard"})

    slower = li.post(f"/staff/held/{waiting}", {"decision": "accept"})
    again = wang.post(f"/staff/held/{waiting}", {"decision": "discard"})

    assert (slower.status_code, "Wang Fang was faster and has discarded this mail." in slower.text) == (409, True)
    assert (again.status_code, entry(office, waiting)["state"]) == (303, "discarded")


@ONE_DATABASE
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Please type the reference"),
        ("LJ-0000-0001 <b>", "This is no reference"),
        ("theirs", "There is no inquiry with this reference."),
    ],
)
def test_reference_that_is_none_comes_back_as_typed(
    office: Deps, client: FlaskClient, typed: str, sentence: str
) -> None:
    waiting = held(office)
    other = submit(office, nonce="n-2", product="vacuum-hot-water").reference
    li = at_the_desk(office, client, product_lines=["steam"])
    typed = other if typed == "theirs" else typed

    answer = li.post(f"/staff/held/{waiting}", {"decision": "attach", "reference": typed})

    assert (answer.status_code, sentence in answer.text, "aria-invalid" in answer.text) == (422, True, True)
    assert ("<b>" in answer.text, typed.replace("<", "&lt;").replace(">", "&gt;") in answer.text) == (False, True)
    assert entry(office, waiting)["state"] == "held"


@ONE_DATABASE
def test_mail_is_put_into_an_inquiry_by_its_typed_reference(office: Deps, client: FlaskClient) -> None:
    waiting = held(office)
    other = submit(office, nonce="n-2").reference
    li = at_the_desk(office, client)

    li.post(f"/staff/held/{waiting}", {"decision": "attach", "reference": f" {other.lower()} "})
    judge_waiting(office, DirectReader())

    assert (entry(office, waiting)["state"], entry(office, waiting)["inquiry_id"]) == ("applied", 2)


def test_person_with_product_lines_sees_theirs_and_what_is_nobodys(office: Deps, client: FlaskClient) -> None:
    theirs, nobodys = held(office, "A secret."), spam(office, 1)
    li = at_the_desk(office, client, product_lines=["vacuum-hot-water"])
    page = li.get("/staff/held").text + li.get("/staff/held?view=all").text

    assert (f"/staff/mail/{theirs}" in page, "A secret." in page, f"/staff/mail/{nobodys}" in page) == (
        False,
        False,
        True,
    )
    assert list_inquiries(office, li.person, ListQuery(), {}, now=office.now()).held_count == 1
    assert li.post(f"/staff/held/{theirs}", {"decision": "discard"}).status_code == 404
    assert entry(office, theirs)["state"] == "held"


@ONE_DATABASE
def test_reader_looks_and_decides_nothing(office: Deps, client: FlaskClient) -> None:
    waiting = held(office)
    reader = at_the_desk(office, client, account(office, "r@liju.example", role=Role.READER))

    page, answer = reader.get("/staff/held").text, reader.post(f"/staff/held/{waiting}", {"decision": "discard"})

    assert ('name="decision"' in page, answer.status_code, entry(office, waiting)["state"]) == (False, 403, "held")


def test_pages_follow_one_another_by_a_mark_with_a_fixed_number_of_queries(
    office: Deps, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liju_contact.usecases.tend_held.PAGE", 2)
    assert PAGE == 30
    li = at_the_desk(office, client)
    first = spam(office, 1)
    with listening(office.db) as one:
        li.get("/staff/held")
    newer = [spam(office, 2), spam(office, 3)]

    with listening(office.db) as three:
        page = li.get("/staff/held").text
    rest = li.get(page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")).text

    assert len(one) == len(three)
    assert [f"/staff/mail/{number}" in page for number in (first, *newer)] == [False, True, True]
    assert [f"/staff/mail/{number}" in rest for number in (first, *newer)] == [True, False, False]
    if office.db.is_sqlite:
        query = next(said for said in three if "ORDER BY inbound.received_at" in said)
        with office.db.read() as tx:
            plan = str(tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (0,) * query.count("?")).all())
        assert "ix_inbound_received_at" in plan, plan
        assert "TEMP B-TREE" not in plan, plan
