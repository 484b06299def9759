"""What happens at the public doors when it is too much, or too old: nothing typed is lost, and nobody is locked out."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.public_door import PublicDoor
from liju_contact.usecases.deps import Deps
from liju_contact.web.form_token import new_form_token
from tests.conftest import ONE_DATABASE, Clock
from tests.limits import with_limits
from tests.staff_desk import at_the_desk
from tests.usecases.stories import rows, status_of, submit
from tests.usecases.test_rate_inquiry import in_state

pytestmark = ONE_DATABASE
FORM = {"name": "Ana", "email": "ana@usina.example", "country": "BR", "product": "steam", "message": "Two boilers."}
OFFICE, ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}, {"REMOTE_ADDR": "198.51.100.7"}
KEPT = re.compile(r'name="kept_file" value="([^"]+)"')


def client_of(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


def send(client: FlaskClient, deps: Deps, where: dict[str, str] = OFFICE, **fields: Any) -> Any:
    data = {**FORM, "token": new_form_token(deps), **fields}
    return client.post("/", data=data, environ_base=where)


def test_form_beyond_the_limit_comes_back_whole_and_says_when_to_come_again(deps: Deps, clock: Clock) -> None:
    deps = with_limits(deps, PublicDoor.INQUIRY, per_network=1)
    client = client_of(deps)
    send(client, deps, email="bo@usina.example")
    clock.move(minutes=20)
    plan = (io.BytesIO(b"%PDF-1.7 plan"), "plan.pdf")

    answer = send(client, deps, message="Please <b>help</b>.", files=[plan])

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2400")
    assert "Please send again in 40 minutes." in answer.text
    assert "Please &lt;b&gt;help&lt;/b&gt;." in answer.text
    assert len(KEPT.findall(answer.text)) == 1
    [entry] = rows(deps.db, "refusal")
    assert (entry["reason"], entry["network"], entry["outcome"]) == ("too_often", "203.0.113.0/24", None)
    assert send(client, deps, ELSEWHERE, email="cy@other.example").status_code == 303
    clock.move(minutes=40)
    assert send(client, deps, message="Please <b>help</b>.", kept_file=KEPT.findall(answer.text)).status_code == 303
    assert [entry["outcome"] for entry in rows(deps.db, "refusal")] == ["accepted"]
    assert [file["name"] for file in rows(deps.db, "file")] == ["plan.pdf"]


def test_limit_is_for_an_address_too_and_for_all_networks_together(deps: Deps) -> None:
    by_address = with_limits(deps, PublicDoor.INQUIRY, per_subject=1)
    client = client_of(by_address)
    answers = [
        send(client, deps),
        send(client, deps, ELSEWHERE, email=" ANA@usina.example "),
        send(client, deps, email="b@b.de"),
    ]
    assert [answer.status_code for answer in answers] == [303, 429, 303]

    in_all = with_limits(deps, PublicDoor.INQUIRY, in_all=3)
    client = client_of(in_all)
    answers = [send(client, deps, {"REMOTE_ADDR": f"192.0.{n}.1"}, email=f"{n}@c.example") for n in range(2)]
    assert [answer.status_code for answer in answers] == [303, 429]


def test_what_only_has_an_error_costs_nobody_anything(deps: Deps) -> None:
    client = client_of(with_limits(deps, PublicDoor.INQUIRY, per_network=1))

    answers = [send(client, deps, name="").status_code for _ in range(3)] + [send(client, deps).status_code]

    assert answers == [422, 422, 422, 303]


def test_same_form_sent_twice_is_counted_once(deps: Deps) -> None:
    client = client_of(with_limits(deps, PublicDoor.INQUIRY, per_network=1))
    token = new_form_token(deps)

    answers = [send(client, deps, token=token).status_code for _ in range(3)]
    answers.append(send(client, deps, token=token, message="And another thing.").status_code)

    assert answers == [303, 303, 303, 429]


def test_customers_in_the_same_office_do_not_lock_out_who_is_signed_in_to_the_desk(deps: Deps) -> None:
    deps = with_limits(deps, PublicDoor.INQUIRY, per_network=1)
    app = make_app(deps)
    customer, staff = app.test_client(), at_the_desk(deps, app.test_client())
    answers = [send(customer, deps, email=f"{n}@usina.example").status_code for n in range(3)]

    of_staff = send(staff.client, deps, email="by.phone@usina.example")

    assert answers == [303, 429, 429]
    assert of_staff.status_code == 303
    assert staff.get("/staff", environ_base=OFFICE).status_code == 200
    customer.set_cookie("liju-staff", "not one of ours")
    assert send(customer, deps, email="d@usina.example").status_code == 429


def test_thousand_guesses_meet_429_and_a_right_link_from_the_same_office_opens(deps: Deps) -> None:
    submitted = submit(deps)
    client = client_of(with_limits(deps, PublicDoor.KEY, per_network=20))
    wrong = f"/inquiry/{submitted.reference}/{'0' * 34}"

    answers = [client.get(wrong, environ_base=OFFICE) for _ in range(40)]

    assert [answer.status_code for answer in answers] == [404] * 20 + [429] * 20
    assert answers[-1].headers["Retry-After"] == "3600"
    unknown = client.get(f"/inquiry/LJ-0000-0000/{'0' * 34}", environ_base=OFFICE)
    assert (unknown.status_code, len(unknown.text)) == (429, len(answers[-1].text))
    assert client.get(submitted.status_path, environ_base=OFFICE).status_code == 200
    assert client.get(wrong, environ_base=ELSEWHERE).status_code == 404


@pytest.mark.parametrize(
    ("hops", "sent", "statuses"),
    [
        (0, ["1.1.1.1", "2.2.2.2", "3.3.3.3"], [404, 429, 429]),  # nobody asked for the header
        (1, ["1.1.1.1, 9.9.9.9", "2.2.2.2, 9.9.9.9", "3.3.3.3"], [404, 429, 404]),  # the last one is our proxy's
        (2, ["6.6.6.6, 9.9.9.9, 8.8.8.8", "7.7.7.7, 9.9.9.9, 8.8.8.8", "9.9.9.9"], [404, 429, 404]),
        (1, ["9.9.9.9:4711", "9.9.9.9:815", "[2001:db8::1]:9"], [404, 429, 404]),  # with the ports some proxies write
    ],
)
def test_forwarded_addresses_are_believed_as_far_as_our_own_proxies_go(
    deps: Deps, hops: int, sent: list[str], statuses: list[int]
) -> None:
    settings = replace(deps.settings, web=replace(deps.settings.web, proxy_hops=hops))
    client = client_of(with_limits(replace(deps, settings=settings), PublicDoor.KEY, per_network=1))
    path = f"/inquiry/LJ-0000-0000/{'0' * 34}"

    answers = [client.get(path, environ_base=OFFICE, headers={"X-Forwarded-For": value}) for value in sent]

    assert [answer.status_code for answer in answers] == statuses


def test_upload_beyond_the_limit_is_left_out_and_the_rest_can_be_sent(deps: Deps) -> None:
    deps = with_limits(deps, PublicDoor.UPLOAD, per_network=3)
    client = client_of(deps)
    small, large = b"%PDF-1.7 " + b"s" * 500, b"%PDF-1.7 " + b"l" * 4000

    answer = send(client, deps, files=[(io.BytesIO(small), "small.pdf"), (io.BytesIO(large), "large.pdf")])

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 3600
    assert "“large.pdf” was left out: too many files came in today." in answer.text
    again = send(client, deps, kept_file=KEPT.findall(answer.text), files=[(io.BytesIO(small), "again.pdf")])
    assert again.status_code == 303
    assert [file["name"] for file in rows(deps.db, "file")] == ["small.pdf", "again.pdf"]


def test_message_beyond_the_limit_comes_back_with_its_files_and_is_settled_when_it_comes_through(
    deps: Deps, clock: Clock
) -> None:
    deps = with_limits(deps, PublicDoor.MESSAGE, per_subject=1)
    submitted, client = submit(deps), client_of(deps)
    path = f"{submitted.status_path}/message"
    client.post(path, data={"token": new_form_token(deps), "body": "First."})
    files = [(io.BytesIO(b"%PDF-1.7 plan"), "plan.pdf")]

    answer = client.post(path, data={"token": new_form_token(deps), "body": "Second.", "files": files})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert "Second.</textarea>" in answer.text
    [kept] = KEPT.findall(answer.text)
    assert [(entry["door"], entry["inquiry_id"]) for entry in rows(deps.db, "refusal")] == [("message", 1)]
    clock.move(hours=1)
    client.post(path, data={"token": new_form_token(deps), "body": "Second.", "kept_file": kept})
    assert [entry["outcome"] for entry in rows(deps.db, "refusal")] == ["accepted"]
    assert [message.body for message in status_of(deps, submitted).messages][1:] == ["First.", "Second."]


def test_rating_address_and_closing_have_limits_and_give_back_what_was_typed(deps: Deps) -> None:
    for door in (PublicDoor.RATING, PublicDoor.STATE):
        deps = with_limits(deps, door, per_network=1)
    path, client = in_state(deps, "answered").status_path, client_of(deps)

    def post(action: str, **fields: str) -> Any:
        return client.post(f"{path}/{action}", data={"token": new_form_token(deps), **fields})

    assert [post("rating", stars="5").status_code, post("close").status_code] == [303, 303]
    rated, reopened = post("rating", stars="1", words="Nobody called."), post("reopen")
    assert (rated.status_code, reopened.status_code) == (429, 429)
    assert "Nobody called." in rated.text
    assert 'value="1" checked' in rated.text
    assert [entry["door"] for entry in rows(deps.db, "refusal")] == ["rating"]


def test_old_form_is_noted_with_its_reason_and_settled_by_sending_it_once_more(deps: Deps, clock: Clock) -> None:
    client = client_of(deps)
    old = new_form_token(deps)
    clock.move(days=8)

    answer = send(client, deps, token=old)
    send(client, deps, token="made up", message="Buy my pills")  # a token

    entries = {entry["text_digest"]: entry["reason"] for entry in rows(deps.db, "refusal")}
    assert sorted(entries.values()) == ["bad_token", "stale_token"]
    fresh = re.findall(r'name="token" form="inquiry" value="([^"]+)"', answer.text)[0]
    assert send(client, deps, token=fresh).status_code == 303
    assert [entry["outcome"] for entry in rows(deps.db, "refusal")] == ["accepted", None]


def test_lost_link_is_asked_for_so_often_and_then_later(deps: Deps, clock: Clock) -> None:
    client = client_of(with_limits(deps, PublicDoor.FIND, per_network=1))
    clock.move(minutes=59)

    def ask() -> Any:
        return client.post("/find", data={"token": new_form_token(deps), "typed": "ana@usina.example"})

    answers = [ask(), ask()]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "60"
    assert "in 1 minute." in answers[1].text
    assert 'value="ana@usina.example"' in answers[1].text


def test_waiting_time_is_never_told_too_short(deps: Deps, clock: Clock) -> None:
    client = client_of(with_limits(deps, PublicDoor.INQUIRY, per_network=1))
    send(client, deps)
    clock.at += timedelta(seconds=30)

    answer = client.post(
        "/?lang=zh-Hans", data={**FORM, "email": "b@b.de", "token": new_form_token(deps)}, environ_base=OFFICE
    )

    assert "60分钟" in answer.text
