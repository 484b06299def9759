"""Staff answer by mail: what the customer gets, what the colleagues get, and what the commands do."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest

from liju_contact.domain.letter import LetterKind
from liju_contact.domain.reply_key import Place, find_reply_keys
from liju_contact.usecases.deps import Deps
from tests.conftest import ONE_DATABASE, Clock
from tests.usecases.carried import carried_to, carry_all
from tests.usecases.mails import (
    CUSTOMER,
    LI,
    PUBLIC,
    WANG,
    judged,
    letter_to,
    letters,
    mail,
    messages,
    reply_to,
    with_inbound,
    with_staff,
)
from tests.usecases.stories import rows, status_of, submit

pytestmark = ONE_DATABASE

GIF = b"GIF89a" + bytes(40)


@pytest.fixture
def office(deps: Deps) -> Deps:
    """Li Wei and Wang Fang have an inquiry of Ana's from the form; all letters so far have left."""
    deps = with_staff(deps)
    submit(deps)
    carry_all(deps)
    return deps


def inquiry_of(deps: Deps) -> tuple[str, str | None]:
    row = rows(deps.db, "inquiry")[0]
    return row["state"], row["assignee"]


def events(deps: Deps) -> list[tuple[str, str, str]]:
    return [(row["kind"], row["actor"], row["actor_name"]) for row in rows(deps.db, "event")][1:]


def from_li(deps: Deps, text: str, **fields: str) -> EmailMessage:
    return reply_to(letter_to(deps, LI), LI, text, **fields)  # type: ignore[arg-type]  # fields are header fields


def test_an_answer_leaves_as_a_letter_of_the_person_from_our_own_address(office: Deps) -> None:
    judged(office, from_li(office, "Two boilers of 10 t/h are fine."))

    [answer] = carried_to(office, CUSTOMER)
    key = letter_to(office, CUSTOMER)["reply_key"]
    head = answer.message
    assert str(head["From"]) == "Li Wei · LIJU Boilers <inquiry@liju.example>"
    assert head["Reply-To"] == f"inquiry+{key}@liju.example"
    assert f"<{key}@liju.example>" in head["References"].split()
    assert [name for name in head.keys() if name.lower() in {"auto-submitted", "precedence"}] == []  # noqa: SIM118  # a message's keys
    assert answer.plain.startswith("Two boilers of 10 t/h are fine.\n")
    assert "> We need two steam boilers, 10 t/h each." in answer.plain
    assert office.keys.is_made_for(next(find_reply_keys(key)), CUSTOMER)
    assert (inquiry_of(office), events(office)) == (("answered", None), [("message_added", "staff", "Li Wei")])


def test_an_answer_to_a_mail_stays_in_its_thread(deps: Deps) -> None:
    deps = with_staff(deps)
    wanted = mail(CUSTOMER, PUBLIC, "Do you build 20 t/h?\n" + "Long. " * 400, subject="Re: Steam for our mill")
    judged(deps, wanted)
    carry_all(deps)

    judged(deps, from_li(deps, "Yes, we do."))

    [answer] = carried_to(deps, CUSTOMER)
    assert answer.message["In-Reply-To"] == wanted["Message-ID"]
    assert wanted["Message-ID"] in answer.message["References"].split()
    assert answer.message["Subject"] == "Re: Steam for our mill"
    assert answer.plain.count("Long.") < 110


def test_the_colleagues_get_a_copy_and_the_author_none(office: Deps) -> None:
    judged(office, from_li(office, "Two boilers of 10 t/h are fine."))

    [copy] = carried_to(office, LI, WANG)
    assert copy.recipient == WANG
    assert "Two boilers of 10 t/h are fine." in copy.plain
    assert copy.message["Reply-To"] != letter_to(office, CUSTOMER)["reply_to"]


@pytest.mark.parametrize(("limit", "is_attached"), [(25_000_000, True), (9, False)])
def test_files_go_along_or_as_links_above_the_limit(office: Deps, limit: int, is_attached: bool) -> None:  # noqa: FBT001  # a parameter of the test
    office = replace(
        office, settings=replace(office.settings, mail=replace(office.settings.mail, attach_limit_bytes=limit))
    )
    answer = from_li(office, "See the drawing.")
    answer.add_attachment(b"%PDF-1.7 plan", maintype="application", subtype="pdf", filename="锅炉 plan.pdf")

    judged(office, answer)

    [letter] = carried_to(office, CUSTOMER)
    assert [name for name, _ in letter.files] == (["锅炉 plan.pdf"] if is_attached else [])
    assert "锅炉 plan.pdf" in letter.plain
    assert ("on your status page" in letter.plain) != is_attached
    reference = rows(office.db, "inquiry")[0]["reference"]
    assert f"/inquiry/{reference}/{office.keys.status_key(reference, 1)}" in letter.plain
    assert [row["name"] for row in rows(office.db, "file")] == ["锅炉 plan.pdf"]


