"""Letters that come back: what they change, who hears of it, and how the customer mends it."""

from __future__ import annotations

import pytest

from liju_contact.domain.errors import Conflict
from liju_contact.domain.letter import LetterKind
from liju_contact.usecases.correct_address import correct_address
from liju_contact.usecases.deliver_letters import deliver_letters
from liju_contact.usecases.deps import Deps
from tests.conftest import Clock
from tests.usecases.carried import carry_all
from tests.usecases.mails import CUSTOMER, LI, PUBLIC, WANG, judged, letter_to, letters, messages, reply_to, with_staff
from tests.usecases.reports import bounce_address, bounce_of, complaint_about
from tests.usecases.stories import REFUSED, UNSENDABLE, ScriptedCarrier, key_of, rows, submit
from tests.usecases.test_submit_inquiry import with_mail

ANSWER = "The offer is attached."
NEW = "ana@new.example"


@pytest.fixture
def office(deps: Deps, clock: Clock) -> Deps:
    """Ana has the confirmation and an answer of Li Wei's; all letters have left."""
    deps = with_staff(with_mail(deps, bounce_address="bounce+{key}@liju.example"))
    submitted = submit(deps)
    clock.move(minutes=1)
    judged(deps, reply_to(letter_to(deps, LI), LI, ANSWER))
    clock.move(minutes=1)
    carry_all(deps)
    assert (submitted.is_new, len(letters(deps))) == (True, 5)
    return deps


def opened(deps: Deps) -> tuple[str, str]:
    inquiry = rows(deps.db, "inquiry")[0]
    return inquiry["reference"], deps.keys.status_key(inquiry["reference"], 1)


def state_of(deps: Deps, kind: LetterKind, address: str = CUSTOMER) -> str:
    return str(letter_to(deps, address, kind)["state"])


def is_flagged(deps: Deps) -> bool:
    return rows(deps.db, "inquiry")[0]["unreachable_since"] is not None


def told(deps: Deps) -> list[str]:
    return [to for kind, to in letters(deps) if kind == "failure_for_team"]


@pytest.mark.parametrize("known_by", ["envelope", "to", "message_id"])
@pytest.mark.parametrize(("kind", "who"), [(LetterKind.ANSWER, [LI]), (LetterKind.INQUIRY_RECEIVED, [LI, WANG])])
def test_a_bounce_flags_the_inquiry_and_tells_whom_it_concerns(
    office: Deps, clock: Clock, known_by: str, kind: LetterKind, who: list[str]
) -> None:
    letter = letter_to(office, CUSTOMER, kind)
    signed = bounce_address(office, letter)
    raw = bounce_of(
        letter,
        to=signed if known_by == "to" else PUBLIC,
        message_id=letter["message_id"] if known_by == "message_id" else "",
    )

    found = judged(office, raw, sender="", recipients=[signed] if known_by == "envelope" else [])

    assert (found["state"], found["verdict"]) == ("applied", "bounce")
    assert (found["inquiry_id"], found["delivery_id"]) == (1, letter["id"])
    assert (state_of(office, kind), rows(office.db, "inquiry")[0]["unreachable_since"]) == ("bounced", clock.at)
    assert told(office) == who
    assert rows(office.db, "event")[-1]["kind"] == "letter_failed"
    assert rows(office.db, "attempt")[-1]["words"] == "550 5.1.1 no such user"
    [*_, alarm] = carry_all(office)
    assert "550 5.1.1 no such user" in alarm.plain
    assert len(messages(office)) == 2


def test_the_same_bounce_twice_tells_once(office: Deps) -> None:
    letter = letter_to(office, CUSTOMER, LetterKind.ANSWER)
    signed = bounce_address(office, letter)

    found = [judged(office, bounce_of(letter, to=signed, number=number)) for number in (1, 2)]

    assert [(row["state"], row["delivery_id"]) for row in found] == [("applied", letter["id"]), ("noted", letter["id"])]
    assert told(office) == [LI]


@pytest.mark.parametrize("forged", ["no key", "another delivery", "a guessed MAC"])
def test_a_bounce_that_proves_nothing_changes_nothing(office: Deps, forged: str) -> None:
    letter = letter_to(office, CUSTOMER, LetterKind.ANSWER)
    signed = bounce_address(office, letter)
    number, _, mac = signed.partition("+b")[2].partition("@")[0].partition(".")
    to = {
        "no key": PUBLIC,
        "another delivery": signed.replace(f"+b{number}.", "+b1."),
        "a guessed MAC": signed.replace(mac, mac[:-1] + ("0" if mac[-1] != "0" else "1")),
    }[forged]

    found = judged(office, bounce_of(letter, to=to), sender="", recipients=[to])

    assert (found["state"], found["verdict"], found["delivery_id"]) == ("noted", "bounce", None)
    assert (state_of(office, LetterKind.ANSWER), is_flagged(office), told(office)) == ("delivered", False, [])
    assert len(rows(office.db, "inquiry")) == 1


def test_a_delay_changes_nothing(office: Deps) -> None:
    letter = letter_to(office, CUSTOMER, LetterKind.ANSWER)

    found = judged(office, bounce_of(letter, to=bounce_address(office, letter), action="delayed"))

    assert (found["state"], found["verdict"], found["delivery_id"]) == ("noted", "bounce", letter["id"])
    assert (state_of(office, LetterKind.ANSWER), is_flagged(office), told(office)) == ("delivered", False, [])


