"""The transport and servers that take letters: bytes, speed, kept connections, listeners and farewells that break."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import flask_mail
import pytest
from aiosmtpd.controller import Controller

from liju_contact.domain.delivery import Answer, Deferred, Delivered, Refused, Stage, Unsendable
from liju_contact.mail.transport import Mailbox, MailFile, Transport, mail_bytes
from tests.mail.letters import LETTER, read
from tests.mail.smtp_scripts import (
    ACCEPTED,
    Reactions,
    Script,
    ScriptedServer,
    closes,
    is_silent,
    says_and_closes,
    script,
    server_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from liju_contact.mail.transport import MailServer


class Sink:
    """An aiosmtpd handler that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.recipients: list[str] = []
        self.senders: list[str | None] = []
        self.sessions: set[int] = set()

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.letters.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        self.senders.append(envelope.mail_from)
        self.sessions.add(id(session))
        return "250 kept"


@contextmanager
def good_server() -> Iterator[tuple[MailServer, Sink]]:
    """Run aiosmtpd, which is strict: it refuses lines of more than 1000 octets."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=0, data_size_limit=50_000_000)
    with socket.socket() as probe_socket:
        probe_socket.bind(("127.0.0.1", 0))
        controller.port = probe_socket.getsockname()[1]
    controller.start()
    try:
        yield server_at(controller.port), sink
    finally:
        controller.stop()


def test_letter_arrives_as_it_was_written() -> None:
    with good_server() as (server, sink), Transport(server) as transport:
        outcome = transport.send(LETTER)

    assert outcome == Delivered(Answer(stage=Stage.ACCEPTED, code=250, words="kept"))
    assert sink.letters == [mail_bytes(LETTER)]
    assert (sink.senders, sink.recipients) == (["bounces@liju.example"], ["zhang@customer.example"])


def test_lines_that_begin_with_dots_arrive_unchanged() -> None:
    dotted = replace(LETTER, text=".\n..\n.x\n", html=".<p>\n.\n")

    with good_server() as (server, sink), Transport(server) as transport:
        transport.send(dotted)

    assert sink.letters == [mail_bytes(dotted)]


def test_paragraph_of_333_chinese_characters_is_taken_by_a_strict_server() -> None:
    paragraph = "真空热水锅炉烟" * 48

    with good_server() as (server, sink), Transport(server) as transport:
        outcome = transport.send(replace(LETTER, text=paragraph[:333]))

    assert isinstance(outcome, Delivered)
    body = read(sink.letters[0]).get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == paragraph[:333]


def test_file_of_20_mb_arrives() -> None:
    drawing = MailFile(name="锅炉房.dwg", media_type="image/vnd.dwg", content=bytes(range(250)) * 80_000)
    letter = replace(LETTER, files=(drawing,))

    with ScriptedServer() as server, Transport(server_at(server.port)) as transport:
        outcome = transport.send(letter)

    assert outcome == ACCEPTED
    assert server.letters == [mail_bytes(letter)]


def test_many_letters_go_over_one_connection() -> None:
    letters = [replace(LETTER, message_id=f"<{number}@liju.example>") for number in range(300)]

    with good_server() as (server, sink), Transport(server) as transport:
        wall, cpu = time.perf_counter(), time.thread_time()
        outcomes = [transport.send(letter) for letter in letters]
        wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu

    print(f"{len(letters) / wall:.0f} letters/s, {cpu / len(letters) * 1000:.2f} ms CPU each")  # noqa: T201 - shown by -s
    assert [type(outcome) for outcome in outcomes] == [Delivered] * 300
    assert len(sink.sessions) == 1
    assert sink.letters == [mail_bytes(letter) for letter in letters]


def test_null_sender_reaches_the_server_as_such() -> None:
    with good_server() as (server, sink), Transport(server) as transport:
        transport.send(replace(LETTER, envelope_sender=""))

    assert sink.senders == ["<>"]


def test_flask_mail_records_letters() -> None:
    with (
        ScriptedServer() as server,
        flask_mail.Mail().record_messages() as outbox,
        Transport(server_at(server.port)) as t,
    ):
        t.send(LETTER)

    assert [(message.subject, message.body, message.html) for message in outbox] == [
        (LETTER.subject, LETTER.text, LETTER.html)
    ]


def test_letter_that_cannot_be_put_into_a_mail_is_not_offered() -> None:
    foreign = replace(LETTER, recipient=Mailbox(name="", address="张伟@customer.example"))

    with ScriptedServer() as server, Transport(server_at(server.port)) as transport:
        outcomes = [transport.send(foreign), transport.send(replace(LETTER, text="\ud800")), transport.send(LETTER)]

    assert [type(outcome) for outcome in outcomes] == [Unsendable, Unsendable, Delivered]
    assert "张伟@customer.example" in outcomes[0].answer.words
    assert outcomes[0].answer.stage is Stage.PREPARE
    assert len(server.letters) == 1


def test_listener_that_breaks_after_acceptance_does_not_send_twice(caplog: pytest.LogCaptureFixture) -> None:
    def breaks(_app: object, **_: object) -> None:
        raise RuntimeError("listener")

    listening = flask_mail.email_dispatched.connected_to(breaks)
    with listening, ScriptedServer() as server, Transport(server_at(server.port)) as transport:
        outcome = transport.send(LETTER)

    assert outcome == ACCEPTED
    assert "A fault in the program" in caplog.text


def test_fault_in_the_program_is_temporary_and_forgets_the_letter_before(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> str:
        raise RuntimeError("a fault in a library")

    with ScriptedServer() as server, Transport(server_at(server.port)) as transport:
        before = transport.send(LETTER)
        with monkeypatch.context() as broken:
            broken.setattr(flask_mail, "sanitize_address", breaks)
            outcome = transport.send(LETTER)
        after = transport.send(LETTER)

    assert (before, type(outcome), after) == (ACCEPTED, Deferred, ACCEPTED)
    assert "a fault in a library" in caplog.text


@pytest.mark.parametrize("farewell", [closes, is_silent, "500 never heard of it"])
def test_quit_that_fails_changes_nothing(farewell: Reactions) -> None:
    with ScriptedServer(Script(quit=farewell)) as server:
        with Transport(server_at(server.port)) as transport:
            outcome = transport.send(LETTER)

        assert server.commands[0][-1] == "quit"

    assert outcome == ACCEPTED


@pytest.mark.parametrize("moment", ["mail", "rcpt", "data", "dot"])
def test_connection_is_kept_after_a_refusal(moment: str) -> None:
    default = getattr(Script(), moment)

    with (
        ScriptedServer(script(moment, ("550 5.1.1 no", default))) as server,
        Transport(server_at(server.port)) as transport,
    ):
        outcomes = [transport.send(LETTER), transport.send(LETTER)]

    assert [type(outcome) for outcome in outcomes] == [Refused, Delivered]
    assert len(server.wires) == 1
    assert server.commands[0].count("rset") == 1


@pytest.mark.parametrize("ending", [closes, "421 too many letters"])
def test_kept_connection_that_ends_is_replaced_within_the_same_letter(ending: Any) -> None:
    first = Script(mail=("250 ok", ending))

    with ScriptedServer(first, Script()) as server, Transport(server_at(server.port)) as transport:
        outcomes = [transport.send(LETTER) for _ in range(3)]

    assert outcomes == [ACCEPTED] * 3
    assert len(server.wires) == 2


def test_server_that_closes_after_each_letter_gets_them_all() -> None:
    once = Script(dot=says_and_closes("250 queued as 4711"))

    with ScriptedServer(once) as server, Transport(server_at(server.port)) as transport:
        outcomes = [transport.send(LETTER) for _ in range(3)]

    assert outcomes == [ACCEPTED] * 3
    assert len(server.letters) == 3


def test_fresh_connection_that_ends_at_mail_is_not_tried_twice() -> None:
    with ScriptedServer(Script(mail=closes)) as server, Transport(server_at(server.port)) as transport:
        outcome = transport.send(LETTER)

    assert isinstance(outcome, Deferred)
    assert len(server.wires) == 1


def test_idle_connection_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liju_contact.mail.transport.LONGEST_IDLE_SECONDS", -1)

    with ScriptedServer() as server, Transport(server_at(server.port)) as transport:
        outcomes = [transport.send(LETTER), transport.send(LETTER)]

    assert outcomes == [ACCEPTED] * 2
    assert [commands[-1] for commands in server.commands] == ["quit", "quit"]
