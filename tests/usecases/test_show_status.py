"""The status page: every field, what became of the letters, and a fixed number of queries."""

from __future__ import annotations

from dataclasses import fields

import pytest
from sqlalchemy import update

from liju_contact.domain.delivery import DeliveryState, Outcome
from liju_contact.domain.event import Actor, Event, EventKind
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.message import Author
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import get_inquiry
from liju_contact.store.participants import Participant, add_participant
from liju_contact.store.tables import InquiryRow
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.answer_customer import Answer, answer_customer
from liju_contact.usecases.correct_address import correct_address
from liju_contact.usecases.deliver_letters import deliver_letters
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.show_status import LetterFate, StatusPage, show_status
from liju_contact.usecases.tend_outbox import drop_delivery, retry_delivery
from liju_contact.usecases.write_note import NewNote, write_note
from tests.conftest import Clock
from tests.store.statements import listening
from tests.usecases.mails import LI, LI_AT_HOME, with_staff
from tests.usecases.stories import (
    DEFERRED,
    DELIVERED,
    NEW,
    REFUSED,
    UNKNOWN,
    UNSENDABLE,
    ScriptedCarrier,
    opened,
    rows,
    staged,
    status_of,
    submit,
)
from tests.usecases.test_submit_inquiry import with_team

CUSTOMER, SALES, DESK = "Ana.Souza@usina.example", "sales@liju.example", "desk@liju.example"


def change(deps: Deps, **values: object) -> None:
    """Change the only inquiry."""
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(**values))


def fates(page: StatusPage) -> dict[LetterKind, LetterFate]:
    return {line.kind: line.fate for line in page.letters}


def test_the_page_has_everything_the_customer_gave(deps: Deps, clock: Clock) -> None:
    drawing = staged(deps, b"a drawing", "boiler house.pdf")
    submitted = submit(deps, files=(drawing,))

    page = status_of(deps, submitted, "zh_Hans")

    [message] = page.messages
    [file] = message.files
    assert (message.author, message.author_name, message.body) == (Author.CUSTOMER, NEW.name, NEW.message)
    assert (file.name, file.kind, file.bytes_count, file.sha256) == (
        "boiler house.pdf",
        FileKind.PDF,
        9,
        drawing.sha256,
    )
    shown = {name.name: getattr(page, name.name) for name in fields(page)}
    assert shown | {"messages": None, "letters": None} == {
        "reference": submitted.reference,
        "status_path": submitted.status_path,
        "state": InquiryState.RECEIVED,
        "language": "zh_Hans",
        "name": NEW.name,
        "email": NEW.email,
        "country": NEW.country,
        "company": NEW.company,
        "phone": NEW.phone,
        "product": "蒸汽锅炉",
        "topic": "询价",
        "team": "锅炉销售部",
        "assignee": "",
        "details": NEW.details,
        "received_at": clock.at,
        "answer_due_at": rows(deps.db, "inquiry")[0]["answer_due_at"],
        "is_promised": True,
        "is_overdue": False,
        "messages": None,
        "events": (Event(kind=EventKind.INQUIRY_RECEIVED, actor=Actor.CUSTOMER, happened_at=clock.at),),
        "letters": None,
        "unreachable_since": None,
        "usual_answer_hours": None,
        "may_be_rated": False,
        "rating": None,
        "goes_on_at": "",
        "goes_on_by_mail": False,
        "is_known_visit": False,
    }


def test_what_the_operator_has_removed_since_shows_by_its_id(deps: Deps) -> None:
    submitted = submit(deps)
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(product="teapots", topic="weather", team="dreamers"))

    page = status_of(deps, submitted)

    assert (page.product, page.topic, page.team) == ("teapots", "weather", "Boiler sales")


def test_three_messages_with_three_files_cost_as_many_queries_as_one(deps: Deps) -> None:
    submitted = submit(deps, files=(staged(deps, b"0"),))
    with listening(deps.db) as for_one:
        status_of(deps, submitted)
    for number in (1, 2):
        files = [staged(deps, bytes([number, position])) for position in range(3)]
        body, nonce, now = f"message {number}", f"m-{number}", deps.now()
        add_customer_message(deps, *opened(submitted), body=body, files=files, nonce=nonce, now=now)

    with listening(deps.db) as for_three:
        page = status_of(deps, submitted)

    assert [len(message.files) for message in page.messages] == [1, 3, 3]
    assert len(for_three) == len(for_one) == 6


def test_a_promise_that_was_not_kept_is_admitted(deps: Deps, clock: Clock) -> None:
    submitted = submit(deps)
    clock.at = status_of(deps, submitted).answer_due_at
    in_time = status_of(deps, submitted)
    clock.move(seconds=1)

    late = status_of(deps, submitted)

    assert [(page.is_promised, page.is_overdue) for page in (in_time, late)] == [(True, False), (True, True)]