@pytest.mark.parametrize(
    ("text", "verdict", "state", "assignee"),
    [
        ("#close", "command", "closed", None),
        ("#关闭", "command", "closed", None),
        ("#spam", "command", "spam", None),
        ("＃垃圾", "command", "spam", None),
        ("#assign me", "command", "received", LI),
        ("#分配给我", "command", "received", LI),
        ("#assign me\n#close", "command", "closed", LI),
        ("#note\nHe pays late.", "note", "received", None),
        ("#备注：He pays late.", "note", "received", None),
        ("#note\n#close\nHe pays late.", "note", "closed", None),
        ("#spam\nHe pays late.", "note", "spam", None),
        ("#close\nThank you.", "answer", "closed", None),
        ("#assign me\nThank you.", "answer", "answered", LI),
        ("# Thank you", "answer", "answered", None),
        ("#12 is fine.", "answer", "answered", None),
        ("Thank you.\n#close", "answer", "answered", None),
    ],
)
def test_commands_do_what_they_say(office: Deps, text: str, verdict: str, state: str, assignee: str | None) -> None:
    found = judged(office, from_li(office, text))

    assert (found["state"], found["verdict"]) == ("applied", verdict)
    assert inquiry_of(office) == (state, assignee)
    assert len(messages(office)) == (2 if verdict == "answer" else 1)
    assert [to for kind, to in letters(office) if kind == "answer"] == ([CUSTOMER] if verdict == "answer" else [])
    assert [row["body"] for row in rows(office.db, "note")] == (["He pays late."] if verdict == "note" else [])


def test_a_command_in_the_quote_is_nothing(office: Deps) -> None:
    submit(office, nonce="n-2", email="eva@there.example", message="#close\n#spam\nWe need a boiler.")

    judged(office, from_li(office, "Which one?"))

    assert [row["state"] for row in rows(office.db, "inquiry")] == ["received", "answered"]
    assert messages(office)[-1] == ("staff", "Li Wei", "Which one?")


def test_closing_again_with_an_answer_ends_closed(office: Deps) -> None:
    judged(office, from_li(office, "#close"))

    judged(office, from_li(office, "#close\nOne more thing."))

    assert inquiry_of(office)[0] == "closed"
    assert [kind for kind, _, _ in events(office)] == ["inquiry_closed", "message_added", "inquiry_closed"]


@pytest.mark.parametrize("text", ["#ntoe\nHe pays late.", "#send", "#close thanks", "#ntoe: he\u2019s late, always"])
def test_an_unknown_command_is_held_and_told_to_its_author(office: Deps, text: str) -> None:
    found = judged(office, from_li(office, text))

    assert (found["state"], found["reason"]) == ("held", "unknown_command")
    assert (len(messages(office)), inquiry_of(office)) == (1, ("received", None))
    [told] = carry_all(office)
    assert (told.recipient, text.splitlines()[0] in told.plain) == (LI, True)


@pytest.mark.parametrize("text", ["#close", "", "#note\nHe pays late."])
def test_a_signatures_picture_makes_no_answer(office: Deps, text: str) -> None:
    command = from_li(office, text)
    command.add_related(GIF, maintype="image", subtype="gif", cid="<logo>", disposition="inline")

    judged(office, command)

    assert [kind for kind, _ in letters(office) if kind == "answer"] == []


def test_a_reply_without_a_word_does_not_send_our_own_letter_to_the_customer(office: Deps) -> None:
    found = judged(office, from_li(office, ""))

    assert (found["state"], found["reason"]) == ("held", "nothing_said")
    assert letters(office)[3:] == [("held_for_team", LI)]


def test_a_drawing_without_a_word_is_an_answer_without_our_own_letter(office: Deps) -> None:
    drawing = from_li(office, "")
    drawing.add_attachment(b"%PDF-1.7 plan", maintype="application", subtype="pdf", filename="plan.pdf")

    judged(office, drawing)

    [answer] = carried_to(office, CUSTOMER)
    assert (answer.files, messages(office)[-1]) == ([("plan.pdf", b"%PDF-1.7 plan")], ("staff", "Li Wei", ""))
    assert "staff desk" not in answer.plain


def test_the_name_follows_the_customers_language(deps: Deps) -> None:
    deps = with_staff(deps)
    submit(deps, language="zh_Hans")

    judged(deps, from_li(deps, "可以。"))

    assert [str(carried.message["From"]) for carried in carried_to(deps, CUSTOMER)][-1].startswith("李伟 · ")


def test_who_has_left_does_not_speak_any_more(office: Deps) -> None:
    letter = letter_to(office, LI)
    catalogue = office.settings.catalogue
    left = replace(catalogue, staff=tuple(person for person in catalogue.staff if person.address != LI))
    office = replace(office, settings=replace(office.settings, catalogue=left))

    found = judged(office, reply_to(letter, LI, "Let me in.", places={Place.ID}))

    assert (found["state"], found["reason"]) == ("held", "wrong_sender")
    assert len(messages(office)) == 1


def test_more_letters_about_one_colleagues_mails_than_a_day_allows_are_not_written(office: Deps, clock: Clock) -> None:
    office = with_inbound(office, mails_per_sender=100)
    letter = letter_to(office, LI, LetterKind.INQUIRY_FOR_TEAM)

    for number in range(14):
        clock.move(seconds=1)
        judged(office, reply_to(letter, LI, f"#what {number}"))

    assert letters(office)[3:] == [("held_for_team", LI)] * 10
    assert {row["state"] for row in rows(office.db, "inbound")} == {"held"}


def test_the_status_page_shows_the_answer(deps: Deps) -> None:
    deps = with_staff(deps)
    submitted = submit(deps)

    judged(deps, from_li(deps, "Fine."))

    page = status_of(deps, submitted)
    assert [(message.author_name, message.body) for message in page.messages][1:] == [("Li Wei", "Fine.")]
    assert (page.state.value, page.is_promised) == ("answered", False)
