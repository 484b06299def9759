"""Fetching: each mail is stored once, whatever breaks between fetching, storing and putting away."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from liju_contact.config_mail import ImapSettings
from liju_contact.domain.errors import MailboxTrouble, StoreBusy
from liju_contact.store.files import CHUNK_BYTES, chunks
from liju_contact.store.mailboxes import SILENT_AFTER
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.fetch_mail import (
    FAILING_AFTER,
    alarm_of_mailboxes,
    fetch_mail,
    mailbox_name,
    mailboxes_failing,
    mailboxes_in_trouble,
    note_trouble,
)
from tests.conftest import Clock
from tests.usecases.mailboxes import FakeMailbox, PowerCut
from tests.usecases.stories import rows

IMAP = ImapSettings(
    host="there.example",
    port=993,
    security="tls",
    username="inquiry",
    password="x",
    token_command=(),
    ca_file=None,
    folder="INBOX",
    afterwards="delete",
    move_to="Done",
    poll_seconds=60,
    timeout_seconds=30,
)
ONE, TWO, THREE = (f"Subject: {word}\r\n\r\n{word}\r\n".encode() for word in ("one", "two", "three"))
AWAY = ["delete", "move"]


@pytest.fixture
def deps(deps: Deps) -> Deps:
    """The program with a mailbox in its settings; it does not really pause."""
    inbound = replace(deps.settings.inbound, imap=IMAP)
    return replace(deps, settings=replace(deps.settings, inbound=inbound), pause=lambda _seconds: None)


def fetch(deps: Deps, mailbox: FakeMailbox) -> int:
    return fetch_mail(deps, mailbox, is_stopping=lambda: False)


def stored(deps: Deps) -> list[bytes]:
    """Return the raw bytes of every entry, in the order they came, after holding them against their digests."""
    raws = []
    for row in rows(deps.db, "inbound"):
        with deps.db.read() as tx:
            raw = b"".join(chunks(tx, row["blob_id"]))
        assert hashlib.sha256(raw).hexdigest() == row["sha256"]
        raws.append(raw)
    return raws


def last_uid(deps: Deps) -> int:
    [row] = rows(deps.db, "mailbox")
    assert isinstance(row["last_uid"], int)
    return row["last_uid"]


def alarms(deps: Deps) -> list[str]:
    return [row["text"] for row in rows(deps.db, "letter") if row["kind"] == "alarm"]


def box(*raws: bytes, **changes: Any) -> FakeMailbox:
    mailbox = FakeMailbox(name=mailbox_name(IMAP), **changes)
    mailbox.append(*raws)
    return mailbox


def test_new_mails_are_stored_raw_and_in_order(deps: Deps) -> None:
    mailbox = box(ONE, b"\xff\0 no mail at all", THREE)

    assert fetch(deps, mailbox) == 3

    assert stored(deps) == [ONE, b"\xff\0 no mail at all", THREE]
    [row, *_] = rows(deps.db, "inbound")
    assert (row["door"], row["envelope_sender"], row["envelope_recipients"]) == ("imap", None, [])


def test_kept_mails_are_fetched_once(deps: Deps) -> None:
    mailbox = box(ONE, TWO)
    fetch(deps, mailbox)
    mailbox.append(THREE)
    mailbox.steps.clear()

    assert fetch(deps, mailbox) == 1

    assert mailbox.steps == ["open", "list after 2", "fetch 3", "put away 3", "list up to 2"]
    assert stored(deps) == [ONE, TWO, THREE]


def test_the_same_bytes_twice_are_one_entry_and_both_are_put_away(deps: Deps) -> None:
    mailbox = box(ONE, ONE, afterwards="delete")

    assert fetch(deps, mailbox) == 1

    assert stored(deps) == [ONE]
    assert mailbox.mails == {}


@pytest.mark.parametrize("bytes_count", [CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7])
def test_a_large_mail_is_stored_whole(deps: Deps, bytes_count: int) -> None:
    large = (b"0123456789abcde\n" * (bytes_count // 16 + 1))[:bytes_count]
    mailbox = box(large, afterwards="delete")

    fetch(deps, mailbox)

    assert stored(deps) == [large]
    assert mailbox.mails == {}


def test_a_mail_above_the_size_limit_is_stored_all_the_same(deps: Deps) -> None:
    small = replace(deps.settings.inbound, size_limit_bytes=10)
    fetch(replace(deps, settings=replace(deps.settings, inbound=small)), box(ONE))

    assert stored(deps) == [ONE]


@pytest.mark.parametrize("afterwards", AWAY)
@pytest.mark.parametrize("step", ["fetch 2", "put away 2", "fetch 3", "list up to 0"])
def test_a_crash_at_any_step_loses_and_doubles_nothing(deps: Deps, afterwards: str, step: str) -> None:
    mailbox = box(ONE, TWO, THREE, afterwards=afterwards)

    def cut(reached: str) -> None:
        if reached == step:
            raise PowerCut

    mailbox.when = cut
    with pytest.raises(PowerCut):
        fetch(deps, mailbox)
    mailbox.when = lambda _step: None
    mailbox.close()

    fetch(deps, mailbox)

    assert stored(deps) == [ONE, TWO, THREE]
    assert mailbox.mails == {}
    assert sorted(mailbox.moved) == (sorted([ONE, TWO, THREE]) if afterwards == "move" else [])


def test_nothing_is_put_away_that_could_not_be_stored(deps: Deps) -> None:
    mailbox, url = box(ONE, afterwards="delete"), deps.db.url

    def take_the_database_away(step: str) -> None:
        if step == "fetch 1":
            deps.db.close()
            deps.db.url = "postgresql+psycopg://127.0.0.1:1/none"

    mailbox.when = take_the_database_away
    with pytest.raises(StoreBusy):
        fetch(deps, mailbox)
    deps.db.close()
    deps.db.url = url

    assert mailbox.mails == {1: ONE}
    assert stored(deps) == []


def test_a_mailbox_that_counts_anew_is_read_again_and_doubles_nothing(deps: Deps) -> None:
    mailbox = box(ONE, TWO)
    fetch(deps, mailbox)
    mailbox.renew()
    mailbox.append(THREE)
    mailbox.mails = {1: ONE, 2: TWO, 3: THREE}

    assert fetch(deps, mailbox) == 1

    assert stored(deps) == [ONE, TWO, THREE]
    assert rows(deps.db, "mailbox")[0]["uid_validity"] == mailbox.uid_validity


def test_a_mail_that_is_gone_when_its_turn_comes_is_no_trouble(deps: Deps) -> None:
    mailbox = box(ONE, TWO)

    def remove(step: str) -> None:
        if step == "fetch 1":
            mailbox.remove(1)

    mailbox.when = remove

    assert fetch(deps, mailbox) == 1

    assert stored(deps) == [TWO]
    assert mailboxes_failing(deps, deps.now()) == []


def test_stopping_ends_a_round_between_two_mails(deps: Deps) -> None:
    mailbox = box(ONE, TWO, THREE)

    fetched = fetch_mail(deps, mailbox, is_stopping=lambda: "put away 1" in mailbox.steps)

    assert fetched == 1
    assert last_uid(deps) == 1


class TestAMailThatCannotBeFetched:
    def test_is_stepped_over_and_told_when_the_next_one_can(self, deps: Deps) -> None:
        mailbox = box(ONE, TWO, THREE, failing={2})

        assert fetch(deps, mailbox) == 2

        assert stored(deps) == [ONE, THREE]
        assert mailbox.steps.count("fetch 2") == 3
        assert mailbox.steps.count("open") == 1 + 3
        [row] = rows(deps.db, "mailbox")
        assert (row["last_uid"], row["failing_since"]) == (3, None)
        assert "Mail 2 of inquiry at there.example, folder INBOX could not be fetched" in row["words"]
        [alarm] = alarms(deps)
        assert "the server stumbles over mail 2" in " ".join(alarm.split())

    def test_is_told_once_and_stays_in_the_mailbox(self, deps: Deps) -> None:
        mailbox = box(ONE, TWO, afterwards="delete", failing={1})
        fetch(deps, mailbox)

        fetch(deps, mailbox)

        assert mailbox.mails == {1: ONE}
        assert len(alarms(deps)) == 1
        assert stored(deps) == [TWO]

    def test_is_stored_and_put_away_once_it_can_be_fetched(self, deps: Deps) -> None:
        mailbox = box(ONE, TWO, afterwards="delete", failing={1})
        fetch(deps, mailbox)
        mailbox.failing.clear()

        fetch(deps, mailbox)

        assert stored(deps) == [TWO, ONE]
        assert mailbox.mails == {}

    def test_is_not_stepped_over_while_no_other_can_be_fetched(self, deps: Deps) -> None:
        mailbox = box(ONE, TWO, THREE, failing={2, 3})

        with pytest.raises(MailboxTrouble):
            fetch(deps, mailbox)

        assert last_uid(deps) == 1
        assert alarms(deps) == []
        [trouble] = mailboxes_failing(deps, deps.now())
        assert trouble.words == "the server stumbles over mail 3"
        mailbox.failing.clear()
        assert fetch(deps, mailbox) == 2
        assert stored(deps) == [ONE, TWO, THREE]

    def test_ends_the_round_when_there_are_ten_in_a_row(self, deps: Deps) -> None:
        mailbox = box(*(b"%d" % number for number in range(12)), failing=set(range(1, 12)))

        with pytest.raises(MailboxTrouble):
            fetch(deps, mailbox)

        assert "fetch 11" not in mailbox.steps
        assert stored(deps) == []

    def test_is_tried_again_when_the_network_fails_meanwhile(self, deps: Deps) -> None:
        mailbox = box(ONE, TWO, failing={1})

        def cut_off(step: str) -> None:
            if step == "open" and "fetch 1" in mailbox.steps:
                raise MailboxTrouble("no route to host")

        mailbox.when = cut_off
        with pytest.raises(MailboxTrouble, match="no route to host"):
            fetch(deps, mailbox)
        mailbox.when = lambda _step: None
        mailbox.failing.clear()

        assert fetch(deps, mailbox) == 2
        assert alarms(deps) == []


class TestPuttingAwayFails:
    def test_new_mails_are_stored_all_the_same(self, deps: Deps) -> None:
        mailbox = box(ONE, TWO, THREE, afterwards="move")

        def refuse(step: str) -> None:
            if step.startswith("put away"):
                raise MailboxTrouble("no such folder: Done")

        mailbox.when = refuse
        with pytest.raises(MailboxTrouble, match="no such folder"):
            fetch(deps, mailbox)

        assert stored(deps) == [ONE, TWO, THREE]
        [trouble] = mailboxes_failing(deps, deps.now())
        assert trouble.words == "no such folder: Done"
        mailbox.when = lambda _step: None
        assert fetch(deps, mailbox) == 0
        assert (mailbox.mails, mailbox.moved) == ({}, [ONE, TWO, THREE])


class TestAlarm:
    def fail(self, deps: Deps) -> None:
        mailbox = box()

        def refuse(_step: str) -> None:
            raise MailboxTrouble("there.example:993, connecting: no route to host")

        mailbox.when = refuse
        with pytest.raises(MailboxTrouble):
            fetch(deps, mailbox)

    def test_is_raised_once_after_ten_minutes_of_failing(self, deps: Deps, clock: Clock) -> None:
        self.fail(deps)
        clock.at += FAILING_AFTER
        self.fail(deps)
        assert alarm_of_mailboxes(deps, now=clock.at) == 0

        clock.move(seconds=1)

        assert [trouble.words for trouble in mailboxes_in_trouble(deps, clock.at)] == [
            "there.example:993, connecting: no route to host"
        ]
        assert alarm_of_mailboxes(deps, now=clock.at) == 1
        clock.move(hours=5)
        self.fail(deps)
        assert alarm_of_mailboxes(deps, now=clock.at) == 0
        [alarm] = alarms(deps)
        assert "since 2026-11-23 02:00 UTC" in " ".join(alarm.split())
        assert "no route to host" in " ".join(alarm.split())

    def test_is_raised_again_when_it_fails_again(self, deps: Deps, clock: Clock) -> None:
        for _ in range(2):
            self.fail(deps)
            clock.move(minutes=11)
            assert alarm_of_mailboxes(deps, now=clock.at) == 1
            fetch(deps, box())

        assert len(alarms(deps)) == 2

    def test_is_raised_within_15_minutes_when_nothing_is_heard(self, deps: Deps, clock: Clock) -> None:
        fetch(deps, box())
        clock.at += SILENT_AFTER + timedelta(seconds=1)

        assert alarm_of_mailboxes(deps, now=clock.at) == 1

        assert timedelta(minutes=15) > SILENT_AFTER + timedelta(seconds=1)
        assert len(alarms(deps)) == 1
        fetch(deps, box())
        assert mailboxes_failing(deps, clock.at) == []

    def test_is_not_raised_for_a_mailbox_of_an_earlier_configuration(self, deps: Deps, clock: Clock) -> None:
        note_trouble(deps, "an earlier one", "gone")
        clock.move(hours=1)

        assert mailboxes_failing(deps, clock.at) == []
        assert alarm_of_mailboxes(deps, now=clock.at) == 0

    def test_is_not_raised_without_a_mailbox(self, deps: Deps, clock: Clock) -> None:
        self.fail(deps)
        clock.move(hours=1)
        without = replace(deps.settings, inbound=replace(deps.settings.inbound, imap=None))

        assert alarm_of_mailboxes(replace(deps, settings=without), now=clock.at) == 0