@pytest.mark.parametrize(
    ("state", "is_promised"), [("received", True), ("open", True), ("answered", False), ("closed", False)]
)
def test_an_answer_is_promised_until_it_is_given_or_all_is_solved(deps: Deps, state: str, is_promised: bool) -> None:  # noqa: FBT001  # a parameter of the test
    submitted = submit(deps)
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(state=state))

    assert status_of(deps, submitted).is_promised == is_promised


@pytest.mark.parametrize(
    ("outcome", "fate"),
    [
        (DELIVERED, LetterFate.SENT),
        (DEFERRED, LetterFate.DELAYED),
        (UNKNOWN, LetterFate.DELAYED),
        (REFUSED, LetterFate.FAILED),
        (UNSENDABLE, LetterFate.FAILED),
    ],
)
def test_an_outcome_shows_as_the_letters_fate(deps: Deps, outcome: Outcome, fate: LetterFate) -> None:
    submitted = submit(deps)
    carrier = ScriptedCarrier(script={CUSTOMER: [outcome], SALES: [outcome]})

    waiting = status_of(deps, submitted)
    deliver_letters(deps, carrier, holder="w")
    page = status_of(deps, submitted)

    assert set(fates(waiting).values()) == {LetterFate.WAITING}
    assert fates(page) == {LetterKind.INQUIRY_FOR_TEAM: fate, LetterKind.INQUIRY_RECEIVED: fate}


@pytest.mark.parametrize(
    ("first", "second", "fate"),
    [
        (DELIVERED, REFUSED, LetterFate.SENT),
        (REFUSED, DELIVERED, LetterFate.SENT),
        (REFUSED, DEFERRED, LetterFate.DELAYED),
        (DEFERRED, REFUSED, LetterFate.DELAYED),
        (REFUSED, REFUSED, LetterFate.FAILED),
    ],
)
def test_a_letter_is_as_far_as_the_best_of_its_deliveries(
    deps: Deps, first: Outcome, second: Outcome, fate: LetterFate
) -> None:
    """That one of the team has it counts, and while one may still get it, nothing has failed."""
    submitted = submit(with_team(deps, SALES, DESK))

    deliver_letters(deps, ScriptedCarrier(script={SALES: [first], DESK: [second]}), holder="w")

    page = status_of(deps, submitted)
    assert fates(page) == {LetterKind.INQUIRY_FOR_TEAM: fate, LetterKind.INQUIRY_RECEIVED: LetterFate.SENT}


def test_a_delivery_tried_again_by_staff_is_still_the_same_letter(deps: Deps, clock: Clock) -> None:
    submitted = submit(with_team(deps, SALES, DESK))
    deliver_letters(deps, ScriptedCarrier(script={SALES: [REFUSED], DESK: [REFUSED]}), holder="w")
    refused = [row["id"] for row in rows(deps.db, "delivery") if row["recipient_address"] == DESK]
    clock.move(hours=2)

    retry_delivery(deps, refused[0], now=deps.now())

    page = status_of(deps, submitted)
    assert [(line.kind, line.fate) for line in page.letters] == [
        (LetterKind.INQUIRY_FOR_TEAM, LetterFate.WAITING),
        (LetterKind.INQUIRY_RECEIVED, LetterFate.SENT),
    ]


def test_two_letters_of_one_kind_and_moment_are_two_lines(deps: Deps) -> None:
    submitted = submit(deps)
    for number in (1, 2):
        body, nonce, now = f"message {number}", f"m-{number}", deps.now()
        add_customer_message(deps, *opened(submitted), body=body, files=(), nonce=nonce, now=now)

    page = status_of(deps, submitted)

    assert [line.kind for line in page.letters].count(LetterKind.MESSAGE_FOR_TEAM) == 2


def test_a_dropped_letter_has_failed(deps: Deps) -> None:
    submitted = submit(deps)
    for row in rows(deps.db, "delivery"):
        drop_delivery(deps, row["id"], now=deps.now())

    page = status_of(deps, submitted)

    assert set(fates(page).values()) == {LetterFate.FAILED}
    assert {row["state"] for row in rows(deps.db, "delivery")} == {DeliveryState.DROPPED}


def test_the_page_tells_which_letters_are_the_customers_and_since_when(deps: Deps, clock: Clock) -> None:
    submitted = submit(deps)
    sent_at = clock.at
    clock.move(minutes=3)
    deliver_letters(deps, ScriptedCarrier(script={SALES: [DEFERRED]}), holder="w")

    page = status_of(deps, submitted)

    assert [(line.is_for_customer, line.at) for line in page.letters] == [(False, sent_at), (True, clock.at)]


