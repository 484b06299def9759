"""Stored mail is judged again after a change of the rules: what would differ, and what then does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liju_contact.domain.inbound import InboundState, Verdict
from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.letter import LetterKind
from liju_contact.usecases.decide_held import discard_mail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.mail_reader import Unreadable
from liju_contact.usecases.tend_inbound import Difference, list_inbound, replay_mail
from tests.usecases.mails import (
    CUSTOMER,
    LI,
    PUBLIC,
    WANG,
    DirectReader,
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
from tests.usecases.stories import counts, rows, submit

EVA = "eva@there.example"


class OtherRules(DirectReader):
    """Reads as tomorrow's rules may: no mail is marked as spam, and a greeting at the end is folded."""

    def read(self, raw: bytes) -> InboundMail | Unreadable:
        mail = super().read(raw)
        assert isinstance(mail, InboundMail)
        return replace(mail, is_marked_spam=False, visible=mail.visible.replace("\n\nKind regards", ""))


@pytest.fixture
def office(deps: Deps) -> Deps:
    """A reply, an answer and an inquiry by mail with a greeting each, and one that is held as spam."""
    deps = with_staff(deps)
    submit(deps)
    judged(deps, reply_to(letter_to(deps, CUSTOMER), CUSTOMER, "When?\n\nKind regards"))
    judged(deps, reply_to(letter_to(deps, LI), LI, "#assign me\nMonday.\n\nKind regards"))
    judged(deps, mail(EVA, PUBLIC, "Hello.\n\nKind regards"))
    judged(deps, mail(EVA, PUBLIC, "I am no spam.", X_Spam_Flag="YES"))
    return deps


def replayed(deps: Deps, reader: DirectReader, *, is_dry: bool) -> list[Difference]:
    return list(replay_mail(deps, reader, is_dry=is_dry, now=deps.now()))


def difference(inbound_id: int, before: Verdict, after: Verdict, rule: str, *, text: bool) -> Difference:
    return Difference(inbound_id=inbound_id, before=before, after=after, rule=rule, text_differs=text)


DIFFERENCES = [
    difference(1, Verdict.REPLY, Verdict.REPLY, "key-address", text=True),
    difference(2, Verdict.ANSWER, Verdict.ANSWER, "key-address", text=True),
    difference(3, Verdict.STRANGER, Verdict.STRANGER, "no-key", text=True),
    difference(4, Verdict.HELD, Verdict.STRANGER, "no-key", text=False),
]


def test_with_the_same_rules_nothing_differs(office: Deps) -> None:
    before = {name: rows(office.db, name) for name in counts(office.db)}

    assert replayed(office, DirectReader(), is_dry=False) == []

    assert {name: rows(office.db, name) for name in counts(office.db)} == before


def test_a_dry_run_shows_what_would_differ_and_changes_nothing(office: Deps) -> None:
    before = {name: rows(office.db, name) for name in counts(office.db)}

    assert replayed(office, OtherRules(), is_dry=True) == DIFFERENCES

    assert {name: rows(office.db, name) for name in counts(office.db)} == before


def test_a_real_run_changes_texts_and_judges_anew_what_was_held(office: Deps) -> None:
    sent = [(row["id"], row["text"]) for row in rows(office.db, "letter")]

    assert replayed(office, OtherRules(), is_dry=False) == DIFFERENCES

    assert [body for _, _, body in messages(office)][1:] == ["When?", "Monday.", "Boiler\n\nHello."]
    assert [(row["id"], row["text"]) for row in rows(office.db, "letter")] == sent
    judge_waiting(office, OtherRules())
    assert [row["state"] for row in rows(office.db, "inbound")] == ["applied"] * 4
    assert messages(office)[-1][2] == "Boiler\n\nI am no spam."
    assert replayed(office, OtherRules(), is_dry=False) == []


def test_a_mail_that_could_not_be_read_is_judged_when_it_can_be(office: Deps) -> None:
    receive(office, mail(EVA, PUBLIC, "Hello again."))
    judge_waiting(office, DirectReader([Unreadable(words="No.", is_final=True)]))

    [found] = replayed(office, DirectReader(), is_dry=False)
    judge_waiting(office, DirectReader())

    assert (found.before, found.after) == (None, Verdict.STRANGER)
    assert messages(office)[-1][2] == "Boiler\n\nHello again."


def test_a_mail_that_cannot_be_read_any_more_keeps_what_it_became(office: Deps) -> None:
    said = messages(office)

    [found] = replayed(office, DirectReader([Unreadable(words="No.", is_final=True)]), is_dry=False)

    assert (found.inbound_id, found.before, found.after, found.rule) == (1, Verdict.REPLY, None, "No.")
    assert (messages(office), rows(office.db, "inbound")[0]["state"]) == (said, "applied")


def test_what_waits_for_its_moment_or_was_decided_about_is_left(deps: Deps) -> None:
    """A late answer, mail over the rate, and what staff discarded: no rule has changed for them."""
    deps = with_inbound(with_staff(deps), mails_per_sender=2)
    submit(deps)
    judged(deps, reply_to(letter_to(deps, WANG), WANG, "Eight weeks."))
    judged(deps, reply_to(letter_to(deps, LI, LetterKind.INQUIRY_FOR_TEAM), LI, "Nine weeks."))
    for number in range(3):
        judged(deps, mail(EVA, PUBLIC, f"Mail {number}"))
    spam = judged(deps, mail("eve@there.example", PUBLIC, "Pills.", X_Spam_Flag="YES"))
    discard_mail(deps, spam["id"], by="test", now=deps.now())
    before = letters(deps)

    assert replayed(deps, OtherRules(), is_dry=False) == []

    assert judge_waiting(deps, DirectReader()) == 0
    assert letters(deps) == before
    assert [row["reason"] for row in rows(deps.db, "inbound")] == [None, "late_answer", None, None, "too_many", "spam"]


def test_what_came_in_is_listed_newest_first(office: Deps) -> None:
    lines = list_inbound(office, states=tuple(InboundState), limit=3)

    assert [(line.id, line.state, line.verdict, line.sender) for line in lines] == [
        (4, InboundState.HELD, Verdict.HELD, EVA),
        (3, InboundState.APPLIED, Verdict.STRANGER, EVA),
        (2, InboundState.APPLIED, Verdict.ANSWER, LI),
    ]
    assert [line.id for line in list_inbound(office, states=[InboundState.HELD], limit=9)] == [4]


def test_what_staff_decide_while_a_mail_is_read_again_stands(office: Deps) -> None:
    class Slow(OtherRules):
        def read(self, raw: bytes) -> InboundMail | Unreadable:
            if b"I am no spam." in raw:
                discard_mail(office, 4, by=LI, now=office.now())
            return super().read(raw)

    replayed(office, Slow(), is_dry=False)

    assert rows(office.db, "inbound")[3]["state"] == InboundState.DISCARDED.value