def test_a_bounce_of_a_letter_to_staff_does_not_flag_the_customer(office: Deps) -> None:
    letter = letter_to(office, WANG)

    found = judged(office, bounce_of(letter, to=bounce_address(office, letter)))

    assert (found["delivery_id"], found["inquiry_id"]) == (letter["id"], 1)
    assert (is_flagged(office), told(office)) == (False, [])


def test_a_complaint_is_entered_at_its_letter_and_changes_nothing_else(office: Deps) -> None:
    letter = letter_to(office, CUSTOMER, LetterKind.ANSWER)
    before = letters(office)

    found = judged(office, complaint_about(letter, to=PUBLIC))

    assert (found["state"], found["verdict"], found["delivery_id"]) == ("noted", "complaint", letter["id"])
    assert (letters(office), is_flagged(office), len(messages(office))) == (before, False, 2)


@pytest.mark.parametrize("outcome", [REFUSED, UNSENDABLE])
@pytest.mark.parametrize("is_answer", [True, False])
def test_what_the_mail_server_refuses_for_good_is_told_like_a_bounce(
    deps: Deps,
    outcome: object,
    is_answer: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    deps = with_staff(deps)
    submit(deps)
    if is_answer:
        carry_all(deps)
        judged(deps, reply_to(letter_to(deps, LI), LI, ANSWER))

    deliver_letters(deps, ScriptedCarrier(script={CUSTOMER: [outcome]}), holder="w1")  # type: ignore[list-item]  # outcomes

    assert (told(deps), is_flagged(deps)) == ([LI] if is_answer else [LI, WANG], True)


def test_a_corrected_address_gets_what_was_missed(office: Deps, clock: Clock) -> None:
    letter = letter_to(office, CUSTOMER, LetterKind.ANSWER)
    judged(office, bounce_of(letter, to=bounce_address(office, letter)))
    carry_all(office)
    clock.move(minutes=1)

    assert correct_address(office, *opened(office), email=NEW, now=office.now())

    assert (is_flagged(office), rows(office.db, "inquiry")[0]["email_folded"]) == (False, NEW)
    [again] = carry_all(office)
    assert (again.recipient, again.plain.startswith(ANSWER)) == (NEW, True)
    assert str(again.message["From"]).startswith("Li Wei · ")
    judged(office, reply_to(letter_to(office, NEW), NEW, "Thank you."))
    assert [body for _, _, body in messages(office)][2:] == ["Thank you."]


def test_a_corrected_address_that_fails_too_tells_the_answers_author(office: Deps, clock: Clock) -> None:
    letter = letter_to(office, CUSTOMER, LetterKind.ANSWER)
    judged(office, bounce_of(letter, to=bounce_address(office, letter)))
    clock.move(minutes=1)
    correct_address(office, *opened(office), email=NEW, now=office.now())
    carry_all(office)

    again = letter_to(office, NEW)
    judged(office, bounce_of(again, to=bounce_address(office, again), number=2))

    assert (told(office), is_flagged(office)) == ([LI, LI], True)


def test_of_two_answers_at_one_moment_the_one_that_came_back_is_told_to_its_author(deps: Deps) -> None:
    deps = with_staff(deps)
    submit(deps)
    judged(deps, reply_to(letter_to(deps, LI), LI, ANSWER))
    first = letter_to(deps, CUSTOMER)
    judged(deps, reply_to(letter_to(deps, WANG), WANG, "And the drawing."))
    carry_all(deps)

    judged(deps, bounce_of(first, to=bounce_address(deps, first)))

    assert told(deps) == [LI]


def test_a_late_bounce_of_the_old_address_does_not_flag_the_new_one(office: Deps, clock: Clock) -> None:
    answer, confirmation = (
        letter_to(office, CUSTOMER, kind) for kind in (LetterKind.ANSWER, LetterKind.INQUIRY_RECEIVED)
    )
    judged(office, bounce_of(answer, to=bounce_address(office, answer)))
    clock.move(minutes=1)
    correct_address(office, *opened(office), email=NEW, now=office.now())

    judged(office, bounce_of(confirmation, to=bounce_address(office, confirmation), number=2))

    assert not is_flagged(office)


def test_the_program_writes_by_itself_at_most_three_letters_to_a_customer_in_a_day(deps: Deps, clock: Clock) -> None:
    """The confirmation, and the corrections of an address that bounces each time."""
    deps = with_staff(deps)
    submitted = submit(deps)
    accepted = []
    for number in range(6):
        clock.move(minutes=1)
        [letter] = [row for row in rows(deps.db, "delivery") if row["recipient_address"] not in {LI, WANG}][-1:]
        carry_all(deps)
        judged(deps, bounce_of(letter, to=bounce_address(deps, letter), number=number))
        email = f"ana{number}@new.example"
        accepted.append(correct_address(deps, submitted.reference, key_of(submitted), email=email, now=deps.now()))

    assert accepted == [True, True, False, False, False, False]
    assert [to for kind, to in letters(deps) if kind == "inquiry_received"] == [
        CUSTOMER,
        "ana0@new.example",
        "ana1@new.example",
    ]


def test_an_address_that_works_cannot_be_changed(office: Deps) -> None:
    with pytest.raises(Conflict):
        correct_address(office, *opened(office), email=NEW, now=office.now())
