"""Strangers write to the public address: a new inquiry with a confirmation, under the caps; the rest waits."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from liju_contact.domain.letter import LetterKind
from liju_contact.usecases.deps import Deps
from tests.conftest import ONE_DATABASE, Clock
from tests.usecases.carried import carried_to, carry_all
from tests.usecases.mails import (
    CUSTOMER,
    LI,
    PUBLIC,
    WANG,
    as_bytes,
    judged,
    letter_to,
    letters,
    mail,
    messages,
    reply_to,
    with_inbound,
    with_staff,
)
from tests.usecases.stories import rows, submit

pytestmark = ONE_DATABASE

EVA = "Eva Gómez <eva@there.example>"
BARE = "eva@there.example"
TEAM = [("inquiry_for_team", LI), ("inquiry_for_team", WANG)]


@pytest.fixture
def office(deps: Deps) -> Deps:
    return with_staff(deps)


def confirmed(deps: Deps) -> list[str]:
    return [to for kind, to in letters(deps) if kind == "inquiry_received"]


def test_a_mail_opens_an_inquiry(office: Deps) -> None:
    wanted = mail(EVA, PUBLIC, "Do you build 20 t/h?\n\n-- \nEva", subject="Steam for our mill")
    wanted.add_attachment(b"%PDF-1.7 plan", maintype="application", subtype="pdf", filename="plan.pdf")

    found = judged(office, wanted, sender=BARE)

    assert (found["state"], found["verdict"], found["rule"]) == ("applied", "stranger", "no-key")
    [inquiry] = rows(office.db, "inquiry")
    assert {name: inquiry[name] for name in ("name", "email", "state", "topic", "team", "language", "country")} == {
        "name": "Eva Gómez",
        "email": BARE,
        "state": "received",
        "topic": "other",
        "team": "sales",
        "language": "en",
        "country": "",
    }
    assert messages(office) == [("customer", "Eva Gómez", "Steam for our mill\n\nDo you build 20 t/h?")]
    assert [(row["name"], row["message_id"]) for row in rows(office.db, "file")] == [("plan.pdf", found["message_id"])]
    assert letters(office) == [*TEAM, ("inquiry_received", BARE)]


def test_the_confirmation_answers_their_mail_and_says_that_no_person_wrote_it(office: Deps) -> None:
    wanted = mail(EVA, PUBLIC, "Do you build 20 t/h? Secret: zebra.")
    judged(office, wanted, sender=BARE)

    [confirmation] = carried_to(office, BARE)

    head = confirmation.message
    assert (head["In-Reply-To"], head["Auto-Submitted"]) == (wanted["Message-ID"], "auto-generated")
    assert wanted["Message-ID"] in head["References"].split()
    assert ("zebra" in confirmation.text, rows(office.db, "inquiry")[0]["reference"] in head["Subject"]) == (
        False,
        True,
    )


@pytest.mark.parametrize(
    "odd",
    ["<a b@c.example>", "<ü@c.example>", "no brackets", f"<{'a' * 980}@c.example>", "<a@b>\r\n <c@d>", "<a\0b@c>"],
)
def test_a_confirmation_leaves_whatever_their_message_id_is(office: Deps, odd: str) -> None:
    raw = as_bytes(mail(EVA, PUBLIC, "Hello."))
    head, _, rest = raw.partition(b"Message-ID: <")
    raw = head + b"Message-ID: " + odd.encode() + b"\r\n" + rest.partition(b"\r\n")[2]

    judged(office, raw)
    judged(office, reply_to(letter_to(office, LI), LI, "Hello."))

    assert [row["state"] for row in rows(office.db, "inbound")] == ["applied", "applied"]
    letters_to_them = carried_to(office, BARE)
    assert [one.recipient for one in letters_to_them] == [BARE, BARE]
    threads = [f"{one.message['In-Reply-To']} {one.message['References']}" for one in letters_to_them]
    assert [thread for thread in threads if not re.fullmatch(r"<[!-~]{1,402}>( <[!-~]{1,402}>)*", thread)] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("你好，请问贵公司有没有 10 t/h 的蒸汽锅炉？", "zh_Hans"),
        ("Hello, do you build such boilers for a paper mill in Poland? 锅炉", "en"),
        ("Guten Tag, bauen Sie Kessel?", "en"),
    ],
)
def test_the_language_is_guessed_from_the_text(office: Deps, text: str, language: str) -> None:
    judged(office, mail(EVA, PUBLIC, text))

    assert letter_to(office, BARE)["language"] == rows(office.db, "inquiry")[0]["language"] == language


@pytest.mark.parametrize(
    ("sender", "envelope_sender", "fields"),
    [
        (EVA, "", {}),
        (EVA, BARE, {"List_Id": "<boilers.there.example>"}),
        (EVA, BARE, {"List_Unsubscribe": "<mailto:leave@there.example>"}),
        ("no-reply@there.example", BARE, {}),
        ("NoReply@there.example", BARE, {}),
        ("no_reply@there.example", BARE, {}),
        ("donotreply123@there.example", BARE, {}),
        ("shop-noreply@there.example", BARE, {}),
        ("postmaster@there.example", BARE, {}),
    ],
)
def test_who_must_not_be_answered_gets_no_confirmation(
    office: Deps, sender: str, envelope_sender: str, fields: dict[str, str]
) -> None:
    found = judged(office, mail(sender, PUBLIC, "Hello.", **fields), sender=envelope_sender)

    assert (found["verdict"], confirmed(office)) == ("stranger", [])


@pytest.mark.parametrize("sender", ["ana.reply@there.example", "piano-reply@there.example", "no@reply.example"])
def test_who_only_sounds_like_a_machine_is_confirmed(office: Deps, sender: str) -> None:
    judged(office, mail(sender, PUBLIC, "Hello."))

    assert confirmed(office) == [sender]


def test_beyond_the_rate_mail_waits_and_staff_are_told_once(office: Deps, clock: Clock) -> None:
    clock.move(seconds=1)
    for number in range(14):
        judged(office, mail(EVA, PUBLIC, f"Mail {number}"))
    clock.move(minutes=10)
    for number in range(12):
        judged(office, mail(EVA.upper(), PUBLIC, f"Later mail {number}"))

    assert [row["reason"] for row in rows(office.db, "inbound")].count("too_many") == 4 + 2
    assert len(rows(office.db, "inquiry")) == 20
    assert sum(kind == "alarm" for kind, _ in letters(office)) == len({LI, WANG, "service@liju.example"})


def test_one_address_is_confirmed_ten_times_a_day(office: Deps, clock: Clock) -> None:
    for number in range(15):
        clock.move(minutes=5)
        judged(office, mail(EVA, PUBLIC, f"Mail {number}"))
    first_day = len(confirmed(office))
    clock.move(days=1)
    judged(office, mail(EVA, PUBLIC, "And another day."))

    assert (first_day, len(confirmed(office)), len(rows(office.db, "inquiry"))) == (10, 11, 16)


@pytest.mark.parametrize(
    ("fields", "text", "reason"),
    [
        ({"X_Spam_Flag": "YES"}, "Buy pills.", "spam"),
        ({"X_Spam_Status": "Yes, score=9"}, "Buy pills.", "spam"),
        ({}, "", "nothing_said"),
        ({}, " \n\n ", "nothing_said"),
        ({"Authentication_Results": "mx; dmarc=fail"}, "Hello.", "authentication_failed"),
    ],
)
def test_what_is_doubtful_waits_without_a_letter(office: Deps, fields: dict[str, str], text: str, reason: str) -> None:
    found = judged(office, mail(EVA, PUBLIC, text, **fields))

    assert (found["state"], found["reason"], letters(office)) == ("held", reason, [])
    assert rows(office.db, "inquiry") == []


def test_a_customers_reply_that_is_marked_spam_is_a_reply(office: Deps) -> None:
    submit(office)

    assert (
        judged(office, reply_to(letter_to(office, CUSTOMER), CUSTOMER, "Hm.", X_Spam_Flag="YES"))["verdict"] == "reply"
    )


def test_without_new_inquiries_by_mail_a_stranger_waits_and_a_customer_does_not(office: Deps) -> None:
    office = with_inbound(office, new_inquiries=False)
    submit(office)

    stranger = judged(office, mail(EVA, PUBLIC, "Hello."))
    judged(office, reply_to(letter_to(office, CUSTOMER), CUSTOMER, "Hello."))

    assert (stranger["state"], stranger["reason"]) == ("held", "no_new_inquiries")
    assert [body for _, _, body in messages(office)][1:] == ["Hello."]


def test_a_reply_to_the_confirmation_joins_the_inquiry_it_opened(office: Deps) -> None:
    judged(office, mail(EVA, PUBLIC, "Hello."))

    judged(office, reply_to(letter_to(office, BARE, LetterKind.INQUIRY_RECEIVED), BARE, "One more thing."))

    assert len(rows(office.db, "inquiry")) == 1
    assert [body for _, _, body in messages(office)] == ["Boiler\n\nHello.", "One more thing."]


@pytest.mark.parametrize("name", ["N" * 5000, "\0\ud800 Eva", "=?utf-8?q?Eva=0D=0ABcc:_x@y.example?=", ""])
def test_whatever_they_are_called_the_letters_leave(office: Deps, name: str) -> None:
    raw = as_bytes(mail(BARE, PUBLIC, "Hello.")).replace(
        b"From: eva", b'From: "' + name.encode("utf-8", "surrogatepass") + b'"\r\n <eva'
    )
    raw = raw.replace(b"there.example\r\n", b"there.example>\r\n", 1)

    found = judged(office, raw)

    assert (found["state"], found["words"]) == ("applied", "")
    assert len(rows(office.db, "inquiry")[0]["name"]) <= 200
    assert sorted(one.recipient for one in carry_all(office)) == [BARE, LI, WANG]


def test_the_last_topics_team_gets_it(office: Deps) -> None:
    catalogue = office.settings.catalogue
    topics = (*catalogue.topics[:-1], replace(catalogue.topics[-1], team="service"))
    office = replace(office, settings=replace(office.settings, catalogue=replace(catalogue, topics=topics)))

    judged(office, mail(EVA, PUBLIC, "Hello."))

    assert letters(office)[0] == ("inquiry_for_team", "service@liju.example")
