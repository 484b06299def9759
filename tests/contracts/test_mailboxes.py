"""What every ``Mailbox`` keeps to: held against the one tests use and the one that speaks IMAP, so they are alike.

The IMAP server is a real one, with all its abilities and with none of those that came after RFC 3501.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from liju_contact.domain.errors import MailboxTrouble
from liju_contact.mail.imap import ImapMailbox
from liju_contact.usecases.mailbox import Mailbox
from tests.mail.imap_server import Abilities, ImapServer
from tests.usecases.mailboxes import FakeMailbox

ONE, TWO = b"Subject: one\r\n\r\n1\r\n", b"Subject: two\r\n\r\n\xd6\xd0\xce\xc4 and \0 and \xff\r\n"
PLAIN_IMAP = Abilities(without=("IDLE", "MOVE", "UIDPLUS"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A mailbox with ``ONE`` and ``TWO``, and what somebody else sees of it and does to it."""

    mailbox: Mailbox
    append: Callable[[bytes], None]
    remove: Callable[[int], None]
    renew: Callable[[], None]
    contents: Callable[[], list[tuple[bytes, bool]]]  # raw bytes and whether it was seen
    moved: Callable[[], list[bytes]]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, ImapServer]]:
    with ImapServer() as able, ImapServer(PLAIN_IMAP) as plain:
        yield {"imap": able, "plain imap": plain}


@pytest.fixture(params=["keep", "seen", "delete", "move"])
def afterwards(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["fake", "imap", "plain imap"])
def case(request: pytest.FixtureRequest, servers: dict[str, ImapServer], afterwards: str) -> Iterator[Case]:
    made = _fake(afterwards) if request.param == "fake" else _real(servers[request.param], afterwards)
    yield made
    made.mailbox.close()


def test_mails_are_listed_after_a_uid_lowest_first(case: Case) -> None:
    case.mailbox.open()

    first, second = case.mailbox.uids_after(0)

    assert first < second
    assert case.mailbox.uids_after(first) == [second]
    assert case.mailbox.uids_after(second) == []
    assert case.mailbox.uids_after(second + 100) == []


def test_raw_bytes_come_as_they_are_and_stay_unseen(case: Case) -> None:
    case.mailbox.open()

    assert [case.mailbox.fetch(uid) for uid in case.mailbox.uids_after(0)] == [ONE, TWO]

    assert case.contents() == [(ONE, False), (TWO, False)]


def test_a_mail_that_is_gone_is_none(case: Case) -> None:
    case.mailbox.open()
    first, second = case.mailbox.uids_after(0)
    case.remove(first)
    case.mailbox.open()  # until then a server may go on showing what it has shown

    assert case.mailbox.fetch(first) is None
    assert case.mailbox.fetch(second) == TWO


def test_opening_again_shows_what_came_meanwhile(case: Case) -> None:
    validity = case.mailbox.open()
    last = case.mailbox.uids_after(0)[-1]
    case.append(b"Subject: three\r\n\r\n")

    assert case.mailbox.open() == validity
    [third] = case.mailbox.uids_after(last)
    assert case.mailbox.fetch(third) == b"Subject: three\r\n\r\n"


def test_a_mailbox_made_anew_has_another_uid_validity(case: Case) -> None:
    validity = case.mailbox.open()
    case.mailbox.close()
    case.renew()

    assert case.mailbox.open() != validity


def test_putting_away_does_what_the_settings_say_to_that_mail_alone(case: Case, afterwards: str) -> None:
    case.mailbox.open()
    first, second = case.mailbox.uids_after(0)

    case.mailbox.put_away(first)

    is_seen = afterwards == "seen"
    left = [] if afterwards in {"delete", "move"} else [(ONE, is_seen)]
    assert case.contents() == [*left, (TWO, False)]
    assert case.moved() == ([ONE] if afterwards == "move" else [])
    assert case.mailbox.fetch(second) == TWO


def test_what_was_to_leave_and_did_not_is_left_over(case: Case, afterwards: str) -> None:
    case.mailbox.open()
    first, second = case.mailbox.uids_after(0)
    leaves = afterwards in {"delete", "move"}

    assert case.mailbox.left_over(0) == []
    assert case.mailbox.left_over(first) == ([first] if leaves else [])
    assert case.mailbox.left_over(second) == ([first, second] if leaves else [])


def test_nothing_is_done_without_a_connection(case: Case) -> None:
    case.mailbox.open()
    case.mailbox.close()
    case.mailbox.close()

    for step in (lambda: case.mailbox.uids_after(0), lambda: case.mailbox.fetch(1), lambda: case.mailbox.wait(0)):
        with pytest.raises(MailboxTrouble):
            step()


def test_waiting_ends_in_time_when_nothing_comes(case: Case) -> None:
    case.mailbox.open()

    assert case.mailbox.wait(0.05) is False

    case.mailbox.open()
    assert len(case.mailbox.uids_after(0)) == 2


def _fake(afterwards: str) -> Case:
    fake = FakeMailbox(afterwards=afterwards)  # type: ignore[arg-type]  # one of the four above
    fake.append(ONE, TWO)
    return Case(
        mailbox=fake,
        append=fake.append,
        remove=fake.remove,
        renew=fake.renew,
        contents=lambda: [(raw, uid in fake.seen) for uid, raw in fake.mails.items()],
        moved=lambda: fake.moved,
    )


def _real(server: ImapServer, afterwards: str) -> Case:
    folder = server.new_folder([ONE, TWO])
    settings = server.settings(folder, afterwards=afterwards)
    return Case(
        mailbox=ImapMailbox(settings),
        append=lambda raw: server.append(folder, raw),
        remove=lambda uid: server.remove(folder, uid),
        renew=lambda: server.renew(folder),
        contents=lambda: server.contents(folder),
        moved=lambda: [raw for raw, _ in server.contents(settings.move_to)] if afterwards == "move" else [],
    )
