"""Two of the staff answer the same letter: the second answer waits, and its author says whether it goes."""

from __future__ import annotations

import pytest

from liju_contact.domain.letter import LetterKind
from liju_contact.domain.reply_key import Place
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from tests.conftest import Clock
from tests.usecases.carried import carry_all
from tests.usecases.mails import (
    CUSTOMER,
    EVERYWHERE,
    LI,
    LI_AT_HOME,
    WANG,
    DirectReader,
    entry,
    judged,
    letter_to,
    letters,
    messages,
    reply_to,
    with_staff,
)
from tests.usecases.stories import rows, submit

PLACES = [{Place.ADDRESS}, {Place.ID}, {Place.TEXT}, EVERYWHERE]
SAID_BY_WANG = ("staff", "Wang Fang", "It takes 8 weeks.")
LATE = ("staff", "Li Wei", "It takes 9 weeks.")


@pytest.fixture
def office(deps: Deps) -> Deps:
    """Both have the letter about Ana's inquiry; Wang Fang has answered it."""
    deps = with_staff(deps)
    submit(deps)
    judged(deps, reply_to(letter_to(deps, WANG), WANG, SAID_BY_WANG[2]))
    carry_all(deps)
    return deps


def late(deps: Deps, text: str = LATE[2], sender: str = LI, places: frozenset[Place] = EVERYWHERE) -> int:
    """Li Wei answers the first letter as if nothing had been said since; return the mail's number."""
    first = letter_to(deps, LI, LetterKind.INQUIRY_FOR_TEAM)
    return int(judged(deps, reply_to(first, sender, text, places=places))["id"])


def decided(deps: Deps, text: str, sender: str = LI) -> tuple[str, str | None, str]:
    """Somebody answers Li Wei's letter about the held mail."""
    row = judged(deps, reply_to(letter_to(deps, LI, LetterKind.HELD_FOR_TEAM), sender, text))
    judge_waiting(deps, DirectReader())
    return row["state"], row["verdict"] if row["state"] == "applied" else row["reason"], row["words"]


@pytest.mark.parametrize("sender", [LI, LI_AT_HOME])
@pytest.mark.parametrize("places", PLACES, ids=lambda places: "+".join(sorted(places)))
def test_a_late_answer_is_held_and_its_author_alone_is_told(
    office: Deps, places: frozenset[Place], sender: str
) -> None:
    held = entry(office, late(office, sender=sender, places=places))

    assert (held["state"], held["reason"]) == ("held", "late_answer")
    assert messages(office)[1:] == [SAID_BY_WANG]
    [told] = carry_all(office)
    assert told.recipient == LI
    assert ("Wang Fang" in told.plain, LATE[2] in told.plain) == (True, True)


def test_a_late_answer_known_by_our_message_id_alone_is_held(office: Deps) -> None:
    first = letter_to(office, LI, LetterKind.INQUIRY_FOR_TEAM)

    held = judged(office, reply_to(first, LI, LATE[2], places=(), In_Reply_To=first["message_id"]))

    assert (held["state"], held["reason"]) == ("held", "late_answer")


@pytest.mark.parametrize(
    ("word", "state", "said"),
    [
        ("#send", "applied", [SAID_BY_WANG, LATE]),
        ("＃发送", "applied", [SAID_BY_WANG, LATE]),
        ("#drop", "discarded", [SAID_BY_WANG]),
        ("#丢弃", "discarded", [SAID_BY_WANG]),
    ],
)
def test_its_author_decides_by_a_reply(
    office: Deps, clock: Clock, word: str, state: str, said: list[tuple[str, str, str]]
) -> None:
    held = late(office)
    clock.move(minutes=5)

    assert decided(office, word)[:2] == ("applied", "decision")

    assert entry(office, held)["state"] == state
    assert messages(office)[1:] == said
    answers = [one for one in carry_all(office) if one.recipient == CUSTOMER]
    assert [LATE[2] in one.plain for one in answers] == [True] * (len(said) - 1)


@pytest.mark.parametrize("sender", [WANG, CUSTOMER, "mallory@elsewhere.example"])
def test_nobody_else_decides(office: Deps, sender: str) -> None:
    held = late(office)

    assert decided(office, "#send", sender)[:2] == ("held", "wrong_sender")

    assert entry(office, held)["state"] == "held"
    assert messages(office)[1:] == [SAID_BY_WANG]


@pytest.mark.parametrize("text", ["Yes, send it.", "#note\nHm.", "#send\n#drop", "#send\n#close", "#close", "# send"])
def test_anything_else_decides_nothing(office: Deps, text: str) -> None:
    held = late(office)

    assert decided(office, text)[:2] == ("held", "unknown_command")

    assert entry(office, held)["state"] == "held"
    assert (messages(office)[1:], rows(office.db, "note")) == ([SAID_BY_WANG], [])


@pytest.mark.parametrize(("first", "second"), [("#send", "#send"), ("#drop", "#send"), ("#send", "#drop")])
def test_deciding_twice_changes_nothing_and_says_so(office: Deps, first: str, second: str) -> None:
    held = late(office)
    decided(office, first)
    before = (messages(office), letters(office), entry(office, held)["state"])

    assert decided(office, f"{second}\n") == ("applied", "decision", f"Mail {held} was decided about before.")

    assert (messages(office), letters(office), entry(office, held)["state"]) == before


@pytest.mark.parametrize(
    ("text", "verdict"), [("#note\nHm.", "note"), ("#close", "command"), ("#assign me", "command")]
)
def test_what_does_not_go_to_the_customer_is_never_late(office: Deps, text: str, verdict: str) -> None:
    found = entry(office, late(office, text))

    assert (found["state"], found["verdict"]) == ("applied", verdict)


def test_an_answer_to_the_colleagues_answer_is_not_late(office: Deps) -> None:
    judged(office, reply_to(letter_to(office, LI, LetterKind.ANSWER_FOR_TEAM), LI, LATE[2]))

    assert messages(office)[1:] == [SAID_BY_WANG, LATE]


def test_a_second_answer_of_the_same_person_is_not_late(office: Deps) -> None:
    judged(office, reply_to(letter_to(office, WANG, LetterKind.INQUIRY_FOR_TEAM), WANG, "Sorry, 9."))

    assert messages(office)[1:] == [SAID_BY_WANG, ("staff", "Wang Fang", "Sorry, 9.")]


def test_a_customers_message_meanwhile_does_not_make_an_answer_late(deps: Deps) -> None:
    deps = with_staff(deps)
    submit(deps)
    judged(deps, reply_to(letter_to(deps, CUSTOMER), CUSTOMER, "Hello?"))

    assert entry(deps, late(deps))["verdict"] == "answer"
