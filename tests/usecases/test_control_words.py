"""What staff order by a first line is plain text in everybody else's mail: it arrives as a message and does nothing."""

from __future__ import annotations

from typing import Any

import pytest

from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.deps import Deps
from tests.conftest import ONE_DATABASE
from tests.usecases.mails import CUSTOMER, LI, entry, judged, letter_to, mail, reply_to, with_staff
from tests.usecases.stories import key_of, rows, submit

pytestmark = ONE_DATABASE
WORDS = ["#close", "#spam", "#note", "#assign me", "#send", "#drop", "#关闭", "#垃圾", "＃备注", "**#close**", "#ntoe"]
UNTOUCHED = ("state", "assignee", "priority", "key_version")


@pytest.fixture
def office(deps: Deps) -> Deps:
    return with_staff(deps)


def facts(inquiry: dict[str, Any]) -> dict[str, Any]:
    return {name: inquiry[name] for name in UNTOUCHED}


@pytest.mark.parametrize("word", WORDS)
def test_control_word_in_a_customers_reply_is_text(office: Deps, word: str) -> None:
    submit(office)
    before = facts(rows(office.db, "inquiry")[0])

    taken = judged(office, reply_to(letter_to(office, CUSTOMER), CUSTOMER, f"{word}\nand two boilers."))

    assert taken["state"] == "applied"
    newest = rows(office.db, "message")[-1]
    assert (newest["author"], newest["body"]) == ("customer", f"{word}\nand two boilers.")
    assert facts(rows(office.db, "inquiry")[0]) | {"state": ""} == before | {"state": ""}
    assert rows(office.db, "inquiry")[0]["state"] not in {"closed", "spam"}
    assert rows(office.db, "note") == []


@pytest.mark.parametrize("word", WORDS)
def test_control_word_in_a_new_mail_and_on_the_status_page_is_text(office: Deps, word: str) -> None:
    submitted = submit(office)

    judged(office, mail("bo@there.example", "inquiry@liju.example", f"{word}\nTwo boilers, please.", subject=word))
    add_customer_message(
        office,
        submitted.reference,
        key_of(submitted),
        body=f"{word}\nfrom the page",
        files=(),
        nonce="n-9",
        now=office.now(),
    )

    inquiries, bodies = rows(office.db, "inquiry"), [row["body"] for row in rows(office.db, "message")]
    assert [inquiry["state"] for inquiry in inquiries] == ["received", "received"]
    assert {inquiry["assignee"] for inquiry in inquiries} == {None}
    assert f"{word}\nfrom the page" in bodies
    assert [body for body in bodies if word in body and "Two boilers, please." in body] != []
    assert rows(office.db, "note") == []


@pytest.mark.parametrize("word", ["#send", "#drop", "#close"])
def test_control_word_from_a_stranger_with_a_staff_letters_key_decides_nothing(office: Deps, word: str) -> None:
    submit(office)
    held = judged(office, reply_to(letter_to(office, CUSTOMER), "eve@elsewhere.example", "Hello"))
    letter = letter_to(office, LI)

    judged(office, reply_to(letter, "eve@elsewhere.example", f"{word}\nplease"))
    judged(office, reply_to(letter, CUSTOMER, f"{word}\nplease"))

    assert (held["state"], entry(office, held["id"])["state"]) == ("held", "held")
    assert rows(office.db, "inquiry")[0]["state"] != "closed"
