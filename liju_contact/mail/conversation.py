"""One SMTP conversation that knows how far it has come and how long it may still take.

``smtplib`` speaks the protocol. Added here: the ``Stage`` reached, because an exception alone does not tell whether
the letter had left; a limit in wall-clock time, because smtplib's timeout begins anew with every byte; a verified
certificate; and a bound on the size of one reply. What an ending means for the letter is judged in judgement.py.
"""

from __future__ import annotations

import contextlib
import io
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Literal

from liju_contact.domain.delivery import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from _typeshed import ReadableBuffer, WriteableBuffer

SENT_AT_ONCE_BYTES = 16 * 1024  # one TLS record; each gets its own look at the clock
LONGEST_REPLY_BYTES = 64 * 1024
FAREWELL_SECONDS = 2.0
SLOWEST_UPLINK_BYTES_PER_SECOND = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where letters are handed over. ``ca_file`` replaces the system's certificate authorities."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str | None
    password: str | None = field(repr=False)
    timeout_seconds: float = 30
    letter_limit_seconds: float = 120
    helo_name: str | None = None
    ca_file: Path | None = None

    def limit_seconds(self, letter_bytes: int) -> float:
        """Return the longest that one attempt may take; a lease on the delivery has to be longer.

        A large letter gets more, or 50 MB of drawings could never leave over an honest line of 1 Mbit/s.
        """
        return self.letter_limit_seconds + letter_bytes / SLOWEST_UPLINK_BYTES_PER_SECOND


class Conversation(smtplib.SMTP):
    """Speak SMTP with ``server`` until the monotonic time ``ends_at``.

    Raises OSError or ValueError from any method, as smtplib does; ``stage`` then says how far it had come. The name
    look-up has its own time limit, set in the system's resolver, and every address of the server is given its timeout.
    """

    sock: socket.socket | None
    file: io.BufferedReader | None

    def __init__(self, server: MailServer, *, ends_at: float) -> None:
        self.server = server
        self.stage = Stage.CONNECT
        self.dot_reply: tuple[int, bytes] = (0, b"")
        self._ends_at = ends_at
        self._reply_bytes = 0
        super().__init__(server.host, server.port, server.helo_name, timeout=server.timeout_seconds)

    def introduce(self) -> None:
        """Say EHLO, start TLS where it is wanted, and sign in where there is a user name."""
        self.ehlo_or_helo_if_needed()
        if self.server.security == "starttls":
            self.starttls(context=self._tls())
            self.ehlo_or_helo_if_needed()
        if self.server.username:
            self.stage = Stage.SIGN_IN
            self.login(self.server.username, self.server.password or "")

    def begin_letter(self, *, ends_at: float) -> None:
        """Forget the letter before: its stage and reply must never be taken for this one's."""
        self.stage = Stage.MAIL
        self.dot_reply = (0, b"")
        self._ends_at = ends_at

    def take_leave(self) -> None:
        """Say QUIT if there is anybody to hear it. Whatever comes back changes nothing: the letters are settled."""
        self._ends_at = monotonic() + FAREWELL_SECONDS
        with contextlib.suppress(OSError):
            self.quit()
        self.close()

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        self.stage = Stage.MAIL
        return super().mail(sender, options)

    def rcpt(self, recip: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        self.stage = Stage.RCPT
        return super().rcpt(recip, options)

    def data(self, msg: ReadableBuffer | str) -> tuple[int, bytes]:
        """Send the letter, which must have CRLF line ends, and note when the final dot is out.

        The dot travels in one piece with the end of the letter, so when sending fails it has not left.
        """
        self.stage = Stage.DATA
        code, words = self.docmd("DATA")
        if code != 354:  # noqa: PLR2004 - RFC 5321 section 4.2.2: start mail input
            with contextlib.suppress(smtplib.SMTPServerDisconnected):
                self.rset()
            raise smtplib.SMTPDataError(code, words)
        self.send(_dot_stuffed(msg.encode("ascii") if isinstance(msg, str) else bytes(msg)))
        self.stage = Stage.DOT
        self.dot_reply = self.getreply()
        if 200 <= self.dot_reply[0] <= 299:  # noqa: PLR2004 - RFC 5321 section 4.2.1: positive completion
            self.stage = Stage.ACCEPTED
        return self.dot_reply

    def send(self, s: ReadableBuffer | str) -> None:
        octets = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        for start in range(0, len(octets), SENT_AT_ONCE_BYTES):
            self._wait_at_most()
            super().send(octets[start : start + SENT_AT_ONCE_BYTES])

    def getreply(self) -> tuple[int, bytes]:
        self._reply_bytes = 0
        if self.sock is not None and self.file is None:
            self.file = io.BufferedReader(_Replies(self))
        try:
            return super().getreply()
        except smtplib.SMTPResponseException as fault:
            # smtplib invents a "500 Line too long" here. The server did not say so, and 500 would refuse the letter.
            raise smtplib.SMTPServerDisconnected("the server's reply is too long") from fault

    def read_into(self, buffer: WriteableBuffer) -> int:
        """Read what the server says next. Raises OSError when it takes too long or has no end."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        patience = self._wait_at_most()
        try:
            count = self.sock.recv_into(buffer)
        except TimeoutError:
            raise TimeoutError(f"{self.server.host} did not answer within {patience:.3g} s") from None
        self._reply_bytes += count
        if self._reply_bytes > LONGEST_REPLY_BYTES:
            raise OSError("the server's reply has no end")
        return count

    def _wait_at_most(self) -> float:
        """Give the socket the time that is left and return it.

        After the final dot that is all of the letter's time, not one timeout: a server that scans for long before it
        says 250 would otherwise get the letter again and again (RFC 5321 section 4.5.3.2.6).
        """
        left = self._ends_at - monotonic()
        if left <= 0:
            raise TimeoutError("the letter's time is up")
        patience = left if self.stage is Stage.DOT else min(left, self.server.timeout_seconds)
        if self.sock is not None:
            self.sock.settimeout(patience)
        return patience

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Override smtplib's hook: SMTP_SSL differs from SMTP in nothing but this."""
        tls = self._tls() if self.server.security == "tls" else None
        bare = socket.create_connection((host, port), min(timeout, self._wait_at_most()))
        # A large letter goes out in many pieces, and none of them shall wait for an acknowledgement.
        bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return tls.wrap_socket(bare, server_hostname=host) if tls else bare

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.server.ca_file)


class _Replies(io.RawIOBase):
    """What the server says, as a file for smtplib to read lines from, under the conversation's clock."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        return self._conversation.read_into(buffer)


def _dot_stuffed(letter: bytes) -> bytes:
    """Double the dot that begins a line (RFC 5321 section 4.5.2) and add the one that ends the letter."""
    stuffed = letter.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")
