"""What has had its time goes, batch by batch; what somebody waits for, or what the settings keep for good, stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from liju_contact.domain.change import Change
from liju_contact.domain.errors import NotFound
from liju_contact.domain.export import ExportFormat, ExportState
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.inquiry_list import ListQuery, View
from liju_contact.domain.person import Person
from liju_contact.store.drafts import Draft, keep_draft
from liju_contact.store.retention import Among, empty_letters, forget_inquiries, old_letters, old_spam
from liju_contact.usecases.ask_for_export import ask_for_export, fetch_export, list_exports
from liju_contact.usecases.change_inquiry import change_inquiry
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_to_retention import BATCH, Due, in_batches, keep_to_retention
from liju_contact.usecases.merge_inquiries import merge_inquiries
from liju_contact.usecases.tend_outbox import retry_delivery
from liju_contact.usecases.write_export import write_next_export
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import account
from tests.store.statements import listening
from tests.usecases.carried import carry_all
from tests.usecases.mails import CUSTOMER, EVERYWHERE, LI, PUBLIC, judged, letter_to, mail, reply_to, with_staff
from tests.usecases.stories import counts, rows, submit

_NOTHING = dict.fromkeys(
    (
        "closed_days",
        "spam_days",
        "loose_mail_days",
        "raw_mail_days",
        "letter_days",
        "draft_days",
    ),
    0,
)


@pytest.fixture
def office(deps: Deps) -> Deps:
    return with_staff(deps)


@pytest.fixture
def li(office: Deps) -> Person:
    return account(office, LI)


def keeping(deps: Deps, **days: int) -> Deps:
    """Return the parts with these times and everything else for good."""
    retention = replace(deps.settings.retention, **{**_NOTHING, **days})
    return replace(deps, settings=replace(deps.settings, retention=retention))


def retain(deps: Deps, **days: int) -> None:
    while keep_to_retention(keeping(deps, **days), now=deps.now()):
        pass


def put(deps: Deps, li: Person, reference: str, state: InquiryState) -> None:
    change_inquiry(deps, li, reference, Change(state=state), version=None, now=deps.now())


def references(deps: Deps) -> set[str]:
    return {str(row["reference"]) for row in rows(deps.db, "inquiry")}


@ONE_DATABASE
def test_the_shipped_settings_keep_inquiries_for_ten_years_and_spam_for_a_month(deps: Deps) -> None:
    keep = deps.settings.retention

    assert (keep.closed_days, keep.spam_days, keep.raw_mail_days, keep.request_days) == (3650, 30, 730, 14)


def test_old_closed_inquiries_and_spam_go_and_open_ones_stay(office: Deps, li: Person, clock: Clock) -> None:
    waiting, closed, spam = (submit(office, nonce=f"n{number}").reference for number in range(3))
    put(office, li, closed, InquiryState.CLOSED)
    put(office, li, spam, InquiryState.SPAM)
    clock.move(days=40)
    late = submit(office, nonce="late").reference
    put(office, li, late, InquiryState.CLOSED)

    retain(office, spam_days=30)
    after_spam = references(office)
    retain(office, closed_days=30)
    after_closed = references(office)
    clock.move(days=36_000)
    retain(office)

    assert after_spam == {waiting, closed, late}
    assert after_closed == references(office) == {waiting, late}
    assert counts(office.db)["message"] == 2


@ONE_DATABASE
def test_more_than_a_batch_goes_step_by_step(deps: Deps, clock: Clock) -> None:
    for number in range(BATCH + 1):
        submit(deps, nonce=f"n{number}")
    with deps.db.begin() as tx:
        tx.execute(text("UPDATE inquiry SET state = 'closed'"))
    clock.move(days=2)

    first = keep_to_retention(keeping(deps, closed_days=1), now=clock.now())
    left = len(references(deps))
    second = keep_to_retention(keeping(deps, closed_days=1), now=clock.now())

    assert (first, left, second, references(deps)) == (True, 1, False, set())


def test_a_merged_inquiry_goes_with_the_one_it_went_on_in_and_not_before(
    office: Deps, li: Person, clock: Clock
) -> None:
    source, target = submit(office, nonce="a", message="First"), submit(office, nonce="b", message="Second")
    merge_inquiries(office, li, source.reference, into=target.reference, now=office.now())
    clock.move(days=40)
    retain(office, closed_days=30)
    before = [row["body"] for row in rows(office.db, "message")]
    put(office, li, target.reference, InquiryState.CLOSED)
    clock.move(days=40)

    retain(office, closed_days=30)

    assert before == ["First", "Second"]
    assert references(office) == set()


def interrupted(look: Due, act: Callable[[], object]) -> Due:
    """Return what looks as ``look`` does, with somebody who acts just afterwards."""

    def due(tx: Connection, before: datetime, limit: int, among: Among = None) -> list[int]:
        found = look(tx, before, limit, among)
        if among is None:
            act()
        return found

    return due


def test_an_inquiry_taken_up_between_looking_and_forgetting_stays(office: Deps, li: Person, clock: Clock) -> None:
    spam, none = (submit(office, nonce=nonce).reference for nonce in ("spam", "none"))
    for reference in (spam, none):
        put(office, li, reference, InquiryState.SPAM)
    clock.move(days=40)

    due = interrupted(old_spam, lambda: put(office, li, none, InquiryState.OPEN))
    in_batches(due, forget_inquiries)(office, clock.at - timedelta(days=30))

    assert references(office) == {none}


def test_a_letter_sent_once_more_between_looking_and_emptying_stays(office: Deps, clock: Clock) -> None:
    submit(office)
    carry_all(office)
    again, *others = rows(office.db, "delivery")
    clock.move(days=100)

    due = interrupted(old_letters, lambda: retry_delivery(office, again["id"], now=office.now()))
    in_batches(due, empty_letters)(office, clock.at - timedelta(days=90))

    texts = {row["id"]: row["text"] for row in rows(office.db, "letter")}
    assert texts[again["letter_id"]]
    assert [texts[row["letter_id"]] for row in others if row["letter_id"] != again["letter_id"]] == [""]


@ONE_DATABASE
def test_what_has_had_its_time_is_found_by_its_index(office: Deps) -> None:
    with listening(office.db) as said:
        keep_to_retention(office, now=office.now())

    looked = [statement for statement in said if statement.startswith("SELECT")]
    with office.db.read() as tx:
        plans = [explained(tx, statement) for statement in looked]
    assert len(plans) >= len({"closed", "answered", "spam", "loose mail", "raw mail", "letters"})
    assert [plan for plan in plans if plan.startswith("SCAN")] == []


def explained(tx: Connection, statement: str) -> str:
    values = (None,) * statement.count("?")
    return "\n".join(str(row[-1]) for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))


def test_raw_mail_and_letters_are_emptied_and_what_they_became_stays(office: Deps, clock: Clock) -> None:
    submit(office)
    carry_all(office)
    judged(office, reply_to(letter_to(office, CUSTOMER), CUSTOMER, "And the price?", places=EVERYWHERE))
    queued = [row["id"] for row in rows(office.db, "delivery") if row["state"] == "queued"]
    sent = next(row for row in rows(office.db, "delivery") if row["state"] == "delivered")
    clock.move(days=100)

    retain(office, raw_mail_days=90, letter_days=90)

    mails: list[dict[str, Any]] = rows(office.db, "inbound")
    texts = {row["letter_id"]: letter["text"] for letter in rows(office.db, "letter") for row in _of(office, letter)}
    assert [row["bytes_count"] for row in mails] == [0]
    assert [row["body"].splitlines()[0] for row in rows(office.db, "inbound_text")] == ["And the price?"]
    assert texts[sent["letter_id"]] == ""
    assert all(texts[row["letter_id"]] for row in rows(office.db, "delivery") if row["id"] in queued)
    with pytest.raises(NotFound):
        retry_delivery(office, sent["id"], now=office.now())


def _of(deps: Deps, letter: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in rows(deps.db, "delivery") if row["letter_id"] == letter["id"]]


def test_mail_that_belongs_to_nothing_goes_and_what_is_held_stays(office: Deps, clock: Clock) -> None:
    judged(office, mail("news@list.example", PUBLIC, "Buy now", Auto_Submitted="auto-generated"))
    held = judged(office, mail(LI, PUBLIC, "Without any key"))
    clock.move(days=100)

    retain(office, loose_mail_days=90)

    assert held["state"] == "held"
    assert [row["id"] for row in rows(office.db, "inbound")] == [held["id"]]


@ONE_DATABASE
def test_drafts_that_were_never_sent_go(office: Deps, li: Person, clock: Clock) -> None:
    submit(office)
    with office.db.begin() as tx:
        keep_draft(tx, 1, li.id, Draft(kind="note", body="?", version=1, changed_at=office.now()))
    clock.move(days=100)

    retain(office, draft_days=90)

    assert rows(office.db, "draft") == []


def test_a_list_that_is_being_written_while_something_goes_is_written_anew(
    office: Deps, li: Person, clock: Clock
) -> None:
    """It was asked for and nobody was told otherwise; one that is whole already goes with what it holds."""
    stays, goes = (submit(office, nonce=f"n{number}").reference for number in range(2))
    put(office, li, goes, InquiryState.SPAM)
    clock.move(days=40)
    wanted: dict[str, Any] = {"query": ListQuery(view=View.ALL), "references": [], "format_": ExportFormat.CSV}
    for _number in range(3):
        ask_for_export(office, li, **wanted, language="en", now=office.now())
    assert write_next_export(office, holder="tests")

    def retained() -> bool:
        retain(office, spam_days=30)
        return False

    assert write_next_export(office, holder="tests", is_stopping=retained)

    assert [export.state for export in list_exports(office, li)] == [ExportState.WAITING] * 2
    assert [write_next_export(office, holder="tests") for _number in range(3)] == [True, True, False]
    for export in list_exports(office, li):
        content = b"".join(fetch_export(office, li, export.id).chunks).decode()
        assert (stays in content, goes in content) == (True, False)