def test_a_page_has_no_room_for_what_is_not_the_customers_business(deps: Deps) -> None:
    """The names of all fields a template could show: whoever adds one has to think of D15 here."""
    submitted = submit(deps)
    change(deps, assignee=SALES)

    page = status_of(deps, submitted)

    assert {name.name for name in fields(page.letters[0])} == {"kind", "is_for_customer", "recipient", "fate", "at"}
    assert SALES not in repr(page)


@pytest.mark.parametrize(
    ("assignee", "language", "name"),
    [
        (LI, "en", "Li Wei"),
        (LI, "zh_Hans", "李伟"),
        (LI_AT_HOME, "en", "Li Wei"),
        ("gone@liju.example", "en", ""),
        (None, "en", ""),
    ],
)
def test_who_has_taken_it_on_is_named_in_the_pages_language(
    deps: Deps, assignee: str | None, language: str, name: str
) -> None:
    deps = with_staff(deps)
    submitted = submit(deps)
    change(deps, assignee=assignee)

    assert status_of(deps, submitted, language).assignee == name


def test_what_staff_call_spam_is_closed_for_the_customer(deps: Deps) -> None:
    submitted = submit(deps)
    change(deps, state="spam")

    page = status_of(deps, submitted)

    assert (page.state, page.is_promised) == (InquiryState.CLOSED, False)


def test_a_message_taken_back_is_not_an_event_for_the_customer(deps: Deps) -> None:
    submitted = submit(deps)
    with deps.db.begin() as tx:
        add_event(tx, 1, EventKind.MESSAGE_WITHDRAWN, Actor.STAFF, deps.now(), actor_name="Li Wei")

    assert [event.kind for event in status_of(deps, submitted).events] == [EventKind.INQUIRY_RECEIVED]


def test_since_when_letters_do_not_arrive_is_told(deps: Deps, clock: Clock) -> None:
    submitted = submit(deps)
    reachable = status_of(deps, submitted)
    change(deps, unreachable_since=clock.at)

    page = status_of(deps, submitted)

    assert [reachable.is_unreachable, page.is_unreachable] == [False, True]
    assert page.unreachable_since == clock.at


def test_each_of_the_customers_letters_names_the_address_it_went_to(deps: Deps) -> None:
    submitted = submit(deps)
    deliver_letters(deps, ScriptedCarrier(script={CUSTOMER: [REFUSED]}), holder="w")
    change(deps, unreachable_since=deps.now())
    correct_address(deps, *opened(submitted), email="ana@other.example", now=deps.now())

    page = status_of(deps, submitted)

    assert [(line.recipient, line.fate) for line in page.letters if line.is_for_customer] == [
        (CUSTOMER, LetterFate.FAILED),
        ("ana@other.example", LetterFate.WAITING),
    ]
    assert {line.recipient for line in page.letters if not line.is_for_customer} == {""}


def test_a_letter_to_two_on_the_customers_side_is_two_lines(deps: Deps) -> None:
    """That a colleague got the answer does not mean that the customer did."""
    deps, colleague = with_staff(deps), "jo@usina.example"
    submitted = submit(deps)
    with deps.db.begin() as tx:
        inquiry = get_inquiry(tx, 1)
        add_participant(tx, inquiry.id, Participant(address=colleague, name="Jo"), deps.now())
        answer = Answer(author=deps.settings.catalogue.staff[0], body="Yes.", files=(), nonce="n")
        answer_customer(deps, tx, inquiry, answer, now=deps.now())
    deliver_letters(deps, ScriptedCarrier(script={CUSTOMER: [REFUSED]}), holder="w")

    page = status_of(deps, submitted)

    lines = [(line.recipient, line.fate) for line in page.letters if line.kind is LetterKind.ANSWER]
    assert lines == [(CUSTOMER, LetterFate.FAILED), (colleague, LetterFate.SENT)]


def test_what_staff_tell_each_other_leaves_no_line(deps: Deps) -> None:
    deps = with_staff(deps)
    submitted = submit(deps)
    before = status_of(deps, submitted)
    with deps.db.begin() as tx:
        note = NewNote(author=deps.settings.catalogue.staff[0], body="He never pays.", files=(), nonce="n")
        write_note(deps, tx, get_inquiry(tx, 1), note, now=deps.now())

    page = status_of(deps, submitted)

    assert "note_for_team" in {row["kind"] for row in rows(deps.db, "letter")}
    assert page == before


def test_a_page_nobody_asked_for_in_a_language_is_in_that_of_the_inquiry(deps: Deps) -> None:
    submitted = submit(deps, language="zh_Hans")

    page = show_status(deps, *opened(submitted), language=None, now=deps.now())

    assert (page.language, page.product) == ("zh_Hans", "蒸汽锅炉")
