"""The door for sites whose mail server hands over by LMTP (RFC 2033): 250 is said only after the mail is stored.

Whatever goes wrong in storing it is answered with 451, so the mail server keeps the mail and comes again. Nothing is
refused for its form: addresses and lines are taken as the mail server in front of this program has taken them.

LMTP knows no sign-in: who may connect is a matter of the socket's folder, or of the address it listens on.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import stat
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, AnyStr

from aiosmtpd.lmtp import LMTP

from liju_contact.domain.errors import StartRefused, StoreBusy

Deliver = Callable[[bytes, str, list[str]], None]

_UNIX = "unix:"
_SOCKET_MODE = 0o660
_NOT_NOW = "451 4.3.0 Not stored; try again later"
_STORED = "250 2.0.0 Stored"
_BACKLOG = 100
_COMMAND_BYTES = 4096

_log = logging.getLogger(__name__)


def run_lmtp(listen: str, deliver: Deliver, *, size_limit_bytes: int) -> None:
    """Serve until SIGTERM or SIGINT; meant to be the whole work of a process.

    ``listen`` is ``unix:/path`` or ``host:port``. ``deliver`` gets raw bytes, sender (empty for the null one) and
    recipients, in a thread of its own for each connection. Raises ``StartRefused``.
    """
    listening = open_listener(listen)
    try:
        asyncio.run(_serve(listening, deliver, size_limit_bytes))
    finally:
        listening.close()
        if listen.startswith(_UNIX):
            Path(listen.removeprefix(_UNIX)).unlink(missing_ok=True)


def open_listener(listen: str) -> socket.socket:
    """Return a socket that listens; raises ``StartRefused`` with the reason."""
    try:
        if listen.startswith(_UNIX):
            return _unix_listener(Path(listen.removeprefix(_UNIX)))
        return _tcp_listener(listen)
    except (OSError, ValueError, OverflowError) as error:
        raise StartRefused(f"LMTP cannot listen on {listen}: {error}.") from error


def _unix_listener(path: Path) -> socket.socket:
    """Make the socket; one that a dead process left behind is replaced, one that somebody answers on is not."""
    listening = socket.socket(socket.AF_UNIX)
    try:
        if path.exists():
            _take_away(path)
        listening.bind(str(path))
        path.chmod(_SOCKET_MODE)
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def _take_away(path: Path) -> None:
    if not stat.S_ISSOCK(path.stat().st_mode):
        raise FileExistsError("there is a file that is no socket")
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise FileExistsError("somebody else answers there")


def _tcp_listener(listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once (TCP_NODELAY) only where the protocol was named: else each answer may take 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, int(port)))
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


async def _serve(listening: socket.socket, deliver: Deliver, size_limit_bytes: int) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    door = _Door(deliver)

    def answer_connection() -> LMTP:
        # The host name is given because aiosmtpd would ask the DNS for it at every connection.
        return _Lmtp(
            door,
            data_size_limit=size_limit_bytes,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="liju-contact",
        )

    make = loop.create_unix_server if listening.family == socket.AF_UNIX else loop.create_server
    server = await make(answer_connection, sock=listening)
    await stopped.wait()
    server.close()


class _Lmtp(LMTP):
    """aiosmtpd's LMTP, with an answer for each recipient after the mail (RFC 2033 section 4.2); it gives only one."""

    def __init__(self, door: _Door, *, data_size_limit: int, **options: Any) -> None:
        # A real mail may hold longer lines and addresses than the RFCs allow, and was accepted with them.
        self.line_length_limit = data_size_limit
        self.command_size_limits = defaultdict(lambda: _COMMAND_BYTES)
        self._answers_due = 1
        super().__init__(door, data_size_limit=data_size_limit, **options)

    async def push(self, status: AnyStr) -> None:
        """Answer; what comes after "354 go ahead" is the answer to a mail and is said for each of its recipients."""
        times, self._answers_due = self._answers_due, 1
        for _ in range(times):
            await super().push(status)
        if self.envelope is not None and status[:3] == "354":
            self._answers_due = len(self.envelope.rcpt_tos)


class _Door:
    """Takes what aiosmtpd received; its methods have the names that aiosmtpd looks for."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver

    async def handle_DATA(self, _server: LMTP, _session: Any, transaction: Any) -> str:  # noqa: N802  # as above
        sender = transaction.mail_from or ""
        recipients = list(transaction.rcpt_tos)
        try:
            await asyncio.to_thread(
                self._deliver, transaction.original_content, "" if sender == "<>" else sender, recipients
            )
        except StoreBusy as error:
            _log.warning("A mail could not be stored: %s", error)
            return _NOT_NOW
        except Exception:  # noqa: BLE001  # past here aiosmtpd would keep sender and recipients for the next mail
            _log.exception("A mail could not be stored.")
            return _NOT_NOW
        return _STORED

    async def handle_exception(self, error: Exception) -> str:
        """Answer what nobody foresaw: the mail server shall come again, where aiosmtpd would refuse for good."""
        _log.error("An LMTP command failed.", exc_info=error)
        return _NOT_NOW
