"""An SMTP server on loopback that misbehaves as told: every connection follows a ``Script`` of reactions.

A reaction is what the server says after a command, or a function that does something worse: ``closes``, ``is_silent``,
``drips``. A tuple of reactions is used up one by one; its last stays. For a server that behaves, aiosmtpd is at hand.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from liju_contact.domain.delivery import Answer, Delivered, Stage
from liju_contact.mail.conversation import MailServer

if TYPE_CHECKING:
    from types import TracebackType

CERTIFICATES = Path(__file__).parent / "certificates"  # key and certificate in one file, self-signed, until 2126
SECONDS_BETWEEN_DRIPS = 0.03


class HangUp(Exception):
    """The scripted server ends the connection."""


@dataclass
class Wire:
    """One connection seen from the server."""

    sock: socket.socket
    stopping: threading.Event
    commands: list[str] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)
    lines: BinaryIO = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.sock.makefile("rb")

    def begin_tls(self, certificate: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        self.lines.close()
        self.sock = context.wrap_socket(self.sock, server_side=True)
        self.lines = self.sock.makefile("rb")

    def close(self) -> None:
        self.lines.close()
        self.sock.close()

    def say(self, words: str) -> None:
        self.sock.sendall(f"{words}\r\n".encode())


Reaction = str | Callable[[Wire], None]
Reactions = Reaction | tuple[Reaction, ...]


def closes(_wire: Wire) -> None:
    raise HangUp


def is_silent(wire: Wire) -> None:
    wire.stopping.wait()
    raise HangUp


def drips(wire: Wire) -> None:
    """Send a reply that never ends, one byte at a time, each well within any timeout."""
    while not wire.stopping.wait(SECONDS_BETWEEN_DRIPS):
        wire.sock.sendall(b"2")
    raise HangUp


def floods(wire: Wire) -> None:
    """Send a reply of endlessly many lines."""
    while not wire.stopping.is_set():
        wire.sock.sendall(b"250-and also\r\n" * 1000)


def says_and_closes(words: str) -> Reaction:
    def reaction(wire: Wire) -> None:
        wire.say(words)
        raise HangUp

    return reaction


says_goodbye = says_and_closes("221 bye")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    greeting: Reactions = "220 script.example ready"
    ehlo: Reactions = "250-script.example\r\n250-SIZE 100000000\r\n250-STARTTLS\r\n250 AUTH PLAIN"
    starttls: Reactions = "220 go ahead"
    auth: Reactions = "235 welcome"
    mail: Reactions = "250 sender ok"
    rcpt: Reactions = "250 recipient ok"
    data: Reactions = "354 go ahead"
    first_line: Reactions = ""
    dot: Reactions = "250 queued as 4711"
    rset: Reactions = "250 forgotten"
    quit: Reactions = says_goodbye
    tls_from_the_start: bool = False
    certificate: str = "localhost"


class ScriptedServer:
    """Serve the n-th connection by the n-th script, and all later ones by the last. Counts and keeps what comes in."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = scripts or (Script(),)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.wires: list[Wire] = []
        self.letters: list[bytes] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for wire in self.wires:
            with contextlib.suppress(OSError):
                wire.sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)

    @property
    def commands(self) -> list[list[str]]:
        """The verbs that came in, connection by connection."""
        return [wire.commands for wire in self.wires]

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            script = self._scripts[min(len(self.wires), len(self._scripts) - 1)]
            wire = Wire(sock, self._stopping)
            self.wires.append(wire)
            self._start(self._converse, wire, script)

    def _converse(self, wire: Wire, script: Script) -> None:
        try:
            if script.tls_from_the_start:
                wire.begin_tls(script.certificate)
            _react(wire, script, "greeting")
            self._obey(wire, script)
        except (HangUp, OSError):
            pass
        finally:
            wire.close()

    def _obey(self, wire: Wire, script: Script) -> None:
        while line := wire.lines.readline():
            verb = line.decode().split()[0].lower()
            wire.commands.append(verb)
            answer = _react(wire, script, "ehlo" if verb == "helo" else verb)
            if answer.startswith("354"):
                self._take_letter(wire, script)
            if verb == "starttls" and answer.startswith("220"):
                wire.begin_tls(script.certificate)

    def _take_letter(self, wire: Wire, script: Script) -> None:
        letter = [wire.lines.readline()]
        _react(wire, script, "first_line")
        while letter[-1] not in {b".\r\n", b""}:
            letter.append(wire.lines.readline())
        self.letters.append(b"".join(letter[:-1]))
        _react(wire, script, "dot")


def _react(wire: Wire, script: Script, moment: str) -> str:
    """Carry out the script's reaction and return the words said."""
    reactions: Reactions = getattr(script, moment)
    if isinstance(reactions, tuple):
        turn = wire.used.get(moment, 0)
        wire.used[moment] = turn + 1
        reaction = reactions[min(turn, len(reactions) - 1)]
    else:
        reaction = reactions
    if not isinstance(reaction, str):
        reaction(wire)
        return ""
    if reaction:
        wire.say(reaction)
    return reaction


HURRIED = {"timeout_seconds": 0.2, "letter_limit_seconds": 0.4}
ACCEPTED = Delivered(Answer(stage=Stage.ACCEPTED, code=250, words="queued as 4711"))


def server_at(port: int, **changes: Any) -> MailServer:
    """Return how to reach it, with patience for a busy machine; who means to be kept waiting is ``HURRIED``."""
    usual: dict[str, Any] = {"timeout_seconds": 20, "letter_limit_seconds": 60, "username": None, "password": None}
    return MailServer(host="localhost", port=port, helo_name="test.example", **({"security": "none"} | usual | changes))


def script(moment: str, reactions: Reactions) -> Script:
    changes: dict[str, Any] = {moment: reactions}
    return Script(**changes)


def signing_in(port: int, **changes: Any) -> MailServer:
    return server_at(port, username="liju", password="open sesame", **changes)
