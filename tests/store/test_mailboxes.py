"""A mailbox's position and trouble, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from liju_contact.store.database import Database
from liju_contact.store.mailboxes import (
    SILENT_AFTER,
    FetchingTrouble,
    Position,
    fetching_trouble,
    keep_position,
    note_alarmed,
    note_failure,
    note_fetched,
    note_stepped_over,
    position_in,
)
from tests.conftest import Clock
from tests.usecases.stories import rows

BOX = "inquiry at there.example, folder INBOX"


def trouble_at(db: Database, now: datetime, mailboxes: tuple[str, ...] = (BOX,)) -> list[FetchingTrouble]:
    with db.read() as tx:
        return fetching_trouble(tx, now, mailboxes=mailboxes)


def test_mailbox_never_fetched_has_a_position_no_server_has(db: Database) -> None:
    with db.read() as tx:
        assert position_in(tx, BOX) == Position(uid_validity=0, last_uid=0)


def test_position_is_kept_by_mailbox_with_the_largest_uids(db: Database, clock: Clock) -> None:
    first, largest = Position(uid_validity=1, last_uid=1), Position(uid_validity=2**32 - 1, last_uid=2**32 - 1)

    with db.begin() as tx:
        keep_position(tx, BOX, first, clock.at)
        keep_position(tx, BOX, largest, clock.at)
        keep_position(tx, "another", first, clock.at)

    with db.read() as tx:
        assert position_in(tx, BOX) == largest
        assert position_in(tx, "another") == first


def test_position_rolls_back_with_what_it_belongs_to(db: Database, clock: Clock) -> None:
    def store_and_crash() -> None:
        with db.begin() as tx:
            keep_position(tx, BOX, Position(uid_validity=1, last_uid=1), clock.at)
            raise KeyError

    with pytest.raises(KeyError):
        store_and_crash()

    assert rows(db, "mailbox") == []


def test_failure_keeps_the_time_it_began_and_the_latest_words(db: Database, clock: Clock) -> None:
    began_at = clock.at
    with db.begin() as tx:
        note_failure(tx, BOX, "no route to host", clock.at)
    clock.move(minutes=3)
    with db.begin() as tx:
        note_failure(tx, BOX, "wrong password", clock.at)

    assert trouble_at(db, clock.at) == [
        FetchingTrouble(mailbox=BOX, fetched_at=None, failing_since=began_at, alarmed_at=None, words="wrong password")
    ]


def test_success_ends_failure_and_forgets_that_it_was_told(db: Database, clock: Clock) -> None:
    with db.begin() as tx:
        keep_position(tx, BOX, Position(uid_validity=7, last_uid=8), clock.at)
        note_failure(tx, BOX, "no route to host", clock.at)
        note_alarmed(tx, BOX, clock.at)
        note_fetched(tx, BOX, clock.at)

    [row] = rows(db, "mailbox")
    assert row == {
        "name": BOX,
        "uid_validity": 7,
        "last_uid": 8,
        "fetched_at": clock.at,
        "failing_since": None,
        "alarmed_at": None,
        "words": "",
    }


def test_words_about_a_mail_stepped_over_outlast_rounds_that_go_well(db: Database, clock: Clock) -> None:
    with db.begin() as tx:
        note_stepped_over(tx, BOX, "mail 7 could not be fetched")
        note_fetched(tx, BOX, clock.at)

    assert rows(db, "mailbox")[0]["words"] == "mail 7 could not be fetched"
    assert trouble_at(db, clock.at) == []


def test_silence_is_trouble_after_a_while(db: Database, clock: Clock) -> None:
    fetched_at = clock.at
    with db.begin() as tx:
        note_fetched(tx, BOX, fetched_at)

    assert trouble_at(db, fetched_at + SILENT_AFTER) == []
    [silent] = trouble_at(db, fetched_at + SILENT_AFTER + timedelta(seconds=1))
    assert (silent.failing_since, silent.since) == (None, fetched_at)


def test_a_mailbox_that_is_not_asked_about_is_no_trouble(db: Database, clock: Clock) -> None:
    with db.begin() as tx:
        note_failure(tx, "an earlier one", "gone", clock.at)

    assert trouble_at(db, clock.at) == []
    assert trouble_at(db, clock.at, ()) == []
