"""The IMAP mailbox against a real server: certificates, passwords, tokens, news while waiting, servers that die."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from imapclient import DELETED, IMAPClient

from liju_contact.domain.errors import MailboxTrouble
from liju_contact.mail.imap import ImapMailbox
from tests.mail.imap_server import CERTIFICATES, PASSWORD, USER, Abilities, ImapServer

MAIL = b"Subject: one\r\n\r\n1\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with ImapServer() as running:
        yield running


def printing(text: str) -> tuple[str, ...]:
    return sys.executable, "-c", text


def listed(mailbox: ImapMailbox) -> list[int]:
    try:
        mailbox.open()
        return mailbox.uids_after(0)
    finally:
        mailbox.close()


@pytest.mark.parametrize("security", ["starttls", "tls"])
class TestCertificates:
    def test_trusted_one_is_accepted(self, security: Any) -> None:
        with ImapServer(Abilities(security=security)) as secured:
            assert listed(ImapMailbox(secured.settings("INBOX"))) == []

    @pytest.mark.parametrize(
        ("certificate", "ca_file", "reason"),
        [
            ("localhost", None, "self-signed certificate"),
            ("elsewhere", CERTIFICATES / "elsewhere.pem", "Hostname mismatch"),
        ],
    )
    def test_wrong_one_is_trouble(self, security: Any, certificate: str, ca_file: Any, reason: str) -> None:
        with ImapServer(Abilities(security=security, certificate=certificate)) as secured:
            mailbox = ImapMailbox(secured.settings("INBOX", ca_file=ca_file))

            with pytest.raises(MailboxTrouble, match=reason):
                mailbox.open()


def test_password_is_not_said_when_starttls_is_not_offered(server: ImapServer) -> None:
    mailbox = ImapMailbox(server.settings("INBOX", security="starttls"))

    with pytest.raises(MailboxTrouble, match="STARTTLS"):
        mailbox.open()


def test_wrong_password_is_trouble_that_does_not_tell_it(server: ImapServer) -> None:
    mailbox = ImapMailbox(server.settings("INBOX", password="wrong guess"))

    with pytest.raises(MailboxTrouble, match=r"localhost:\d+, connecting: .*authentication") as caught:
        mailbox.open()

    assert "guess" not in str(caught.value)


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "XOAUTH2"])
class TestToken:
    def test_printed_by_the_command_signs_in(self, mechanism: str) -> None:
        with ImapServer(Abilities(mechanisms=(mechanism,))) as tokens:
            command = printing(f"print({PASSWORD!r}); print('a second line')")

            assert listed(ImapMailbox(tokens.settings("INBOX", password=None, token_command=command))) == []

    def test_that_is_wrong_is_trouble_that_does_not_tell_it(self, mechanism: str) -> None:
        with ImapServer(Abilities(mechanisms=(mechanism,))) as tokens:
            command = printing("print('outdated')")
            mailbox = ImapMailbox(tokens.settings("INBOX", password=None, token_command=command))

            with pytest.raises(MailboxTrouble) as caught:
                mailbox.open()

        assert "outdated" not in str(caught.value)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (printing("raise SystemExit(3)"), r"gave no token \(exit status 3\)"),
        (printing("print()"), r"gave no token \(exit status 0\)"),
        (("/nowhere/token",), "cannot be run: No such file or directory"),
    ],
)
def test_token_command_that_fails_is_trouble(server: ImapServer, command: tuple[str, ...], words: str) -> None:
    mailbox = ImapMailbox(server.settings("INBOX", password=None, token_command=command))

    with pytest.raises(MailboxTrouble, match=words):
        mailbox.open()


def test_missing_folder_is_trouble_that_names_it(server: ImapServer) -> None:
    mailbox = ImapMailbox(server.settings("No such folder"))

    with pytest.raises(MailboxTrouble, match="opening the folder No such folder"):
        listed(mailbox)


def test_folder_with_a_chinese_name_is_read(server: ImapServer) -> None:
    with server.person() as person:
        person.create_folder("询价 & 客户")
    server.append("询价 & 客户", MAIL)

    assert len(listed(ImapMailbox(server.settings("询价 & 客户")))) == 1


def test_server_that_is_not_there_is_trouble() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    mailbox = ImapMailbox(ImapServer(port=port).settings("INBOX"))

    with pytest.raises(MailboxTrouble, match="Connection refused"):
        mailbox.open()


def test_server_that_says_nothing_is_trouble_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mailbox = ImapMailbox(ImapServer(port=silent.getsockname()[1]).settings("INBOX", timeout_seconds=1))

        with pytest.raises(MailboxTrouble, match="timed out"):
            mailbox.open()


def test_large_mail_comes_whole(server: ImapServer) -> None:
    large = b"Subject: drawing\r\n\r\n" + b"0123456789" * 7 * 100_000 + b"\r\n.\r\n)\r\nA1 OK\r\n"
    mailbox = ImapMailbox(server.settings(server.new_folder([large])))
    mailbox.open()

    [uid] = mailbox.uids_after(0)
    assert mailbox.fetch(uid) == large
    mailbox.close()


class TestWaiting:
    def test_ends_at_once_when_mail_comes(self, server: ImapServer) -> None:
        folder = server.new_folder()
        mailbox = ImapMailbox(server.settings(folder))
        mailbox.open()
        assert mailbox.wait(0.01) is False
        later = threading.Timer(0.3, server.append, (folder, MAIL))
        later.start()
        began_at = time.monotonic()

        assert mailbox.wait(60) is True

        assert time.monotonic() - began_at < 30
        later.join()
        mailbox.open()
        assert len(mailbox.uids_after(0)) == 1
        mailbox.close()

    def test_half_a_line_is_news_and_the_rest_is_heard_on_a_new_connection(
        self, server: ImapServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = server.new_folder()
        mailbox = ImapMailbox(server.settings(folder))
        mailbox.open()

        def half(*_: object, **__: object) -> None:
            raise IMAPClient.AbortError("socket error: unterminated line: b'* 1 FETCH ('")

        with monkeypatch.context() as patch:
            patch.setattr(IMAPClient, "idle_check", half)
            has_news = mailbox.wait(60)
        server.append(folder, MAIL)
        mailbox.open()

        assert has_news
        assert len(mailbox.uids_after(0)) == 1
        mailbox.close()

    def test_ends_at_once_when_the_server_dies(self) -> None:
        with ImapServer() as mortal:
            mailbox = ImapMailbox(mortal.settings("INBOX"))
            mailbox.open()
            mailbox.wait(0.01)
        began_at = time.monotonic()

        try:
            has_news = mailbox.wait(60)
        except MailboxTrouble:
            has_news = True

        assert has_news
        assert time.monotonic() - began_at < 30
        with pytest.raises(MailboxTrouble):
            mailbox.open()
        mailbox.close()


def test_connection_that_the_server_ended_is_made_again_without_a_word() -> None:
    with ImapServer() as first:
        mailbox = ImapMailbox(first.settings("INBOX"))
        mailbox.open()
    with ImapServer(port=first.port):
        mailbox.open()

        assert mailbox.uids_after(0) == []
        mailbox.close()


def test_without_uidplus_a_mail_that_a_person_marked_is_not_expunged() -> None:
    with ImapServer(Abilities(without=("UIDPLUS", "MOVE"))) as plain:
        folder = plain.new_folder([MAIL, b"Subject: two\r\n\r\n"])
        mailbox = ImapMailbox(plain.settings(folder, afterwards="delete"))
        mailbox.open()
        first, second = mailbox.uids_after(0)
        with plain.person(folder) as person:
            person.add_flags([second], [DELETED])

        mailbox.put_away(first)
        assert len(plain.contents(folder)) == 2
        mailbox.put_away(second)

        assert plain.contents(folder) == []
        mailbox.close()


def test_folder_to_move_to_is_made_where_it_is_missing(server: ImapServer) -> None:
    folder = server.new_folder([MAIL])
    mailbox = ImapMailbox(server.settings(folder, afterwards="move", move_to="归档"))
    mailbox.open()

    mailbox.put_away(mailbox.uids_after(0)[0])

    assert server.contents("归档") == [(MAIL, False)]
    mailbox.close()


def test_name_tells_account_server_and_folder() -> None:
    mailbox = ImapMailbox(ImapServer().settings("INBOX"))

    assert mailbox.name == f"{USER} at localhost, folder INBOX"
