"""A note never reaches the customer: every way by which its words could get into a letter, a page or a message."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from liju_contact.domain.inbound import Decision
from liju_contact.domain.letter import KEY_PLACE, LetterKind
from liju_contact.domain.reply_key import Place, find_reply_keys
from liju_contact.usecases.correct_address import correct_address
from liju_contact.usecases.decide_held import accept_mail, undo_decision
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.submit_inquiry import Submitted
from tests.conftest import ONE_DATABASE, Clock
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
    mail,
    reply_to,
    with_inbound,
    with_staff,
)
from tests.usecases.stories import key_of, rows, status_of, submit
from tests.usecases.test_forgery import DMARC_FAILED

pytestmark = ONE_DATABASE

SECRET = "Zebra-4711"  # no password: what must not be found
COLLEAGUE = "rui@usina.example"
PLACES = [{Place.ADDRESS}, {Place.ID}, {Place.TEXT}, EVERYWHERE]
named = pytest.mark.parametrize("places", PLACES, ids=lambda places: "+".join(sorted(places)))


@pytest.fixture
def office(deps: Deps) -> Deps:
    """Ana and her colleague Rui get letters from Li Wei and Wang Fang; a message of each side is there."""
    deps = with_inbound(with_staff(deps), colleagues="join")
    submit(deps)
    judged(deps, reply_to(letter_to(deps, CUSTOMER), COLLEAGUE, "Please copy me in."))
    return deps


def submitted(deps: Deps) -> Submitted:
    reference = rows(deps.db, "inquiry")[0]["reference"]
    return Submitted(reference=reference, status_path=deps.status_path(reference, 1), is_new=False)


def note(deps: Deps, sender: str = LI, text: str = f"#note\n{SECRET}", **reply: object) -> EmailMessage:
    return reply_to(letter_to(deps, sender), sender, text, **reply)  # type: ignore[arg-type]  # as there


def assert_nothing_leaked(deps: Deps, clock: Clock) -> None:
    """Look into all a customer can ever get: after a further answer, and after a correction of the address."""
    clock.move(hours=1)
    judged(deps, reply_to(letter_to(deps, CUSTOMER), CUSTOMER, "Any news?"))
    clock.move(hours=1)
    judged(deps, reply_to(letter_to(deps, WANG, LetterKind.MESSAGE_FOR_TEAM), WANG, "Soon."))
    carried = [letter for letter in carry_all(deps) if letter.recipient not in {LI, WANG}]
    assert [letter.recipient for letter in carried][-2:] == [CUSTOMER, COLLEAGUE]
    assert [letter.recipient for letter in carried if SECRET in letter.text] == []
    assert [files for letter in carried if (files := letter.files)] == []
    assert SECRET not in repr(status_of(deps, submitted(deps)))
    assert SECRET not in repr([rows(deps.db, table) for table in ("message", "event", "file")])


@named
@pytest.mark.parametrize(
    "text", [f"#note\n{SECRET}", f"＃备注\n{SECRET}", f"#note {SECRET}: yes", f"\u200b#note\n{SECRET}"]
)
def test_a_note_stays_inside(office: Deps, clock: Clock, places: frozenset[Place], text: str) -> None:
    found = judged(office, note(office, LI, text, places=places))

    assert (found["state"], found["verdict"]) == ("applied", "note")
    assert [SECRET in row["body"] for row in rows(office.db, "note")] == [True]
    assert SECRET in letter_to(office, WANG, LetterKind.NOTE_FOR_TEAM)["text"]
    assert_nothing_leaked(office, clock)


def test_a_notes_file_stays_inside(office: Deps, clock: Clock) -> None:
    written = note(office)
    written.add_attachment(SECRET.encode(), maintype="application", subtype="pdf", filename=f"{SECRET}.pdf")

    found = judged(office, written)

    assert found["verdict"] == "note"
    assert [row["name"] for row in rows(office.db, "inbound_file")] == [f"{SECRET}.pdf"]
    assert_nothing_leaked(office, clock)


@named
def test_a_reply_to_a_note_without_the_word_is_a_note(office: Deps, clock: Clock, places: frozenset[Place]) -> None:
    judged(office, note(office))

    found = judged(office, reply_to(letter_to(office, WANG, LetterKind.NOTE_FOR_TEAM), WANG, SECRET, places=places))

    assert (found["state"], found["verdict"]) == ("applied", "note")
    assert_nothing_leaked(office, clock)


@pytest.mark.parametrize("text", ["#ntoe\n", "#send\n", "#close thanks\n", "# note\n", "#drop\n#send\n"])
def test_a_reply_to_a_note_that_is_held_and_let_in_is_a_note(office: Deps, clock: Clock, text: str) -> None:
    judged(office, note(office))
    letter = letter_to(office, WANG, LetterKind.NOTE_FOR_TEAM)

    held = judged(office, reply_to(letter, WANG, f"{text}{SECRET}"))
    judged(office, reply_to(letter_to(office, WANG, LetterKind.HELD_FOR_TEAM), WANG, "#send"))
    judge_waiting(office, DirectReader())

    assert (held["reason"], entry(office, held["id"])["verdict"]) == ("unknown_command", "note")
    assert_nothing_leaked(office, clock)


@pytest.mark.parametrize("sender", [WANG, LI, LI_AT_HOME, "shared@liju.example", CUSTOMER])
@pytest.mark.parametrize("decision", [Decision.ACCEPT, Decision.JOIN])
def test_a_reply_to_a_note_from_anybody_that_is_let_in_never_becomes_an_answer(
    office: Deps, sender: str, decision: Decision
) -> None:
    judged(office, note(office))
    letter = letter_to(office, WANG, LetterKind.NOTE_FOR_TEAM)
    held = judged(office, reply_to(letter, sender, f"About {SECRET}", Authentication_Results=DMARC_FAILED))

    accept_mail(office, held["id"], decision, by="test", now=office.now())
    judge_waiting(office, DirectReader())

    assert held["state"] == "held"
    assert entry(office, held["id"])["verdict"] in {"note", "reply"}
    assert SECRET not in repr([row for row in rows(office.db, "letter") if row["kind"] == "answer"])


def test_an_answer_that_quotes_a_colleagues_note_letter_in_no_known_way_is_a_note(office: Deps, clock: Clock) -> None:
    """Wang Fang has forwarded her copy of the note; Li Wei pastes it below an answer to the customer."""
    judged(office, note(office))
    letter = letter_to(office, WANG, LetterKind.NOTE_FOR_TEAM)
    pasted = letter["text"].replace(KEY_PLACE, letter["reply_key"])

    found = judged(office, note(office, LI, f"Dear Ana,\nyes.\n\nfyi\n{pasted}", places={Place.ADDRESS}))

    assert (found["state"], found["verdict"]) == ("applied", "note")
    assert_nothing_leaked(office, clock)


@pytest.mark.parametrize(
    "undone", [lambda deps, held: undo_decision(deps, held, by="test", now=deps.now()), lambda _deps, _held: None]
)
def test_a_note_attached_by_hand_stays_inside(office: Deps, clock: Clock, undone: Callable[[Deps, int], None]) -> None:
    held = judged(office, mail(LI, "inquiry@liju.example", f"About Usina: {SECRET}"))

    accept_mail(office, held["id"], Decision.ATTACH, reference=submitted(office).reference, by="test", now=office.now())
    judge_waiting(office, DirectReader())

    assert (held["reason"], entry(office, held["id"])["verdict"]) == ("staff_without_key", "note")
    undone(office, held["id"])
    assert_nothing_leaked(office, clock)


def test_a_correction_of_the_address_sends_the_answer_and_not_the_note(office: Deps, clock: Clock) -> None:
    judged(office, reply_to(letter_to(office, LI), LI, "The offer is attached."))
    clock.move(minutes=1)
    judged(office, note(office))
    with office.db.begin() as tx:
        tx.exec_driver_sql("UPDATE inquiry SET unreachable_since = received_at")

    correct_address(office, *_opened(office), email="ana@new.example", now=office.now())

    again = [letter for letter in carry_all(office) if letter.recipient == "ana@new.example"]
    assert [("The offer is attached." in letter.plain, SECRET in letter.text) for letter in again] == [(True, False)]


def _opened(deps: Deps) -> tuple[str, str]:
    return submitted(deps).reference, key_of(submitted(deps))


@pytest.mark.parametrize("letter_of", [LI, WANG])
@pytest.mark.parametrize("by", ["text", "address", "subject"])
def test_a_key_of_staff_does_not_go_out_with_what_they_write(office: Deps, letter_of: str, by: str) -> None:
    letter = letter_to(office, letter_of)
    written = letter[{"text": "reply_key", "address": "reply_to", "subject": "reply_key"}[by]]
    answer = note(office, LI, f"Write to {written} or {written.upper()}.", places={Place.ID})
    if by == "subject":
        answer.replace_header("Subject", f"Re: {written}")

    judged(office, answer)

    out = [one for one in carry_all(office) if one.recipient not in {LI, WANG}]
    assert [one.recipient for one in out][-2:] == [CUSTOMER, COLLEAGUE]
    shown = "\n".join(one.text for one in out) + repr(status_of(office, submitted(office)))
    holders = [
        address for key in find_reply_keys(shown) for address in (LI, WANG) if office.keys.is_made_for(key, address)
    ]
    assert holders == []
