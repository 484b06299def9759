"""The fetching thread: news at once, trouble noted and survived, and an end within two seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from liju_contact.domain.errors import MailboxTrouble
from liju_contact.mail.imap import ImapMailbox
from liju_contact.processes.mail_fetcher import MailFetcher
from liju_contact.processes.side_thread import STOP_SECONDS
from liju_contact.processes.worker import Stopping
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.mailbox import Mailbox
from tests.mail.imap_server import ImapServer
from tests.program import wait_for
from tests.usecases.mailboxes import FakeMailbox
from tests.usecases.stories import rows

MAIL = b"Subject: one\r\n\r\n1\r\n"


@contextmanager
def fetching(deps: Deps, mailbox: Mailbox, *, every_seconds: float = 60, pause_seconds: float = 0.01) -> Iterator[None]:
    stopping = Stopping()
    fetcher = MailFetcher(deps, stopping, mailbox, every_seconds, pause_seconds)
    fetcher.start()
    try:
        yield
    finally:
        stopping.set()
        began_at = time.monotonic()
        fetcher.join()
        assert time.monotonic() - began_at < STOP_SECONDS, "it did not end in time"


def wait_for_mails(deps: Deps, count: int) -> None:
    wait_for(lambda: len(rows(deps.db, "inbound")) == count, seconds=10, what=f"{count} mails")


def test_mail_is_fetched_when_it_comes_and_the_server_says_so(deps: Deps) -> None:
    with ImapServer() as server:
        folder = server.new_folder([MAIL])
        with fetching(deps, ImapMailbox(server.settings(folder, afterwards="delete"))):
            wait_for_mails(deps, 1)
            server.append(folder, b"Subject: two\r\n\r\n")
            wait_for_mails(deps, 2)
            wait_for(lambda: not server.contents(folder), seconds=10, what="an empty folder")


def test_a_server_that_comes_back_is_fetched_from_again(deps: Deps) -> None:
    with ImapServer() as first:
        mailbox = ImapMailbox(first.settings("INBOX"))
        with fetching(deps, mailbox, every_seconds=0.1):
            wait_for(lambda: rows(deps.db, "mailbox"), seconds=10, what="a first round")
            first.stop()
            wait_for(lambda: rows(deps.db, "mailbox")[0]["failing_since"], seconds=10, what="trouble to be noted")

            with ImapServer(port=first.port) as second:
                second.append("INBOX", MAIL)
                wait_for_mails(deps, 1)
                wait_for(
                    lambda: rows(deps.db, "mailbox")[0]["failing_since"] is None, seconds=10, what="trouble to end"
                )


@pytest.mark.parametrize("error", [MailboxTrouble("no route to host"), RuntimeError("nobody foresaw this")])
def test_whatever_goes_wrong_is_noted_and_does_not_end_it(deps: Deps, error: Exception) -> None:
    mailbox = FakeMailbox()
    mailbox.append(MAIL)

    def fail(_step: str) -> None:
        raise error

    mailbox.when = fail
    with fetching(deps, mailbox):
        wait_for(lambda: rows(deps.db, "mailbox"), seconds=10, what="trouble to be noted")
        assert str(error) in rows(deps.db, "mailbox")[0]["words"]
        mailbox.when = lambda _step: None
        wait_for_mails(deps, 1)


def test_pauses_grow_with_trouble_and_are_short_again_after_success(deps: Deps) -> None:
    pauses: list[float] = []
    mailbox = FakeMailbox()

    class Counting(Stopping):
        def wait(self, seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 6:  # from now on it can be fetched, and the line breaks while waiting
                mailbox.when = break_while_waiting
            if len(pauses) == 8:
                self.set()

    def fail(_step: str) -> None:
        raise MailboxTrouble("no route to host")

    def break_while_waiting(step: str) -> None:
        if step == "wait":
            fail(step)

    mailbox.when = fail
    MailFetcher(deps, Counting(), mailbox, every_seconds=60).run()

    assert pauses == [5, 10, 20, 40, 60, 60, 5, 5]
