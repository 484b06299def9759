r"""Asks ClamAV's daemon by its socket: INSTREAM, where the bytes go through the socket and no file is shared.

    > zINSTREAM\0, then pieces: 4 bytes of length, big-endian, and so many bytes; a length of 0 ends the file
    < stream: OK\0   or   stream: Eicar-Test-Signature FOUND\0   or   ... ERROR\0

One connection for one file. All of it has to be done within one time limit: a daemon that drips does not hold us.
Source: clamd(8), "COMMANDS".
"""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Iterable
from typing import Self

from liju_contact.config_scanner import ScannerSettings
from liju_contact.domain.errors import Fault
from liju_contact.domain.file_scan import Clean, Infected, ScanAnswer, Unscanned

PING_SECONDS = 5.0
_LONGEST_ANSWER = 4096
_PIECE_BYTES = 64 * 1024
_FOUND = re.compile(r"stream: (.{1,400}) FOUND", re.DOTALL)


class ClamdScanner:
    """The ``VirusScanner`` of the program."""

    def __init__(self, settings: ScannerSettings) -> None:
        self._settings = settings

    def scan(self, chunks: Iterable[bytes]) -> ScanAnswer:
        try:
            with _Talk(self._settings.address, self._settings.timeout_seconds) as talk:
                answer = talk.ask_about(chunks)
        except OSError as error:
            return Unscanned(words=f"{type(error).__name__}: {error}"[:400])
        if answer == "stream: OK":
            return Clean()
        found = _FOUND.fullmatch(answer)
        return Infected(signature=found[1]) if found else Unscanned(words=answer or "It ended without an answer.")

    def fault(self) -> str:
        """Return why the daemon cannot be asked now, empty when it can."""
        try:
            with _Talk(self._settings.address, PING_SECONDS) as talk:
                talk.send(b"zPING\0")
                answer = talk.answer()
        except OSError as error:
            return f"{type(error).__name__}: {error}"
        return "" if answer == "PONG" else f"It answers {answer[:100]!r}."


def check_scanner(settings: ScannerSettings | None) -> list[Fault]:
    """Ask the scanner of the settings, if there is one, for a sign of life, and tell why there is none."""
    if settings is None or not (fault := ClamdScanner(settings).fault()):
        return []
    text = f"The virus scanner {settings.address}: {fault}"
    return [Fault(id="scanner", text=text, remedy="Files wait as unscanned. See [scanner] in config.toml.")]


class _Talk:
    """One connection, which has ``seconds`` from the beginning to the end. Raises ``OSError``."""

    def __init__(self, address: str, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._socket = _connected(address, seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def ask_about(self, chunks: Iterable[bytes]) -> str:
        """Send a file and return the answer; a daemon that has heard enough says so before the end and hangs up."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send(b"zINSTREAM\0")
            for chunk in chunks:
                for start in range(0, len(chunk), _PIECE_BYTES):
                    piece = chunk[start : start + _PIECE_BYTES]
                    self.send(len(piece).to_bytes(4, "big") + piece)
            self.send(bytes(4))
        return self.answer()

    def send(self, octets: bytes) -> None:
        self._limit()
        self._socket.sendall(octets)

    def answer(self) -> str:
        received = b""
        while b"\0" not in received and len(received) < _LONGEST_ANSWER:
            self._limit()
            piece = self._socket.recv(_LONGEST_ANSWER)
            if not piece:
                break
            received += piece
        said, end, _ = received.partition(b"\0")
        return said.decode("utf-8", "replace").strip() if end else ""

    def _limit(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("it takes too long")
        self._socket.settimeout(left)


def _connected(address: str, seconds: float) -> socket.socket:
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(seconds)
            connection.connect(address.removeprefix("unix:"))
        except BaseException:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)
