"""The whole program against mail servers that fail: letters arrive in the end, and no visitor waits for them."""

from __future__ import annotations

import email
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil
import pytest

from tests.mail.smtp_scripts import Script, ScriptedServer, closes, drips, is_silent, script
from tests.program import Program, running, wait_for
from tests.visitor import Upload

# A fair share of a machine that runs other tests as well.
PATIENCE_SECONDS = 30.0


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@contextmanager
def sending_to(instance: Path, port: int, **variables: str) -> Iterator[Program]:
    """Run the program with a mail server of ours instead of the post office."""
    mail = {
        "LIJU_MAIL_HOST": "localhost",
        "LIJU_MAIL_PORT": str(port),
        "LIJU_MAIL_SECURITY": "none",
        "LIJU_MAIL_TIMEOUT_SECONDS": "10",
        "LIJU_MAIL_LETTER_LIMIT_SECONDS": "20",
    }
    with running(instance, **{**mail, **variables}) as program:
        yield program


class ReturningServer(ScriptedServer):
    """A server that was away and comes back at the address it had."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._start(self._accept)
        return self


def speakers_with(program: Program) -> set[str]:
    """Return the roles of the processes that are connected to the mail server just now."""
    port = int(program.variables["LIJU_MAIL_PORT"])
    return {
        role
        for pid, role in program.children().items()
        for line in psutil.Process(pid).net_connections("tcp")
        if line.raddr and line.raddr.port == port
    }


def states(program: Program) -> list[str]:
    return [state for (state,) in program.rows("SELECT state FROM delivery ORDER BY id")]


def attempts(program: Program) -> list[tuple[int, str, str]]:
    """Return delivery, outcome and stage of every attempt, in order."""
    rows = program.rows("SELECT delivery_id, outcome, stage FROM attempt ORDER BY id")
    return [(delivery_id, outcome, stage) for delivery_id, outcome, stage in rows]


def wait_for_attempts(program: Program, count: int) -> list[tuple[int, str, str]]:
    wait_for(lambda: len(attempts(program)) >= count, seconds=PATIENCE_SECONDS, what=f"{count} attempts")
    return attempts(program)


def wait_for_states(program: Program, *wanted: str) -> None:
    wait_for(lambda: states(program) == list(wanted), seconds=PATIENCE_SECONDS, what=f"deliveries {wanted}")


def retry(program: Program, *delivery_ids: int) -> None:
    result = program.run("outbox", "retry", *map(str, delivery_ids))
    assert result.returncode == 0, result.stderr


def words_in_outbox(program: Program) -> str:
    return program.run("outbox", "list").stdout


def test_letters_wait_while_server_refuses_connections(instance: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    with sending_to(instance, port) as program:
        visit = program.visitor().visit()
        assert wait_for_attempts(program, 2) == [(1, "deferred", "connect"), (2, "deferred", "connect")]
        assert "is delayed" in program.visitor().get(visit.path).text
        assert "refuses connections" in words_in_outbox(program)
        with ReturningServer(port) as server:
            retry(program, 1, 2)
            wait_for_states(program, "delivered", "delivered")
            assert len(server.letters) == 2


def test_letter_put_off_by_server_goes_later(instance: Path) -> None:
    busy = script("rcpt", ("451 4.3.2 try again later", "250 recipient ok"))
    with ScriptedServer(busy) as server, sending_to(instance, server.port) as program:
        program.visitor().visit()
        assert wait_for_attempts(program, 2) == [(1, "deferred", "rcpt"), (2, "delivered", "accepted")]
        assert "451 4.3.2 try again later" in words_in_outbox(program)
        retry(program, 1)
        wait_for_states(program, "delivered", "delivered")
        assert len(server.letters) == 2


def test_letter_refused_for_good_is_told_at_once(instance: Path) -> None:
    strict = script("rcpt", ("250 recipient ok", "550 5.1.1 no such mailbox", "250 recipient ok"))
    with ScriptedServer(strict) as server, sending_to(instance, server.port) as program:
        visit = program.visitor().visit()
        wait_for_states(program, "delivered", "refused", "delivered")  # the last one tells the team
        listed = words_in_outbox(program)
        assert re.search(r"^2  refused  inquiry_received to li\.wei@customer\.example$", listed, re.MULTILINE)
        assert "550 5.1.1 no such mailbox" in listed
        assert "could not be delivered" in program.visitor().get(visit.path).text
        assert len(server.letters) == 2


def test_letter_whose_connection_drops_before_the_final_dot_goes_again(instance: Path) -> None:
    # Larger than all buffers on the way, so that the drop comes while the letter is still being sent.
    drawing = Upload("dimensions.txt", b"A dimension of the boiler.\r\n" * 300_000)
    with (
        ScriptedServer(script("first_line", closes), Script()) as server,
        sending_to(instance, server.port) as program,
    ):
        program.visitor().visit([drawing])
        assert wait_for_attempts(program, 2) == [(1, "deferred", "data"), (2, "delivered", "accepted")]
        retry(program, 1)
        wait_for_states(program, "delivered", "delivered")
        assert len(copies_of(program, server, delivery_id=1)) == 1


def test_letter_whose_connection_drops_after_the_final_dot_goes_again_unchanged(instance: Path) -> None:
    with (
        ScriptedServer(script("dot", closes), Script()) as server,
        sending_to(instance, server.port) as program,
    ):
        program.visitor().visit()
        assert wait_for_attempts(program, 2) == [(1, "unknown", "dot"), (2, "delivered", "accepted")]
        retry(program, 1)
        wait_for_states(program, "delivered", "delivered")
        first, second = copies_of(program, server, delivery_id=1)
        assert first == second


def copies_of(program: Program, server: ScriptedServer, *, delivery_id: int) -> list[bytes]:
    """Return what the server has received of one delivery, found by its Message-ID."""
    message_id = program.rows("SELECT message_id FROM delivery WHERE id = ?", delivery_id)[0][0]
    return [letter for letter in server.letters if email.message_from_bytes(letter)["Message-ID"] == message_id]


def test_letters_that_are_held_up_do_not_hold_the_others(instance: Path) -> None:
    scripts = (script("greeting", is_silent), script("ehlo", drips), script("dot", is_silent), Script())
    impatient = {"LIJU_MAIL_TIMEOUT_SECONDS": "2", "LIJU_MAIL_LETTER_LIMIT_SECONDS": "2"}
    with ScriptedServer(*scripts) as server, sending_to(instance, server.port, **impatient) as program:
        program.visitor().visit()
        speakers = wait_for(lambda: speakers_with(program), seconds=PATIENCE_SECONDS, what="a letter that is held up")
        for _ in range(2):
            program.visitor().visit()
        outcomes = [outcome for _id, outcome, _stage in wait_for_attempts(program, 6)]
        assert outcomes == ["deferred", "deferred", "unknown", "delivered", "delivered", "delivered"]
        assert speakers == {"worker"}, "a visitor would have to wait for the mail server"


def test_letter_is_kept_back_from_server_with_bad_certificate(instance: Path) -> None:
    impostor = Script(certificate="elsewhere")
    with (
        ScriptedServer(impostor) as server,
        sending_to(instance, server.port, LIJU_MAIL_SECURITY="starttls") as program,
    ):
        program.visitor().visit()
        assert {outcome for _id, outcome, _stage in wait_for_attempts(program, 2)} == {"deferred"}
        assert "certificate of localhost" in words_in_outbox(program)
        assert "[mail.server]" in program.run("check").stderr
        assert server.letters == []
        assert all("mail" not in commands for commands in server.commands)
