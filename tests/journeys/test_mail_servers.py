"""A real mail server on the other side, both ways: Exim takes our letters, and hands mail over by pipe and LMTP."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from liju_contact.app import make_deps
from liju_contact.config import load_settings
from liju_contact.domain.delivery import Outcome
from liju_contact.mail.carrier import mail_of
from liju_contact.mail.message import mail_bytes
from liju_contact.store.deliveries import Claimed
from liju_contact.usecases.deliver_letters import deliver_letters
from liju_contact.usecases.deps import AttachedFile, Carrier, Deps
from liju_contact.usecases.judge_mail import judge_waiting
from tests.conftest import EXAMPLE, PROJECT, SECRET
from tests.journeys.exim import Exim, exim_in, lmtp_by_socket, lmtp_by_tcp, piped_to, reason_without_exim
from tests.launcher import Streams, launch
from tests.program import wait_for
from tests.usecases.mails import DirectReader, as_bytes, letter_to, reply_to
from tests.usecases.stories import rows, staged, submit

pytestmark = pytest.mark.skipif(bool(reason_without_exim()), reason=reason_without_exim() or "")

COMMAND = [sys.executable, "-m", "liju_contact", "mail"]
ANA, SALES = "ana@usina.example", "sales@liju.example"
TWO = ["inquiry+one@liju.example", "inquiry+two@liju.example"]
EIGHT_BIT = (
    b"From: ana@usina.example\r\nTo: inquiry@liju.example\r\nSubject: 8 bit\r\n"
    b"Content-Type: text/plain; charset=gb2312\r\n\r\n.a dot, and \xc4\xfa\xba\xc3\r\n"
)


@dataclass
class NotingCarrier:
    """The program's own carrier; notes the bytes that each recipient should get."""

    carrier: Carrier
    octets: dict[str, bytes] = field(default_factory=dict)

    def carry(self, claimed: Claimed, files: Sequence[AttachedFile]) -> Outcome:
        self.octets[claimed.addressee.address] = mail_bytes(mail_of(claimed, files))
        return self.carrier.carry(claimed, files)

    def close(self) -> None:
        self.carrier.close()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def instance(tmp_path: Path, migrated_file: Path, port: int) -> Path:
    """An instance whose mail server is our Exim, with signed addresses for bounces."""
    folder = tmp_path / "instance"
    folder.mkdir()
    server = (
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nbounce_address = "bounce+{{key}}@liju.example"'
    )
    text = EXAMPLE.read_text("utf-8").replace("@secret@", SECRET)
    text = text.replace("\n[mail]", f"\n{server}", 1).replace('# pipe = "yes"', 'pipe = "yes"')
    (folder / "config.toml").write_text(text, "utf-8")
    shutil.copy(migrated_file, folder / "liju.db")
    return folder


@pytest.fixture
def deps(instance: Path) -> Iterator[Deps]:
    made = make_deps(load_settings(instance, {}))
    yield made
    made.db.close()


@pytest.fixture
def exim(tmp_path: Path, port: int, instance: Path) -> Iterator[Exim]:
    """An Exim with the README's pipe."""
    door = piped_to([*COMMAND, "receive", "--instance", str(instance)], PROJECT)
    with exim_in(tmp_path / "exim", port, door) as running:
        yield running


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    return number


def send_letters(deps: Deps) -> NotingCarrier:
    carrier = NotingCarrier(deps.new_carrier())
    deliver_letters(deps, carrier, holder="w1")
    carrier.close()
    return carrier


def entries(instance: Path) -> list[dict[str, Any]]:
    """Return every entry with its envelope and raw bytes."""
    query = "SELECT door, envelope_sender, envelope_recipients, blob_id FROM inbound ORDER BY id"
    chunks = "SELECT content FROM blob_chunk WHERE blob_id = ? ORDER BY position"
    with contextlib.closing(sqlite3.connect(instance / "liju.db")) as connection:
        return [
            {
                "envelope": (door, sender, json.loads(recipients)),
                "raw": b"".join(row[0] for row in connection.execute(chunks, [blob_id])),
            }
            for door, sender, recipients, blob_id in connection.execute(query).fetchall()
        ]


def with_lf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")


class TestLetters:
    def test_letters_are_accepted_and_arrive_as_they_were_written(self, deps: Deps, exim: Exim) -> None:
        long = "我们需要两台蒸汽锅炉，每台每小时十吨。" * 60  # Chinese has its own comma
        submit(deps, email=ANA, name="张 三 Ünal", message=long, files=(staged(deps, b"%PDF-1.7" * 9000, "锅炉.pdf"),))

        carrier = send_letters(deps)
        exim.run_queue()

        assert [row["state"] for row in rows(deps.db, "delivery")] == ["delivered"] * 2
        assert {row["words"].split("=")[0] for row in rows(deps.db, "attempt")} == {"OK id"}
        for address in (ANA, SALES):
            [arrived] = exim.box(address)
            assert arrived.endswith(with_lf(carrier.octets[address]))

    def test_letter_to_nobody_is_refused_for_good_with_the_servers_words(self, deps: Deps, exim: Exim) -> None:
        submit(deps, email="nobody@usina.example")

        send_letters(deps)

        [attempt] = [row for row in rows(deps.db, "attempt") if row["outcome"] == "refused"]
        assert (attempt["stage"], attempt["code"], attempt["words"]) == ("rcpt", 550, "no such person")
        assert exim.queue_length() == 1  # the letter to the team

    def test_bounce_that_comes_later_finds_its_letter(self, deps: Deps, exim: Exim) -> None:
        submit(deps, email="full@usina.example")
        send_letters(deps)

        exim.run_queue()
        exim.run_queue()
        judge_waiting(deps, DirectReader())

        [bounce] = rows(deps.db, "inbound")
        assert (bounce["verdict"], bounce["state"], bounce["envelope_sender"]) == ("bounce", "applied", "")
        [letter] = [row for row in rows(deps.db, "delivery") if row["id"] == bounce["delivery_id"]]
        assert (letter["recipient_address"], letter["state"]) == ("full@usina.example", "bounced")


