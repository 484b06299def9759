"""What was turned away, at the desk: seen calmly, taken by one click with its letters, completed, removed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.person import Role
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import RefusalReason
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.note_refusal import note_refusal
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import at_the_desk
from tests.store.statements import listening
from tests.usecases.stories import rows, staged, status_of, submit

TYPED = {
    "name": "Ana <b>Souza</b>",
    "email": "ana@usina.example",
    "country": "BR",
    "product": "steam",
    "message": "Two boilers.",
    "capacity": "10",
    "capacity_unit": "t_h",
}


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


def refused(deps: Deps, **more: Any) -> int:
    values: dict[str, Any] = {
        "door": PublicDoor.INQUIRY,
        "reason": RefusalReason.STALE_TOKEN,
        "typed": TYPED,
        "files": (),
        "network": "203.0.113.0/24",
        "language": "zh_Hans",
        **more,
    }
    id_ = note_refusal(deps, now=deps.now(), **values)
    assert id_ is not None
    return id_


def test_real_person_is_taken_by_one_click_with_letters_and_files(deps: Deps, client: FlaskClient) -> None:
    typed = TYPED | {"notice": "2026-01-01-0123abcd"}
    id_ = refused(deps, files=[staged(deps, b"%PDF-1.7 plan")], nonce="n-7", typed=typed)
    li = at_the_desk(deps, client)
    page = li.get("/staff/refused").text
    assert "Ana &lt;b&gt;Souza&lt;/b&gt;" in page
    assert "10 t/h" in page
    assert li.get(f"/staff/refused/{id_}/file/0/plan.pdf").data == b"%PDF-1.7 plan"

    answers = [li.post(f"/staff/refused/{id_}", {"decision": "take"}) for _ in range(2)]

    assert [answer.location for answer in answers] == [f"/staff/refused?done={id_}"] * 2
    [inquiry] = rows(deps.db, "inquiry")
    assert (inquiry["email"], inquiry["language"], inquiry["details"][0]["canonical"]) == (
        "ana@usina.example",
        "zh_Hans",
        pytest.approx(7000, rel=0.2),
    )
    assert inquiry["notice_version"] == "2026-01-01-0123abcd", "the one that they had read"
    assert sorted(row["kind"] for row in rows(deps.db, "letter")) == ["inquiry_for_team", "inquiry_received"]
    assert [file["name"] for file in rows(deps.db, "file")] == ["plan.pdf"]
    [entry] = rows(deps.db, "refusal")
    assert (entry["outcome"], entry["settled_by"], entry["inquiry_id"]) == ("taken", li.person.address, inquiry["id"])
    done = li.get(f"/staff/refused?done={id_}").text
    assert f'<a href="/staff/inquiry/{inquiry["reference"]}">' in done
    assert "Nobody was turned away lately." in done


@ONE_DATABASE
def test_what_cannot_be_used_is_completed_on_its_page(deps: Deps, client: FlaskClient) -> None:
    id_ = refused(deps, typed={**TYPED, "email": "ana at usina", "country": ""}, reason=RefusalReason.BAD_TOKEN)
    li = at_the_desk(deps, client)

    answer = li.post(f"/staff/refused/{id_}", {"decision": "take"})

    assert answer.status_code == 422
    assert len(re.findall(r'aria-invalid="true"', answer.text)) == 2
    assert 'value="ana at usina"' in answer.text
    assert rows(deps.db, "inquiry") == []
    sent = {**TYPED, "decision": "take", "completed": "yes", "email": "ana@usina.example", "country": "BR"}
    assert li.post(f"/staff/refused/{id_}", {**sent, "message": "Two boilers, by phone."}).status_code == 303
    assert rows(deps.db, "message")[0]["body"] == "Two boilers, by phone."
    assert rows(deps.db, "inquiry")[0]["details"][0]["typed"] == "10"


@ONE_DATABASE
def test_message_and_address_go_where_they_were_meant_to_go(deps: Deps, client: FlaskClient) -> None:
    submitted = submit(deps)
    where = {"reference": submitted.reference, "reason": RefusalReason.TOO_OFTEN}
    message = refused(deps, door=PublicDoor.MESSAGE, typed={"body": "And a burner."}, **where)
    address = refused(deps, door=PublicDoor.ADDRESS, typed={"email": "new@usina.example"}, **where)
    rating = refused(deps, door=PublicDoor.RATING, typed={"stars": "1", "words": "Nobody called."}, **where)
    li = at_the_desk(deps, client)
    assert li.get("/staff/refused").text.count("take it</button>") == 2

    statuses = [
        li.post(f"/staff/refused/{id_}", {"decision": "take"}).status_code for id_ in (message, address, rating)
    ]

    assert statuses == [303, 303, 404]
    page = status_of(deps, submitted)
    assert ([one.body for one in page.messages][1:], page.email) == (["And a burner."], "new@usina.example")
    assert [entry["outcome"] for entry in rows(deps.db, "refusal")] == ["taken", "taken", None]


@ONE_DATABASE
def test_removed_entry_can_be_brought_back(deps: Deps, client: FlaskClient) -> None:
    id_ = refused(deps)
    li = at_the_desk(deps, client)

    li.post(f"/staff/refused/{id_}", {"decision": "remove"})
    removed = li.get(f"/staff/refused?done={id_}").text
    li.post(f"/staff/refused/{id_}", {"decision": "undo"})

    assert ('value="take"' in removed, 'value="undo"' in removed) == (False, True)
    assert 'value="take"' in li.get("/staff/refused").text
    again = li.post(f"/staff/refused/{id_}", {"decision": "undo"})
    assert again.status_code == 409


@ONE_DATABASE
def test_entry_that_somebody_else_took_says_so(deps: Deps, client: FlaskClient) -> None:
    id_ = refused(deps, nonce="n-7")
    at_the_desk(deps, client, address="chen@liju.example", name="Chen").post(
        f"/staff/refused/{id_}", {"decision": "remove"}
    )

    answer = at_the_desk(deps, client).post(f"/staff/refused/{id_}", {"decision": "take"})

    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.text
    assert rows(deps.db, "inquiry") == []


@ONE_DATABASE
def test_what_can_be_put_right_is_shown_after_an_hour(deps: Deps, client: FlaskClient, clock: Clock) -> None:
    refused(deps, reason=RefusalReason.INCOMPLETE, typed={**TYPED, "name": ""})
    li = at_the_desk(deps, client)
    counts = [_count(li.get("/staff").text)]
    clock.move(hours=1, seconds=1)
    counts.append(_count(li.get("/staff").text))

    assert counts == ["", "1"]
    assert "was not put right" in li.get("/staff/refused").text


@ONE_DATABASE
def test_each_sees_what_is_of_their_product_lines_and_readers_only_look(deps: Deps, client: FlaskClient) -> None:
    steam = refused(deps)
    nobodys = refused(deps, typed={"message": "Hello?", "email": "bo@b.de", "product": "no such"})
    service = at_the_desk(deps, client, address="chen@liju.example", product_lines=["service-parts"])

    page = service.get("/staff/refused").text

    assert ("bo@b.de" in page, "ana@usina.example" in page) == (True, False)
    assert service.get(f"/staff/refused/{steam}").status_code == 404
    assert service.post(f"/staff/refused/{steam}", {"decision": "take"}).status_code == 404
    reader = at_the_desk(deps, client, address="r@liju.example", role=Role.READER)
    assert "<button" not in reader.get("/staff/refused").text.partition("<main")[2]
    assert reader.post(f"/staff/refused/{nobodys}", {"decision": "remove"}).status_code == 403


@ONE_DATABASE
@pytest.mark.parametrize("number", [1, 3])
def test_list_needs_the_same_few_queries_for_one_and_for_three(deps: Deps, client: FlaskClient, number: int) -> None:
    for turn in range(number):
        refused(deps, typed={**TYPED, "message": f"{turn}"}, files=[staged(deps, f"%PDF-1.7 {turn}".encode())])
    li = at_the_desk(deps, client)

    with listening(deps.db) as said:
        page = li.get("/staff/refused").text

    assert (page.count("<article"), len(said)) == (number, 3)  # the session, the entries, their files


@ONE_DATABASE
def test_pages_follow_one_another_without_a_gap(deps: Deps, client: FlaskClient, clock: Clock) -> None:
    for turn in range(31):
        refused(deps, typed={**TYPED, "message": f"{turn}", "email": f"{turn}@u.example"}, network=f"net {turn}")
        clock.move(seconds=1)
    li = at_the_desk(deps, client)

    first = li.get("/staff/refused").text
    [older] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = li.get(older.replace("&amp;", "&")).text

    assert (first.count("<article"), second.count("<article")) == (30, 1)
    assert "0@u.example" in second


def _count(page: str) -> str:
    [count] = re.findall(r'href="/staff/refused"[^>]*><span>[^<]*</span> <span class="count">([^<]*)</span>', page)
    return str(count)
