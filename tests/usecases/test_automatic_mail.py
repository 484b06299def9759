"""Mail that no person wrote: out-of-offices of both sides, and what answers by itself."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from liju_contact.domain.letter import LetterKind
from liju_contact.domain.reply_key import Place
from liju_contact.usecases.deps import Deps
from tests.conftest import ONE_DATABASE, Clock
from tests.usecases.carried import carry_all
from tests.usecases.mails import (
    CUSTOMER,
    EVERYWHERE,
    LI,
    LI_AT_HOME,
    PUBLIC,
    WANG,
    judged,
    letter_to,
    letters,
    mail,
    messages,
    reply_to,
    with_staff,
)
from tests.usecases.reports import bounce_address
from tests.usecases.stories import rows, submit

pytestmark = ONE_DATABASE

PLACES = [{Place.ADDRESS}, {Place.ID}, {Place.TEXT}, EVERYWHERE]
AWAY = "I am away until Monday."


@pytest.fixture
def office(deps: Deps) -> Deps:
    """Li Wei has taken Ana's inquiry."""
    deps = with_staff(deps)
    submit(deps)
    judged(deps, reply_to(letter_to(deps, LI), LI, "#assign me"))
    carry_all(deps)
    return deps


def away(letter: dict[str, Any], sender: str, text: str = AWAY, **reply: Any) -> EmailMessage:
    return reply_to(letter, sender, text, Auto_Submitted="auto-replied", **reply)


def absent(deps: Deps) -> list[str]:
    return [row["address"] for row in rows(deps.db, "absence")]


@pytest.mark.parametrize("sender", [LI, LI_AT_HOME])
@pytest.mark.parametrize("places", PLACES, ids=lambda places: "+".join(sorted(places)))
def test_an_absence_of_whoever_has_the_inquiry_is_told_to_the_others(
    office: Deps, places: frozenset[Place], sender: str
) -> None:
    found = judged(office, away(letter_to(office, LI), sender, places=places))

    assert (found["state"], found["verdict"], found["inquiry_id"]) == ("applied", "absence", 1)
    assert absent(office) == [LI]
    [told] = carry_all(office)
    assert (told.recipient, "Li Wei" in told.plain, AWAY in told.plain) == (WANG, True, True)
    assert len(messages(office)) == 1


def test_an_absence_that_comes_to_the_envelope_sender_alone_is_known(office: Deps) -> None:
    signed = bounce_address(office, letter_to(office, LI))

    found = judged(office, mail(LI, signed, AWAY, Auto_Submitted="auto-replied"), sender="", recipients=[signed])

    assert (found["verdict"], absent(office), letters(office)[-1]) == ("absence", [LI], ("absence_for_team", WANG))


def test_the_same_absence_is_told_once_a_day(office: Deps, clock: Clock) -> None:
    for number in range(3):
        judged(office, away(letter_to(office, LI), LI, f"{AWAY} {number}"))
    clock.move(days=1)
    judged(office, away(letter_to(office, LI), LI, "Still away."))

    assert [kind for kind, _ in letters(office)].count("absence_for_team") == 2
    assert [row["words"] for row in rows(office.db, "absence")] == ["Still away."]


def test_an_absence_of_somebody_else_is_only_remembered(office: Deps) -> None:
    before = letters(office)

    judged(office, away(letter_to(office, WANG), WANG))

    assert (absent(office), letters(office)) == ([WANG], before)


def test_an_answer_ends_an_absence(office: Deps) -> None:
    judged(office, away(letter_to(office, LI, LetterKind.INQUIRY_FOR_TEAM), LI))

    judged(office, reply_to(letter_to(office, LI, LetterKind.INQUIRY_FOR_TEAM), LI, "I am back."))

    assert (absent(office), len(messages(office))) == ([], 2)


@pytest.mark.parametrize("places", PLACES, ids=lambda places: "+".join(sorted(places)))
def test_a_customers_absence_is_noted_with_the_inquiry_and_never_a_message(
    office: Deps, places: frozenset[Place]
) -> None:
    before = letters(office)

    found = judged(office, away(letter_to(office, CUSTOMER), CUSTOMER, places=places))

    assert (found["state"], found["verdict"], found["inquiry_id"]) == ("noted", "automatic", 1)
    assert (letters(office), len(messages(office)), absent(office)) == (before, 1, [])


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-generated"},
        {"Auto_Submitted": "auto-replied; owner-email=x"},
        {"Precedence": "bulk"},
        {"Precedence": "Auto_Reply"},
        {"X_Autoreply": "yes"},
        {"X_Auto_Response_Suppress": "All", "Subject_": "x"},
    ],
)
@pytest.mark.parametrize("is_reply", [True, False])
def test_what_answers_by_itself_opens_no_inquiry_and_is_never_answered(
    office: Deps,
    fields: dict[str, str],
    is_reply: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    fields = {name: value for name, value in fields.items() if not name.endswith("_")}
    before = letters(office)
    sender = CUSTOMER if is_reply else "robot@there.example"
    letter = letter_to(office, CUSTOMER)
    wrote = reply_to(letter, sender, "Beep.", **fields) if is_reply else mail(sender, PUBLIC, "Beep.", **fields)  # type: ignore[arg-type]  # header fields

    found = judged(office, wrote)

    assert (found["state"], found["verdict"]) == ("noted", "automatic")
    assert (letters(office), len(messages(office)), len(rows(office.db, "inquiry"))) == (before, 1, 1)


def test_a_persons_mail_may_say_that_it_is_not_automatic(office: Deps) -> None:
    found = judged(office, reply_to(letter_to(office, CUSTOMER), CUSTOMER, "Hello.", Auto_Submitted="no"))

    assert found["verdict"] == "reply"


def test_an_absence_from_the_wrong_sender_marks_nobody(office: Deps) -> None:
    found = judged(office, away(letter_to(office, LI), "mallory@elsewhere.example"))

    assert (found["state"], found["verdict"], absent(office)) == ("noted", "automatic", [])
