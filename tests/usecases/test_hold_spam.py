"""What is taken for spam is stored whole, tells nobody, and is released by one click that sends what was due."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from liju_contact.domain.change import Change, StaleChange
from liju_contact.domain.errors import Conflict
from liju_contact.domain.inbound import Decision
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.person import Person
from liju_contact.domain.spam_signs import SubmissionSigns
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.change_inquiry import Changed, change_inquiry, undo_events
from liju_contact.usecases.close_inquiry import close_inquiry
from liju_contact.usecases.decide_held import accept_mail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.merge_inquiries import merge_inquiries, unmerge_inquiry
from liju_contact.usecases.show_status import LetterFate
from liju_contact.usecases.submit_inquiry import Submitted, submit_inquiry
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import account
from tests.usecases.carried import carry_all
from tests.usecases.mails import CUSTOMER, PUBLIC, DirectReader, judged, letter_to, mail, reply_to, with_staff
from tests.usecases.stories import NEW, opened, rows, staged, status_of, submit

OPEN, SPAM, CLOSED = InquiryState.OPEN, InquiryState.SPAM, InquiryState.CLOSED
BOT = SubmissionSigns(form_age_seconds=1, form="f-1", has_hidden_text=True, network="192.0.2.0/24")
PITCH = (
    "We offer SEO services and high quality backlinks: rank your website on the first page of Google, guest post "
    "packages and an online casino bonus. Reply STOP to opt out of future messages."
)
CHAIRS = "Hello there, our new catalogue of garden chairs for the summer season is now ready to be sent out to you."


@pytest.fixture
def office(deps: Deps) -> Deps:
    return with_staff(deps)


@pytest.fixture
def li(office: Deps) -> Person:
    return account(office)


def sent_by_bot(deps: Deps, text: str = PITCH, **changes: Any) -> Submitted:
    new = replace(NEW, message=text, details=(), **changes)
    return submit_inquiry(deps, new, signs=BOT, now=deps.now())


def release(deps: Deps, person: Person, submitted: Submitted, state: InquiryState = OPEN) -> Changed:
    return change_inquiry(deps, person, submitted.reference, Change(state=state), version=None, now=deps.now())


def letters(deps: Deps) -> list[str]:
    return [letter["kind"] for letter in rows(deps.db, "letter")]


def state_of(deps: Deps) -> str:
    return str(rows(deps.db, "inquiry")[-1]["state"])


def counted(deps: Deps) -> tuple[int, int]:
    """Return how many texts count as spam and as honest."""
    texts = [row for row in rows(deps.db, "spam_word") if row["word"] == 0]
    return (texts[0]["spam_count"], texts[0]["honest_count"]) if texts else (0, 0)


def test_spam_is_stored_whole_and_tells_nobody(office: Deps) -> None:
    submitted = sent_by_bot(office, files=(staged(office, b"a price list"),))

    judgement, inquiry = rows(office.db, "spam_judgement")[0], rows(office.db, "inquiry")[0]
    assert (inquiry["state"], inquiry["reference"], letters(office)) == ("spam", submitted.reference, [])
    assert rows(office.db, "message")[0]["body"] == PITCH
    assert len(rows(office.db, "file")) == 1
    assert {reason["sign"] for reason in judgement["reasons"]} >= {"phrases", "hidden_field", "quick"}
    assert judgement["score"] == pytest.approx(sum(reason["points"] for reason in judgement["reasons"]), abs=0.1)
    assert [(event["kind"], event["actor"]) for event in rows(office.db, "event")] == [
        ("inquiry_received", "customer"),
        ("marked_spam", "program"),
    ]


def test_sender_of_what_is_held_sees_what_everybody_sees(office: Deps) -> None:
    held = status_of(office, sent_by_bot(office))
    usual = status_of(office, submit(office, nonce="n-2", details=()))

    assert state_of(office) == "received"
    same: dict[str, Any] = {"reference": "", "status_path": "", "letters": (), "messages": ()}
    lines = {(line.kind, line.recipient, line.fate) for line in held.letters}
    assert (held.state, held.is_promised) == (InquiryState.RECEIVED, True)
    assert lines == {(line.kind, line.recipient, LetterFate.WAITING) for line in usual.letters}
    assert replace(held, **same) == replace(usual, **same)


def test_one_click_sends_what_was_due_and_promises_from_then(office: Deps, li: Person, clock: Clock) -> None:
    submitted = sent_by_bot(office)
    promised = rows(office.db, "inquiry")[0]["answer_due_at"]
    clock.move(days=3)

    release(office, li, submitted)

    inquiry, carried = rows(office.db, "inquiry")[0], carry_all(office)
    assert (inquiry["state"], letters(office)) == ("received", ["inquiry_for_team", "inquiry_received"])
    assert inquiry["answer_due_at"] == inquiry["first_answer_due_at"] > promised
    assert "ana.souza@usina.example" in {letter.recipient.lower() for letter in carried}
    assert f"/inquiry/{submitted.reference}/" in rows(office.db, "letter")[1]["text"]
    assert counted(office) == (0, 1)
    assert rows(office.db, "spam_judgement")[0]["released_at"] == office.now()


def test_release_taken_back_before_letters_leave_holds_again(office: Deps, li: Person) -> None:
    submitted = sent_by_bot(office)
    done = release(office, li, submitted)

    undo_events(office, li, submitted.reference, done.event_ids, now=office.now())
    carried = carry_all(office)
    again = status_of(office, submitted)
    release(office, li, submitted)

    assert (carried, again.state, counted(office)) == ([], InquiryState.RECEIVED, (0, 1))
    assert [row["state"] for row in rows(office.db, "delivery")].count("queued") == 3  # two of the team, the customer


def test_release_taken_back_after_letters_left_sends_nothing_twice(office: Deps, li: Person, clock: Clock) -> None:
    submitted = sent_by_bot(office)
    done = release(office, li, submitted)
    carry_all(office)
    clock.move(minutes=1)

    undo_events(office, li, submitted.reference, done.event_ids, now=office.now())
    spam = (state_of(office), counted(office))
    release(office, li, submitted)

    assert (spam, state_of(office), len(letters(office))) == (("spam", (0, 0)), "received", 2)


def test_marks_of_staff_are_learnt_once_and_unlearnt_exactly(office: Deps, li: Person) -> None:
    submitted = submit(office, message=CHAIRS)

    marked = release(office, li, submitted, SPAM)
    as_spam = (counted(office), len(rows(office.db, "spam_word")))
    unmarked = release(office, li, submitted)
    as_honest = counted(office)
    undo_events(office, li, submitted.reference, unmarked.event_ids, now=office.now())
    back_to_spam = counted(office)
    undo_events(office, li, submitted.reference, marked.event_ids, now=office.now())

    assert (as_spam[0], as_honest, back_to_spam, counted(office)) == ((1, 0), (0, 1), (1, 0), (0, 0))
    assert as_spam[1] > 20
    assert {(row["spam_count"], row["honest_count"]) for row in rows(office.db, "spam_word")} == {(0, 0)}
    assert letters(office) == ["inquiry_for_team", "inquiry_received"]  # those of the beginning, and no others


def test_command_in_a_mail_teaches_too(office: Deps) -> None:
    submit(office)
    carry_all(office)

    judged(office, reply_to(letter_to(office, "li.wei@liju.example"), "li.wei@liju.example", "#spam"))

    assert (state_of(office), counted(office)) == ("spam", (1, 0))


def test_same_form_sent_again_with_another_text_stays_held(office: Deps) -> None:
    sent_by_bot(office)

    again = sent_by_bot(office, f"{PITCH} Last offer!")

    assert (again.is_new, state_of(office), letters(office)) == (False, "spam", [])
    assert len(rows(office.db, "message")) == 2


@pytest.mark.parametrize("act", ["write", "close"])
def test_whoever_uses_the_status_page_is_a_person_and_released(office: Deps, act: str) -> None:
    reference, key = opened(sent_by_bot(office))

    if act == "write":
        add_customer_message(office, reference, key, body="Did it arrive?", files=(), nonce="m-1", now=office.now())
    else:
        close_inquiry(office, reference, key, now=office.now())

    last, state = {"write": ("message_for_team", "received"), "close": ("state_for_team", "closed")}[act]
    assert (letters(office), state_of(office)) == (["inquiry_for_team", "inquiry_received", last], state)


def test_what_the_program_did_is_not_taken_back_but_released(office: Deps, li: Person) -> None:
    submitted = sent_by_bot(office)
    held = rows(office.db, "event")[-1]["id"]

    with pytest.raises(Conflict) as refused:
        undo_events(office, li, submitted.reference, [held], now=office.now())

    assert (isinstance(refused.value, StaleChange), state_of(office), letters(office)) == (False, "spam", [])


def test_closing_what_is_held_sends_nothing(office: Deps, li: Person) -> None:
    submitted = sent_by_bot(office)

    release(office, li, submitted, CLOSED)

    assert (state_of(office), letters(office)) == ("closed", [])


def test_strangers_mail_is_weighed_and_a_reply_is_not(office: Deps) -> None:
    marks_of(office, 12)
    submit(office, nonce="honest")
    carry_all(office)
    judged(office, reply_to(letter_to(office, CUSTOMER), CUSTOMER, PITCH))
    conversation = state_of(office)

    row = judged(office, mail("mia@rank.example", PUBLIC, PITCH))

    assert (conversation, row["state"], state_of(office)) == ("received", "applied", "spam")
    assert letters(office)[-1] == "message_for_team"  # of the reply


def test_mail_that_staff_let_in_is_not_weighed(office: Deps) -> None:
    marks_of(office, 12)
    row = judged(office, mail("mia@rank.example", PUBLIC, PITCH, X_Spam_Flag="YES"))

    accept_mail(office, row["id"], Decision.ACCEPT, by="test", now=office.now())
    judge_waiting(office, DirectReader())

    assert (state_of(office), letters(office)[-2:]) == ("received", ["inquiry_for_team", "inquiry_received"])


def test_same_text_from_other_addresses_is_known_again_once_marked(office: Deps, li: Person) -> None:
    first = submit(office, message=CHAIRS, details=())
    release(office, li, first, SPAM)

    changed = CHAIRS.replace("summer", "winter")
    submit(office, nonce="n-2", email="other@there.example", message=changed, details=())
    submit(office, nonce="n-3", email="third@there.example", message="Do you sell garden chairs?", details=())

    signs = [{reason["sign"] for reason in row["reasons"]} for row in rows(office.db, "spam_judgement")]
    assert any("repeated_spam" in found for found in signs)
    assert state_of(office) == "received"


def test_customer_we_have_answered_is_believed(office: Deps) -> None:
    submit(office)
    carry_all(office)
    answer = reply_to(letter_to(office, "li.wei@liju.example"), "li.wei@liju.example", "Yes, we build that.")
    judged(office, answer)

    sent_by_bot(office, "Good. Please call me.", nonce="n-2")

    assert state_of(office) == "received"


@ONE_DATABASE
def test_weighing_takes_a_fixed_number_of_statements(office: Deps) -> None:
    from tests.store.statements import listening  # noqa: PLC0415  # for this test alone

    marks_of(office, 3)
    counts = []
    for number, text in enumerate(["Short.", f"{NEW.message} " * 30]):
        with listening(office.db) as heard:
            submit(office, nonce=f"w-{number}", email=f"w{number}@there.example", message=text)
        counts.append(len([one for one in heard if "spam_" in one and one.startswith("SELECT")]))

    assert counts == [1, 1]


def marks_of(deps: Deps, count: int) -> None:
    """Mark the pitch so many times, from so many addresses."""
    person = account(deps, "boss@liju.example")
    for number in range(count):
        one = submit(deps, nonce=f"p-{number}", email=f"p{number}@x{number}.example", message=PITCH, details=())
        if state_of(deps) != "spam":
            release(deps, person, one, SPAM)


@pytest.mark.parametrize("is_into_held", [False, True])
def test_what_is_merged_with_an_honest_one_is_no_spam(office: Deps, li: Person, is_into_held: bool) -> None:  # noqa: FBT001  # a parameter of the test
    held = sent_by_bot(office)
    honest = submit(office, nonce="honest")
    carry_all(office)
    before = len(letters(office))
    source, into = (honest, held) if is_into_held else (held, honest)

    merge_inquiries(office, li, source.reference, into=into.reference, now=office.now())

    of_held = [letter["kind"] for letter in rows(office.db, "letter")[before:]]
    assert sorted(of_held) == ["inquiry_for_team", "inquiry_received"]
    assert held.reference in rows(office.db, "letter")[-1]["subject"] + rows(office.db, "letter")[-2]["subject"]
    unmerge_inquiry(office, li, source.reference, now=office.now())
    assert {row["state"] for row in rows(office.db, "inquiry")} == {"received"}


def test_a_held_one_that_is_merged_with_spam_tells_nobody(office: Deps, li: Person) -> None:
    """Also where it was staff who said that the other is spam."""
    held, marked = sent_by_bot(office), submit(office, nonce="marked")
    change_inquiry(office, li, marked.reference, Change(state=SPAM), version=None, now=office.now())
    before = letters(office)

    merge_inquiries(office, li, held.reference, into=marked.reference, now=office.now())

    assert letters(office) == before
    assert state_of(office) == "spam"


def test_two_held_ones_that_are_merged_stay_held(office: Deps, li: Person) -> None:
    one, other = sent_by_bot(office), sent_by_bot(office, nonce="other")

    merge_inquiries(office, li, one.reference, into=other.reference, now=office.now())

    assert [row["state"] for row in rows(office.db, "inquiry")] == ["merged", "spam"]
    assert letters(office) == []
    release(office, li, other)
    assert sorted(letters(office)) == ["inquiry_for_team", "inquiry_received"]
