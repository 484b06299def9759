"""Staff decide about held mail by hand: accept, join, as an answer, attach, discard; and each taken back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.inbound import Decision
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.reply_key import Place
from liju_contact.usecases.decide_held import accept_mail, discard_mail, undo_decision
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.mail_reader import Unreadable
from tests.conftest import Clock
from tests.usecases.carried import carry_all
from tests.usecases.mails import (
    CUSTOMER,
    LI,
    PUBLIC,
    WANG,
    DirectReader,
    entry,
    judged,
    letter_to,
    letters,
    mail,
    messages,
    receive,
    reply_to,
    with_inbound,
    with_staff,
)
from tests.usecases.stories import rows, submit
from tests.usecases.test_forgery import DMARC_FAILED

RUI = "Rui <rui@usina.example>"
LI_ELSEWHERE = "li@hotel.example"
TAKEN_OVER = ("customer", "Rui", "I take over.")
SPAM_FLAG = {"X_Spam_Flag": "YES"}


@pytest.fixture
def office(deps: Deps) -> Deps:
    deps = with_staff(deps)
    submit(deps)
    carry_all(deps)
    return deps


def held(deps: Deps, letter_of: str, sender: str, text: str = TAKEN_OVER[2], **fields: str) -> int:
    row = judged(deps, reply_to(letter_to(deps, letter_of), sender, text, **fields))  # type: ignore[arg-type]  # header fields
    assert row["state"] == "held"
    return int(row["id"])


def accept(deps: Deps, inbound_id: int, decision: Decision = Decision.ACCEPT, reference: str | None = None) -> str:
    """Let a mail in, have it judged, and return what it is now."""
    accept_mail(deps, inbound_id, decision, reference=reference, by="test", now=deps.now())
    judge_waiting(deps, DirectReader())
    row = entry(deps, inbound_id)
    return f"{row['state']} {row['verdict']}"


def undo(deps: Deps, inbound_id: int) -> str:
    undo_decision(deps, inbound_id, by="test", now=deps.now())
    row = entry(deps, inbound_id)
    assert (row["decided_by"], row["message_id"], row["note_id"], row["due_at"]) == ("test", None, None, None)
    return f"{row['state']} {row['reason']}"


@pytest.mark.parametrize(("decision", "joins"), [(Decision.ACCEPT, False), (Decision.JOIN, True)])
def test_a_customers_colleague_is_let_in_and_put_out_again(
    office: Deps,
    clock: Clock,
    decision: Decision,
    joins: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    waiting = held(office, CUSTOMER, RUI)

    for _again in range(2):
        clock.move(minutes=1)
        assert accept(office, waiting, decision) == "applied reply"
        assert messages(office)[1:] == [TAKEN_OVER]
        assert [row["name"] for row in rows(office.db, "participant")] == ["Rui"] * joins
        assert undo(office, waiting) == "held undone"
        assert (len(messages(office)), rows(office.db, "participant")) == (1, [])

    assert [one.recipient for one in carry_all(office)] == [LI, WANG]  # of the mail that was held; the rest was dropped
    assert "answer" not in {kind for kind, _ in letters(office)}


def test_who_joined_stays_while_another_mail_of_theirs_says_so(office: Deps) -> None:
    first, second = held(office, CUSTOMER, RUI), held(office, CUSTOMER, RUI.upper(), "Hello?")
    accept(office, first, Decision.JOIN)
    accept(office, second, Decision.JOIN)

    undo(office, second)

    assert [row["name"] for row in rows(office.db, "participant")] == ["Rui"]


def test_an_answer_from_an_unknown_address_goes_out_when_staff_say_so(office: Deps, clock: Clock) -> None:
    waiting = held(office, LI, LI_ELSEWHERE, "Two are fine.")
    clock.move(minutes=1)

    assert accept(office, waiting, Decision.ANSWER) == "applied answer"
    assert messages(office)[1:] == [("staff", "Li Wei", "Two are fine.")]
    assert rows(office.db, "inquiry")[0]["state"] == "answered"

    assert undo(office, waiting) == "held undone"
    assert (len(messages(office)), rows(office.db, "inquiry")[0]["state"]) == (1, "open")
    assert CUSTOMER not in [one.recipient for one in carry_all(office)]


def test_what_has_reached_the_customer_cannot_be_taken_back(office: Deps, clock: Clock) -> None:
    waiting = held(office, LI, LI_ELSEWHERE, "Two are fine.")
    clock.move(minutes=1)
    accept(office, waiting, Decision.ANSWER)
    carry_all(office)

    with pytest.raises(Conflict, match="reached the customer"):
        undo(office, waiting)

    assert len(messages(office)) == 2
    assert entry(office, waiting)["state"] == "applied"


def test_taking_back_a_message_leaves_other_letters_of_the_same_batch(office: Deps) -> None:
    """A reply of the customer and an answer to another letter are judged together, then the reply is taken back."""
    office = with_inbound(office, colleagues="join")
    from_rui = receive(office, reply_to(letter_to(office, CUSTOMER), RUI, TAKEN_OVER[2]))
    receive(office, reply_to(letter_to(office, LI), LI, "Two are fine."))
    judge_waiting(office, DirectReader())

    undo(office, from_rui)

    assert messages(office)[1:] == [("staff", "Li Wei", "Two are fine.")]
    assert CUSTOMER in [one.recipient for one in carry_all(office)]


@pytest.mark.parametrize("decision", [Decision.ACCEPT, Decision.JOIN])
@pytest.mark.parametrize(
    ("letter_of", "sender"), [(LI, LI_ELSEWHERE), (LI, CUSTOMER), (CUSTOMER, LI), (LI, WANG), (CUSTOMER, RUI)]
)
def test_letting_in_sends_the_customer_nothing(office: Deps, letter_of: str, sender: str, decision: Decision) -> None:
    waiting = held(office, letter_of, sender)

    assert accept(office, waiting, decision) in {"applied reply", "applied note"}

    assert {one.recipient for one in carry_all(office)} <= {LI, WANG}


def test_staffs_own_mail_is_let_in_as_what_it_would_have_been(office: Deps) -> None:
    waiting = held(office, LI, LI, "Two are fine.", Authentication_Results=DMARC_FAILED)

    assert accept(office, waiting) == "applied answer"


@pytest.mark.parametrize(("sender", "verdict"), [(LI, "note"), (RUI, "reply")])
def test_a_mail_is_attached_elsewhere(office: Deps, clock: Clock, sender: str, verdict: str) -> None:
    other = submit(office, nonce="n-2", email="eva@there.example").reference
    waiting = held(office, CUSTOMER, sender)
    clock.move(minutes=1)

    for _again in range(2):
        clock.move(minutes=1)
        assert accept(office, waiting, Decision.ATTACH, other) == f"applied {verdict}"
        assert entry(office, waiting)["inquiry_id"] == 2
        table = {"note": "note", "reply": "message"}[verdict]
        assert rows(office.db, table)[-1]["inquiry_id"] == 2
        undo(office, waiting)
    assert (len(messages(office)), rows(office.db, "note")) == (2, [])
    told = {LetterKind.NOTE_FOR_TEAM.value, LetterKind.MESSAGE_FOR_TEAM.value}
    carry_all(office)
    kinds = {row["id"]: row["kind"] for row in rows(office.db, "letter")}
    states = [row["state"] for row in rows(office.db, "delivery") if kinds[row["letter_id"]] in told]
    assert set(states) == {"dropped"}


def test_a_mail_is_discarded_and_held_again(office: Deps) -> None:
    waiting = held(office, CUSTOMER, RUI)

    discard_mail(office, waiting, by="test", now=office.now())

    assert entry(office, waiting)["state"] == "discarded"
    assert undo(office, waiting) == "held undone"
    assert accept(office, waiting) == "applied reply"


def test_a_decision_is_taken_back_before_anybody_followed_it(office: Deps) -> None:
    waiting = held(office, CUSTOMER, RUI)
    accept_mail(office, waiting, Decision.ACCEPT, by="test", now=office.now())

    assert undo(office, waiting) == "held undone"

    assert judge_waiting(office, DirectReader()) == 0


@pytest.mark.parametrize("was_undone", [False, True])
@pytest.mark.parametrize("decision", [Decision.ACCEPT, Decision.ANSWER, Decision.JOIN])
def test_what_fits_no_mail_is_refused(office: Deps, decision: Decision, was_undone: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Staff's mail without a key and a mail without a sender open no inquiry; a customer's mail is no answer."""
    of_staff = judged(office, mail(LI, PUBLIC, "Where is it?"))["id"]
    of_nobody = judged(office, mail("", PUBLIC, "Hello."))["id"]
    waiting = [of_staff, of_nobody, *([held(office, CUSTOMER, RUI)] if decision is Decision.ANSWER else [])]
    for inbound_id in waiting if was_undone else []:
        discard_mail(office, inbound_id, by="test", now=office.now())
        undo(office, inbound_id)

    for inbound_id in waiting:
        with pytest.raises(Conflict):
            accept(office, inbound_id, decision)

    assert {row["state"] for row in rows(office.db, "inbound")} == {"held"}
    assert len(rows(office.db, "inquiry")) == 1


