"""``mail receive`` and ``mail lmtp`` as a mail server meets them: exit codes, envelope, and bytes that are kept."""

from __future__ import annotations

import contextlib
import json
import os
import smtplib
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.launcher import Launched, Streams, launch, run_command
from tests.program import wait_for

MAIL = b"From ana@there.example Mon Nov 23 02:00:00 2026\nSubject: \xd6\xd0\xce\xc4\n\n\0\xff and no line end"


def receive(instance: Path, mail: bytes, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    known = ("SENDER", "RECIPIENT", "ORIGINAL_RECIPIENT")
    environment = {name: value for name, value in os.environ.items() if name not in known}
    command = ["mail", "receive", "--instance", str(instance), *arguments]
    return run_command(*command, typed=mail, environment={**environment, **variables})


def entries(instance: Path) -> list[dict[str, Any]]:
    """Return every entry with its raw bytes."""
    with contextlib.closing(sqlite3.connect(instance / "liju.db")) as connection:
        connection.row_factory = sqlite3.Row
        found = [dict(row) for row in connection.execute("SELECT * FROM inbound ORDER BY id")]
        chunks = "SELECT content FROM blob_chunk WHERE blob_id = ? ORDER BY position"
        for entry in found:
            entry["raw"] = b"".join(row[0] for row in connection.execute(chunks, [entry["blob_id"]]))
    return found


def envelope(instance: Path) -> tuple[str, str | None, list[str]]:
    [entry] = entries(instance)
    return entry["door"], entry["envelope_sender"], json.loads(entry["envelope_recipients"])


def test_mail_is_stored_byte_for_byte_and_once(instance: Path) -> None:
    done = [receive(instance, MAIL), receive(instance, MAIL)]

    assert [(run.returncode, run.stdout, run.stderr) for run in done] == [(0, b"", b"")] * 2
    assert [entry["raw"] for entry in entries(instance)] == [MAIL]
    assert envelope(instance) == ("pipe", None, [])


def test_large_mail_is_stored_whole(instance: Path) -> None:
    large = b"Subject: drawing\n\n" + b"0123456789abcde\n" * 300_000

    assert receive(instance, large).returncode == 0

    assert [entry["raw"] for entry in entries(instance)] == [large]


def test_envelope_comes_from_the_options_first(instance: Path) -> None:
    options = ("--sender", "ana@there.example", "--recipient", "a+key@liju.example", "--recipient", "b@liju.example")

    receive(instance, MAIL, *options, SENDER="no@there.example", RECIPIENT="no@liju.example")

    assert envelope(instance) == ("pipe", "ana@there.example", ["a+key@liju.example", "b@liju.example"])


def test_envelope_comes_from_the_variables_of_a_pipe(instance: Path) -> None:
    variables = {"RECIPIENT": "inquiry@liju.example", "ORIGINAL_RECIPIENT": "inquiry+key@liju.example"}

    receive(instance, MAIL, SENDER="ana@there.example", **variables)

    recipients = ["inquiry+key@liju.example", "inquiry@liju.example"]
    assert envelope(instance) == ("pipe", "ana@there.example", recipients)


@pytest.mark.parametrize("spelled", ["", "<>", "MAILER-DAEMON"])
def test_null_sender_is_empty_however_it_is_spelled(instance: Path, spelled: str) -> None:
    receive(instance, MAIL, "--sender", spelled)

    assert envelope(instance) == ("pipe", "", [])


def test_envelope_that_is_no_text_harms_nothing(instance: Path) -> None:
    receive(instance, MAIL, SENDER=os.fsdecode(b"\xd6\xd0@there.example"), RECIPIENT="a\nb@liju.example")

    assert envelope(instance) == ("pipe", "\ufffd\ufffd@there.example", ["a b@liju.example"])


class TestTryAgain:
    def refused(self, done: subprocess.CompletedProcess[bytes]) -> str:
        assert done.returncode == 75
        assert b"Traceback" not in done.stderr
        return done.stderr.decode()

    def test_without_settings(self, instance: Path) -> None:
        (instance / "config.toml").write_text("nonsense", "utf-8")

        assert "config.toml is not TOML" in self.refused(receive(instance, MAIL))

    def test_without_an_instance(self, tmp_path: Path) -> None:
        assert "the mail is not stored" in self.refused(receive(tmp_path / "nowhere", MAIL))

    def test_without_a_ready_database(self, instance: Path) -> None:
        (instance / "liju.db").rename(instance / "away.db")
        assert "the mail is not stored" in self.refused(receive(instance, MAIL))

        (instance / "away.db").rename(instance / "liju.db")

        assert receive(instance, MAIL).returncode == 0

    def test_with_a_damaged_database(self, instance: Path) -> None:
        (instance / "liju.db").write_bytes(b"no database at all" * 1000)

        assert "the mail is not stored" in self.refused(receive(instance, MAIL))

    def test_with_a_wrong_option(self, instance: Path) -> None:
        assert "No such option" in self.refused(receive(instance, MAIL, "--form", "ana@there.example"))

    def test_with_nothing_on_standard_input(self, instance: Path) -> None:
        assert "There was no mail on standard input." in self.refused(receive(instance, b""))
        assert entries(instance) == []


@contextlib.contextmanager
def lmtp(instance: Path, *arguments: str) -> Iterator[Launched]:
    launched = launch(["mail", "lmtp", "--instance", str(instance), *arguments], os.environ, Streams())
    try:
        yield launched
    finally:
        launched.kill()


def test_lmtp_stores_what_it_acknowledges_and_ends_by_a_signal(instance: Path, tmp_path: Path) -> None:
    path, mail = str(tmp_path / "lmtp"), b"Subject: one\r\n\r\n1\r\n"
    with lmtp(instance, "--listen", f"unix:{path}") as process:
        wait_for(lambda: can_connect(path), seconds=20, what="the socket")
        with smtplib.LMTP(path) as client:
            client.sendmail("ana@there.example", ["inquiry+key@liju.example"], mail)
            assert envelope(instance) == ("lmtp", "ana@there.example", ["inquiry+key@liju.example"])
        process.terminate()

        assert process.wait(10) == 0
    assert [entry["raw"] for entry in entries(instance)] == [mail]


def can_connect(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as asking:
        return asking.connect_ex(path) == 0


def test_lmtp_without_an_address_says_so(instance: Path) -> None:
    done = run_command("mail", "lmtp", "--instance", str(instance))

    assert done.returncode == 1
    assert b"Where to listen is not said" in done.stderr
