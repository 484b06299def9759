"""What the operator does with received mail, by command line, beside a program that takes it by LMTP."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import Program, running, wait_for
from tests.usecases.mails import as_bytes, mail

SENDER, PUBLIC = "hans@there.example", "inquiry@liju.example"
SECONDS = 30.0


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    socket_path = tmp_path / "lmtp"
    with running(tmp_path / "instance", LIJU_INBOUND_LMTP_LISTEN=f"unix:{socket_path}") as started:
        wait_for(socket_path.exists, seconds=SECONDS, what="the LMTP socket")
        yield started


def hand_over(program: Program, text: str, **fields: str) -> bytes:
    raw = as_bytes(mail(SENDER, PUBLIC, text, **fields))
    with smtplib.LMTP(str(program.instance.with_name("lmtp"))) as client:
        client.sendmail(SENDER, [PUBLIC], raw)
    return raw


def told(program: Program, *arguments: str) -> str:
    done = program.run("mail", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_for_states(program: Program, *wanted: str) -> None:
    query = "SELECT state FROM inbound ORDER BY id"
    wait_for(lambda: [state for (state,) in program.rows(query)] == list(wanted), seconds=SECONDS, what=str(wanted))


def test_held_mail_is_listed_shown_let_in_attached_discarded_and_held_again(program: Program) -> None:
    raw = hand_over(program, "We need a boiler.", X_Spam_Flag="YES")
    hand_over(program, "And a burner for it.", X_Spam_Flag="YES")
    wait_for_states(program, "held", "held")

    listed = told(program, "list")
    assert [line for line in listed.splitlines() if line.startswith("1")] == ["1  held  held (spam)"]
    assert f"from {SENDER}" in listed
    assert told(program, "show", "1").encode() == raw.replace(b"\r\n", b"\n")

    assert told(program, "discard", "1") == "Mail 1 is discarded.\n"
    assert told(program, "undo", "1") == "Mail 1 is held again.\n"
    assert told(program, "accept", "1") == "Mail 1 is let in.\n"
    wait_for_states(program, "applied", "held")
    [(reference,)] = program.rows("SELECT reference FROM inquiry")

    assert told(program, "attach", "2", reference.lower()) == f"Mail 2 becomes part of {reference}.\n"
    wait_for_states(program, "applied", "applied")
    bodies = [body for (body,) in program.rows("SELECT body FROM message ORDER BY id")]
    assert bodies == ["Boiler\n\nWe need a boiler.", "And a burner for it."]
    assert told(program, "list") == "No mail waits for anybody.\n"
    assert told(program, "replay", "--dry-run") == "0 mails would change.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("accept", "7"), "There is no mail 7."),
        (("show", "7"), "There is no mail 7."),
        (("attach", "1", "nonsense"), "'nonsense' is no reference."),
        (("undo", "1"), "Mail 1 opened inquiry"),
    ],
)
def test_what_cannot_be_done_says_why(instance_with_one: Program, arguments: tuple[str, ...], sentence: str) -> None:
    done = instance_with_one.run("mail", *arguments)

    assert done.returncode == 1
    assert done.stderr.startswith(f"liju-contact: {sentence}")


@pytest.fixture(scope="module")
def instance_with_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program with one mail, which opened an inquiry."""
    folder = tmp_path_factory.mktemp("one")
    with running(folder / "instance", LIJU_INBOUND_LMTP_LISTEN=f"unix:{folder / 'lmtp'}") as started:
        wait_for((folder / "lmtp").exists, seconds=SECONDS, what="the LMTP socket")
        hand_over(started, "We need a boiler.")
        wait_for_states(started, "applied")
        yield started