class TestPipe:
    def test_reply_comes_in_with_its_envelope_and_is_applied(self, deps: Deps, exim: Exim, instance: Path) -> None:
        submit(deps, email=ANA)
        letter = letter_to(deps, ANA)
        raw = as_bytes(reply_to(letter, ANA, "Thank you. 何时能交货？"))  # Chinese has its own signs

        exim.submit(ANA, [letter["reply_to"]], raw)
        exim.run_queue()

        [entry] = entries(instance)
        assert entry["envelope"] == ("pipe", ANA, [letter["reply_to"]])
        assert entry["raw"].startswith(b"Received: ")
        assert entry["raw"].endswith(with_lf(raw))
        assert exim.queue_length() == 0
        judge_waiting(deps, DirectReader())
        assert [row["body"] for row in rows(deps.db, "message")][1:] == ["Thank you. 何时能交货？"]  # as above

    def test_null_sender_is_kept_as_such(self, exim: Exim, instance: Path) -> None:
        exim.submit("", ["bounce+key@liju.example"], EIGHT_BIT)

        exim.run_queue()

        [entry] = entries(instance)
        assert entry["envelope"] == ("pipe", "", ["bounce+key@liju.example"])
        assert entry["raw"].endswith(with_lf(EIGHT_BIT))

    def test_mail_that_cannot_be_stored_waits_in_the_servers_queue(
        self, exim: Exim, instance: Path, tmp_path: Path
    ) -> None:
        instance.rename(tmp_path / "away")
        exim.submit(ANA, TWO[:1], EIGHT_BIT)
        exim.run_queue()
        assert exim.queue_length() == 1
        assert "returned 75" in exim.log()

        (tmp_path / "away").rename(instance)
        exim.run_queue()

        assert [entry["envelope"] for entry in entries(instance)] == [("pipe", ANA, TWO[:1])]
        assert (exim.queue_length(), exim.box(ANA)) == (0, [])

    @pytest.mark.skipif(os.environ.get("LIJU_TEST_SLOW") != "1", reason="waits for a lock: LIJU_TEST_SLOW=1")
    def test_mail_that_meets_a_locked_database_waits_too(self, exim: Exim, instance: Path) -> None:
        exim.submit(ANA, TWO[:1], EIGHT_BIT)
        with contextlib.closing(sqlite3.connect(instance / "liju.db", isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            exim.run_queue()
            assert "returned 75" in exim.log()

        exim.run_queue()

        assert (exim.queue_length(), len(entries(instance))) == (0, 1)


class TestLmtp:
    @pytest.fixture(params=["socket", "tcp"])
    def listen(self, request: pytest.FixtureRequest, tmp_path: Path) -> str:
        return f"unix:{tmp_path / 'lmtp'}" if request.param == "socket" else f"127.0.0.1:{free_port()}"

    def test_mail_waits_for_the_program_and_comes_once_for_all_recipients(
        self, listen: str, tmp_path: Path, port: int, instance: Path
    ) -> None:
        kind, _, where = listen.partition(":")
        door = lmtp_by_socket(Path(where)) if kind == "unix" else lmtp_by_tcp(int(where))
        with exim_in(tmp_path / "exim", port, door) as exim:
            exim.submit(ANA, TWO, EIGHT_BIT)
            exim.run_queue()
            assert (exim.queue_length(), entries(instance)) == (1, [])

            with taking_lmtp(instance, listen):
                exim.run_queue()

            assert exim.queue_length() == 0
        [entry] = entries(instance)
        assert entry["envelope"] == ("lmtp", ANA, TWO)
        assert entry["raw"].endswith(EIGHT_BIT)


@contextlib.contextmanager
def taking_lmtp(instance: Path, listen: str) -> Iterator[None]:
    command = ["mail", "lmtp", "--instance", str(instance), "--listen", listen]
    launched = launch(command, os.environ, Streams())
    try:
        wait_for(lambda: can_connect(listen), seconds=20, what="our LMTP server")
        yield
    finally:
        launched.terminate()
        launched.wait(20)


def can_connect(listen: str) -> bool:
    kind, _, where = listen.partition(":")
    family, address = (socket.AF_UNIX, where) if kind == "unix" else (socket.AF_INET, ("127.0.0.1", int(where)))
    with socket.socket(family) as asking:
        return asking.connect_ex(address) == 0
