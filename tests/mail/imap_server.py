"""A real IMAP server for tests, in a process of its own: started, stopped, and used by a person beside the program.

What the server is made of is in ``pymap_server``.
"""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Literal, Self

from imapclient import SEEN, IMAPClient

from liju_contact.config_mail import ImapSettings

CERTIFICATES = Path(__file__).resolve().parent / "certificates"
USER, PASSWORD = "inquiry@liju.example", "open sesame"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """``without`` names capabilities that are not announced, ``mechanisms`` how one may sign in beside LOGIN."""

    security: Literal["none", "starttls", "tls"] = "none"
    certificate: str = "localhost"
    without: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ("PLAIN",)


@dataclass(slots=True)
class ImapServer:
    abilities: Abilities = field(default_factory=Abilities)
    port: int = 0
    _process: BaseProcess | None = None

    def __enter__(self) -> Self:
        # asyncio sends at once (TCP_NODELAY) only where the protocol was named: else each answer takes 40 ms.
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", self.port))
            listening.listen()
            self.port = listening.getsockname()[1]
            # Forked from a process that has loaded all that once: it takes most of a second.
            context = get_context("forkserver")
            context.set_forkserver_preload(["tests.mail.pymap_server", "liju_contact.app"])
            self._process = context.Process(target=_serve, args=(listening, self.abilities), daemon=True)
            self._process.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it as a crash would; what it held is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.join(10)

    @contextmanager
    def person(self, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """Sign in beside the program and open ``folder``."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10) as client:
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.login(USER, PASSWORD)
            client.select_folder(folder)
            yield client

    def new_folder(self, mails: Sequence[bytes] = ()) -> str:
        """Return the name of a folder that no test has seen, with these mails in it."""
        name = f"Inquiries {next(_numbers)}"
        with self.person() as client:
            client.create_folder(name)
            for mail in mails:
                client.append(name, mail)
        return name

    def append(self, folder: str, *mails: bytes) -> None:
        with self.person() as client:
            for mail in mails:
                client.append(folder, mail)

    def remove(self, folder: str, uid: int) -> None:
        with self.person(folder) as client:
            client.delete_messages([uid])
            client.expunge()

    def renew(self, folder: str) -> None:
        """Make the folder anew, as a server that lost its index: it counts from the beginning then."""
        with self.person() as client:
            client.delete_folder(folder)
            client.create_folder(folder)

    def contents(self, folder: str) -> list[tuple[bytes, bool]]:
        """Return the raw bytes of all mails and whether each was seen."""
        with self.person(folder) as client:
            found = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS"])
        return [(fields[b"BODY[]"], SEEN in fields[b"FLAGS"]) for _, fields in sorted(found.items())]

    def settings(self, folder: str, **changes: Any) -> ImapSettings:
        values: dict[str, Any] = {
            "host": "localhost",
            "port": self.port,
            "security": self.abilities.security,
            "username": USER,
            "password": PASSWORD,
            "token_command": (),
            "ca_file": CERTIFICATES / "localhost.pem" if self.abilities.security != "none" else None,
            "folder": folder,
            "afterwards": "keep",
            "move_to": f"{folder} done",
            "poll_seconds": 60,
            "timeout_seconds": 5,
        }
        return ImapSettings(**{**values, **changes})


def _serve(listening: socket.socket, abilities: Abilities) -> None:
    # pymap is for the server's process: the tests' own shall not carry it.
    from tests.mail.pymap_server import serve  # noqa: PLC0415  # see above

    serve(listening, abilities)
