"""LMTP over real sockets, in a process of its own: an answer for each recipient, and only after the mail is kept."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from liju_contact.domain.errors import StartRefused, StoreBusy
from liju_contact.mail.lmtp import open_listener, run_lmtp
from tests.program import wait_for

MAIL = b"Subject: one\r\n\r\n.a dot\r\n\xd6\xd0\xce\xc4\r\n"
SENDER, FIRST, SECOND = "ana@there.example", "inquiry+key@liju.example", "sales@liju.example"
LIMIT = 2_000_000


def keep(folder: Path, raw: bytes, sender: str, recipients: list[str]) -> None:
    """Keep a mail in a file, its envelope above it; what the subject says may go wrong."""
    if b"Subject: busy" in raw:
        raise StoreBusy("The database is locked by another process.")
    if b"Subject: bug" in raw:
        raise KeyError("nobody foresaw this")
    if b"Subject: slow" in raw:
        time.sleep(0.5)
    (folder / str(len(list(folder.iterdir())))).write_bytes(f"{' '.join([sender, *recipients])}\n".encode() + raw)


def serve(listen: str, folder: Path) -> None:
    def deliver(raw: bytes, sender: str, recipients: list[str]) -> None:
        keep(folder, raw, sender, recipients)

    run_lmtp(listen, deliver, size_limit_bytes=LIMIT)


@contextmanager
def serving(listen: str, folder: Path) -> Iterator[BaseProcess]:
    process = get_context("forkserver").Process(target=serve, args=(listen, folder))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join(10)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kept = tmp_path / "kept"
    kept.mkdir()
    return kept


@pytest.fixture
def listen(tmp_path: Path) -> str:
    return f"unix:{tmp_path / 'lmtp'}"


@pytest.fixture
def client(listen: str, folder: Path) -> Iterator[smtplib.LMTP]:
    with serving(listen, folder), connected(listen) as connection:
        yield connection


def connected(listen: str) -> smtplib.LMTP:
    path = listen.removeprefix("unix:")
    wait_for(lambda: can_connect(path), seconds=10, what="the socket")
    return smtplib.LMTP(path)


def can_connect(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as asking:
        return asking.connect_ex(path) == 0


def answers(client: smtplib.LMTP, mail: bytes, recipients: int = 1) -> list[int]:
    """Send what follows the recipients and return the code of each answer; smtplib itself reads only one."""
    client.putcmd("DATA")
    assert client.getreply()[0] == 354
    quoted = mail.replace(b"\r\n.", b"\r\n..")
    client.send(quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n") + b".\r\n")
    return [client.getreply()[0] for _ in range(recipients)]


def begin(client: smtplib.LMTP, *recipients: str, sender: str = SENDER) -> list[int]:
    client.ehlo_or_helo_if_needed()
    return [client.mail(sender)[0], *(client.rcpt(recipient)[0] for recipient in recipients)]


def kept(folder: Path) -> list[tuple[str, bytes]]:
    """Return envelope and raw bytes of every mail, in the order they came."""
    parted = [path.read_bytes().partition(b"\n") for path in sorted(folder.iterdir())]
    return [(envelope.decode(), raw) for envelope, _, raw in parted]


def test_mail_is_kept_byte_for_byte_with_its_envelope(client: smtplib.LMTP, folder: Path) -> None:
    assert client.sendmail(SENDER, [FIRST], MAIL) == {}

    assert kept(folder) == [(f"{SENDER} {FIRST}", MAIL)]


def test_each_recipient_has_an_answer_and_the_mail_is_kept_once(client: smtplib.LMTP, folder: Path) -> None:
    assert begin(client, FIRST, SECOND) == [250, 250, 250]

    assert answers(client, MAIL, recipients=2) == [250, 250]

    assert client.noop()[0] == 250
    assert kept(folder) == [(f"{SENDER} {FIRST} {SECOND}", MAIL)]


def test_null_sender_is_empty(client: smtplib.LMTP, folder: Path) -> None:
    client.sendmail("", [FIRST], MAIL)

    assert kept(folder) == [(f" {FIRST}", MAIL)]


@pytest.mark.parametrize("subject", [b"busy", b"bug"])
def test_mail_that_cannot_be_stored_is_asked_for_again(client: smtplib.LMTP, folder: Path, subject: bytes) -> None:
    begin(client, FIRST, SECOND)

    assert answers(client, b"Subject: " + subject + b"\r\n\r\n", recipients=2) == [451, 451]

    assert begin(client, FIRST) == [250, 250]
    assert answers(client, MAIL) == [250]
    assert kept(folder) == [(f"{SENDER} {FIRST}", MAIL)]


def test_limit_is_announced_and_a_larger_mail_refused_for_each_recipient(client: smtplib.LMTP, folder: Path) -> None:
    begin(client, FIRST, SECOND)
    assert client.esmtp_features["size"] == str(LIMIT)

    large = b"Subject: large\r\n\r\n" + (b"x" * 70 + b"\r\n") * (LIMIT // 72 + 1)

    assert answers(client, large, recipients=2) == [552, 552]
    assert client.noop()[0] == 250
    assert kept(folder) == []


def test_nothing_is_refused_for_its_form(client: smtplib.LMTP, folder: Path) -> None:
    ragged = b"Subject: long\r\n\r\n" + b"x" * 1_500_000 + b"\r\nbare\nline\rends\0\r\n"
    sender = f"{'v' * 600}@there.example"

    assert begin(client, "dots..there@docomo.example", sender=sender) == [250, 250]
    assert answers(client, ragged) == [250]

    assert kept(folder) == [(f"{sender} dots..there@docomo.example", ragged)]


def test_several_mails_go_over_one_connection(client: smtplib.LMTP, folder: Path) -> None:
    for number in range(3):
        client.sendmail(SENDER, [FIRST], b"Subject: %d\r\n\r\n" % number)

    assert [raw for _, raw in kept(folder)] == [b"Subject: %d\r\n\r\n" % number for number in range(3)]


def test_a_slow_mail_does_not_hold_up_another_connection(listen: str, folder: Path) -> None:
    with serving(listen, folder), connected(listen) as slow, connected(listen) as quick:
        begin(slow, FIRST)
        slow.putcmd("DATA")
        slow.getreply()
        slow.send(b"Subject: slow\r\n\r\n.\r\n")

        quick.sendmail(SENDER, [FIRST], MAIL)

        assert [raw for _, raw in kept(folder)] == [MAIL]
        assert slow.getreply()[0] == 250


def test_sigterm_ends_it_and_takes_the_socket_away(listen: str, folder: Path) -> None:
    with serving(listen, folder) as process:
        with connected(listen) as client:
            client.sendmail(SENDER, [FIRST], MAIL)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGTERM)
        process.join(5)

        assert process.exitcode == 0
    assert not Path(listen.removeprefix("unix:")).exists()


def test_mail_over_tcp(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving(f"127.0.0.1:{port}", folder):
        client = wait_for(lambda: open_tcp(port), seconds=10, what="the port")
        with client:
            client.sendmail(SENDER, [FIRST], MAIL)

    assert [raw for _, raw in kept(folder)] == [MAIL]


def open_tcp(port: int) -> smtplib.LMTP | None:
    try:
        return smtplib.LMTP("127.0.0.1", port)
    except ConnectionRefusedError:
        return None


class TestSocket:
    def test_is_for_owner_and_group(self, listen: str) -> None:
        with open_listener(listen):
            assert stat.S_IMODE(Path(listen.removeprefix("unix:")).stat().st_mode) == 0o660

    def test_that_a_dead_process_left_is_replaced(self, listen: str) -> None:
        open_listener(listen).close()

        with open_listener(listen):
            assert can_connect(listen.removeprefix("unix:"))

    def test_that_somebody_answers_on_is_left_alone(self, listen: str) -> None:
        with open_listener(listen):
            with pytest.raises(StartRefused, match="somebody else answers there"):
                open_listener(listen)

            assert can_connect(listen.removeprefix("unix:"))

    def test_is_not_made_in_place_of_a_file(self, listen: str) -> None:
        path = Path(listen.removeprefix("unix:"))
        path.write_text("precious")

        with pytest.raises(StartRefused, match="a file that is no socket"):
            open_listener(listen)

        assert path.read_text() == "precious"

    @pytest.mark.parametrize("listen", ["unix:/nowhere/lmtp", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "a b:25"])
    def test_that_cannot_be_made_is_refused(self, listen: str) -> None:
        with pytest.raises(StartRefused, match="LMTP cannot listen on"):
            open_listener(listen)
