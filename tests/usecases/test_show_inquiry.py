"""An inquiry as staff read it: one line of time, why each piece is there, and a fixed number of queries."""

from __future__ import annotations

from typing import Any

import pytest

from liju_contact.domain.change import Change
from liju_contact.domain.delivery import DeliveryState
from liju_contact.domain.errors import NotFound
from liju_contact.domain.event import EventKind
from liju_contact.domain.inbound import HoldReason
from liju_contact.domain.person import Person, Role
from liju_contact.domain.priority import Priority
from liju_contact.store.staff import change_account
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.answer_at_desk import DeskAnswer, answer_at_desk, note_at_desk
from liju_contact.usecases.attend_inquiry import attend_inquiry, keep_what_was_typed
from liju_contact.usecases.change_inquiry import change_inquiry
from liju_contact.usecases.deliver_letters import deliver_letters
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.inquiry_sheet import (
    Folded,
    InquirySheet,
    Origin,
    SheetEvent,
    SheetLetter,
    SheetMail,
    SheetMessage,
    SheetNote,
)
from liju_contact.usecases.show_inquiry import show_inquiry
from liju_contact.usecases.show_status import show_status
from tests.conftest import Clock
from tests.staff_desk import account
from tests.store.statements import listening
from tests.usecases.mails import CUSTOMER, WANG, judged, letter_to, reply_to, with_staff
from tests.usecases.stories import NEW, REFUSED, ScriptedCarrier, opened, staged, submit

SECRET_NOTE = "They pay late: ask for 30 % first."


def sheet_of(deps: Deps, person: Person, reference: str, language: str = "en") -> InquirySheet:
    return show_inquiry(deps, person, reference, language=language, now=deps.now())


def answered(deps: Deps, person: Person, reference: str, body: str, **more: Any) -> None:
    seen = sheet_of(deps, person, reference)
    new = DeskAnswer(
        body=body, files=(), nonce=body, seen_message_id=seen.newest_message_id, version=seen.inquiry.version, **more
    )
    answer_at_desk(deps, person, reference, new, now=deps.now())


def told(sheet: InquirySheet) -> list[tuple[str, str]]:
    """Return what was said, by shape, without letters and events."""
    return [(line.shape.value, line.body) for line in sheet.lines if isinstance(line, SheetMessage | SheetNote)]


def test_everything_stands_on_one_line_of_time(deps: Deps, clock: Clock) -> None:
    deps = with_staff(deps)
    li, wang = account(deps), account(deps, WANG, name="Wang Fang")
    reference, key = opened(submit(deps))
    clock.move(minutes=1)
    note_at_desk(deps, wang, reference, body=SECRET_NOTE, nonce="n", now=deps.now())
    clock.move(minutes=1)
    answered(deps, li, reference, "Which voltage?")
    clock.move(minutes=1)
    add_customer_message(deps, reference, key, body="380 V", files=(), nonce="m", now=deps.now())
    clock.move(minutes=1)
    letter = letter_to(deps, CUSTOMER)
    judged(deps, reply_to(letter, CUSTOMER, "And 60 Hz"))

    sheet = sheet_of(deps, li, reference)

    assert told(sheet) == [
        ("message", NEW.message),
        ("note", SECRET_NOTE),
        ("message", "Which voltage?"),
        ("message", "380 V"),
        ("message", "And 60 Hz"),
    ]
    origins = [line.origin for line in sheet.lines if isinstance(line, SheetMessage | SheetNote)]
    assert origins == [Origin.FORM, Origin.DESK, Origin.DESK, Origin.STATUS_PAGE, Origin.MAIL]
    by_mail = [line for line in sheet.lines if isinstance(line, SheetMessage)][-1].mail
    assert by_mail is not None
    assert (by_mail.sender, by_mail.rule, by_mail.door.value) == (CUSTOMER, "key-address", "pipe")
    assert [line.at for line in sheet.lines] == sorted(line.at for line in sheet.lines)
    assert SECRET_NOTE not in repr(show_status(deps, reference, key, language="en", now=deps.now()))


@pytest.mark.parametrize("product_lines", [(), ("steam",)])
def test_the_number_of_queries_does_not_grow_with_the_inquiry(
    deps: Deps, clock: Clock, product_lines: tuple[str, ...]
) -> None:
    deps = with_staff(deps)
    li = account(deps, product_lines=product_lines)
    small, big = submit(deps, nonce="a", email="a@b.example"), submit(deps, files=(staged(deps, b"a drawing"),))
    for turn in ("one", "two", "three"):
        clock.move(minutes=1)
        answered(deps, li, big.reference, turn)
        note_at_desk(deps, li, big.reference, body=f"note {turn}", nonce=turn, now=deps.now())
        add_customer_message(
            deps, *opened(big), body=turn, files=(staged(deps, turn.encode()),), nonce=turn, now=deps.now()
        )
        judged(deps, reply_to(letter_to(deps, CUSTOMER), CUSTOMER, f"by mail {turn}"))
        submit(deps, nonce=turn)
    with listening(deps.db) as for_small:
        sheet_of(deps, li, small.reference)

    with listening(deps.db) as for_big:
        sheet = sheet_of(deps, li, big.reference)

    assert len(told(sheet)) == 13
    assert len(sheet.others) == 3
    assert (len(for_small), len(for_big)) == (20, 20)