def test_what_is_not_there_or_not_held_is_refused(office: Deps) -> None:
    applied = judged(office, reply_to(letter_to(office, LI), LI, "#close"))["id"]

    for act in (
        lambda: accept(office, 99),
        lambda: undo(office, 99),
        lambda: discard_mail(office, 99, by="test", now=office.now()),
        lambda: accept(office, held(office, CUSTOMER, RUI), Decision.ATTACH, "LJ-0000-0000"),
    ):
        with pytest.raises(NotFound):
            act()
    for act in (
        lambda: accept(office, applied),
        lambda: discard_mail(office, applied, by="test", now=office.now()),
        lambda: undo(office, applied),
    ):
        with pytest.raises(Conflict):
            act()


def test_a_parked_mail_that_is_accepted_is_tried_again(office: Deps) -> None:
    answer = reply_to(letter_to(office, LI), LI, "Two are fine.", places={Place.TEXT})
    receive(office, answer)
    judge_waiting(office, DirectReader([Unreadable(words="It took too long.", is_final=True)]))
    [parked] = rows(office.db, "inbound")

    assert (parked["state"], accept(office, parked["id"])) == ("parked", "applied answer")

    assert messages(office)[1:] == [("staff", "Li Wei", "Two are fine.")]


def test_a_stranger_held_as_spam_is_let_in_as_a_new_inquiry(office: Deps) -> None:
    spam = judged(office, mail("eva@there.example", PUBLIC, "Do you build 20 t/h?", **SPAM_FLAG))

    assert (spam["reason"], accept(office, spam["id"])) == ("spam", "applied stranger")

    assert rows(office.db, "inquiry")[-1]["email"] == "eva@there.example"
    assert letters(office)[-1] == ("inquiry_received", "eva@there.example")
    with suppress(Conflict):
        undo(office, spam["id"])
    assert entry(office, spam["id"])["state"] == "applied"


def test_only_one_of_two_who_decide_at_the_same_moment_does(office: Deps) -> None:
    waiting = held(office, CUSTOMER, RUI)
    discard_mail(office, waiting, by="one", now=office.now())

    with pytest.raises(Conflict):
        accept(replace(office), waiting)