def test_a_letter_that_did_not_arrive_is_told_with_the_words_of_the_server(deps: Deps) -> None:
    li = account(with_staff(deps))
    reference, _key = opened(submit(deps))
    deliver_letters(deps, ScriptedCarrier(script={CUSTOMER: [REFUSED]}), holder="w")

    [letter] = [
        line for line in sheet_of(deps, li, reference).lines if isinstance(line, SheetLetter) and line.is_in_trouble
    ]

    [delivery] = letter.deliveries
    assert (delivery.recipient, delivery.state, delivery.words) == (CUSTOMER, DeliveryState.REFUSED, "550 no such user")
    assert (delivery.can_be_resent, delivery.can_be_dropped, letter.is_small) == (True, True, False)


def test_small_events_in_a_row_are_folded(deps: Deps, clock: Clock) -> None:
    deps = with_staff(deps)
    li = account(deps)
    reference, _key = opened(submit(deps))
    deliver_letters(deps, ScriptedCarrier(), holder="w")
    clock.move(minutes=1)
    for priority in (Priority.HIGH, Priority.LOW, Priority.URGENT):
        change_inquiry(deps, li, reference, Change(priority=priority), version=None, now=deps.now())

    lines = sheet_of(deps, li, reference).lines

    assert [type(line) for line in lines] == [SheetMessage, Folded]
    [folded] = [line for line in lines if isinstance(line, Folded)]
    kinds = [piece.event.kind for piece in folded.pieces if isinstance(piece, SheetEvent)]
    assert kinds == [EventKind.PRIORITY_CHANGED] * 3


def test_a_held_mail_waits_on_the_line_with_its_reason(deps: Deps) -> None:
    deps = with_staff(deps)
    li = account(deps)
    reference, _key = opened(submit(deps))
    judged(deps, reply_to(letter_to(deps, CUSTOMER), "boss@usina.example", "I decide."))

    [held] = [line for line in sheet_of(deps, li, reference).lines if isinstance(line, SheetMail)]

    assert (held.waits, held.is_small, held.mail.reason) == (True, False, HoldReason.COLLEAGUE)


def test_a_draft_is_for_its_author_alone(deps: Deps) -> None:
    li, wang = account(deps), account(deps, WANG, name="Wang Fang")
    reference, _key = opened(submit(deps))
    keep_what_was_typed(deps, li, reference, kind="answer", body="Dear", version=1, now=deps.now())
    keep_what_was_typed(deps, li, reference, kind="answer", body="Dear Ana", version=1, now=deps.now())

    mine, theirs = sheet_of(deps, li, reference).drafts, sheet_of(deps, wang, reference).drafts

    assert {kind: draft.body for kind, draft in mine.items()} == {"answer": "Dear Ana"}
    assert theirs == {}
    keep_what_was_typed(deps, li, reference, kind="answer", body=" \n", version=1, now=deps.now())
    assert sheet_of(deps, li, reference).drafts == {}


def test_whoever_gave_no_sign_of_life_for_thirty_seconds_is_not_here(deps: Deps, clock: Clock) -> None:
    li, wang = account(deps), account(deps, WANG, name="Wang Fang")
    reference, _key = opened(submit(deps))

    attend_inquiry(deps, wang, reference, is_typing=True, now=deps.now())
    around = attend_inquiry(deps, li, reference, is_typing=False, now=deps.now())

    assert [(one.name, one.is_typing) for one in around.nearby] == [("Wang Fang", True)]
    assert [one.name for one in sheet_of(deps, li, reference).nearby] == ["Wang Fang"]
    assert [one.name for one in sheet_of(deps, wang, reference).nearby] == ["Li Wei"]
    clock.move(seconds=31)
    assert sheet_of(deps, li, reference).nearby == ()
    assert around.version == sheet_of(deps, li, reference).inquiry.version


def test_an_inquiry_of_another_product_line_is_not_found_nor_named(deps: Deps) -> None:
    li = account(deps, product_lines=["steam"])
    reference, _key = opened(submit(deps, nonce="foreign", product="vacuum-hot-water"))
    own, _key = opened(submit(deps, nonce="own"))

    with pytest.raises(NotFound):
        sheet_of(deps, li, reference)
    with pytest.raises(NotFound):
        attend_inquiry(deps, li, reference, is_typing=False, now=deps.now())
    with pytest.raises(NotFound):
        keep_what_was_typed(deps, li, reference, kind="answer", body="x", version=1, now=deps.now())
    assert sheet_of(deps, li, own).others == ()


def test_only_who_may_answer_is_offered_an_inquiry_and_who_has_it_is_still_named(deps: Deps) -> None:
    deps = with_staff(deps)
    li, chen = account(deps), account(deps, "chen@liju.example", name="Chen Jie")
    account(deps, "reader@liju.example", name="Reader", role=Role.READER)
    account(deps, WANG, name="Wang Fang", role=Role.READER)  # the settings name her; her account decides
    account(deps, "water@liju.example", name="Water", product_lines=["vacuum-hot-water"])
    reference, _key = opened(submit(deps, product="steam"))
    change_inquiry(deps, li, reference, Change(assignee=chen.address), version=None, now=deps.now())
    before = [colleague.name for colleague in sheet_of(deps, li, reference).colleagues]
    with deps.db.begin() as tx:
        change_account(tx, chen.id, role=Role.READER.value)

    after = sheet_of(deps, li, reference)

    assert before == ["Chen Jie", "Li Wei"]
    assert [colleague.name for colleague in after.colleagues] == ["Li Wei"]
    assert (after.inquiry.assignee, after.assignee) == (chen.address, "Chen Jie")


def test_what_a_quotation_waits_for_is_named(deps: Deps) -> None:
    li = account(deps)
    reference, _key = opened(submit(deps))

    missing = sheet_of(deps, li, reference).missing

    assert "pressure" in missing
    assert "capacity" not in missing
