"""A mailbox on an IMAP server (RFC 3501), by IMAPClient: ``usecases.mailbox.Mailbox`` over a network.

Whatever a server or a network does becomes ``MailboxTrouble``. Fetching marks nothing as seen, and a folder whose mails
are kept as they are is opened for reading only. Certificates are checked, always.
"""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Iterator
from typing import Any

from imapclient import DELETED, SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError

from liju_contact.config_mail import ImapSettings
from liju_contact.domain.errors import MailboxTrouble
from liju_contact.mail.imap_login import log_in
from liju_contact.usecases.fetch_mail import mailbox_name

_GOODBYE_SECONDS = 1.0
_BODY = "BODY.PEEK[]"
_NEWS = (b"EXISTS", b"BYE")
# Beside what IMAPClient and sockets raise on purpose, a server's nonsense makes its parser stumble.
_TROUBLE = (IMAPClientError, OSError, EOFError, ValueError, LookupError, TypeError, AttributeError)


class ImapMailbox:
    """One connection at a time. ``put_away`` does what ``settings.afterwards`` says."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._connection: IMAPClient | None = None
        self._is_idle = False
        self._marked: set[int] = set()

    @property
    def name(self) -> str:
        return mailbox_name(self._settings)

    def open(self) -> int:
        if self._connection is not None:
            # Servers end connections that were quiet for long: that is no trouble worth a word.
            with contextlib.suppress(MailboxTrouble):
                return self._select()
            self.close()
        with self._translated("connecting"):
            self._connection = self._connect()
        return self._select()

    def uids_after(self, uid: int) -> list[int]:
        with self._translated("listing new mails"):
            # The range n:* holds the highest UID even where that is below n (RFC 3501 section 6.4.8).
            return sorted(found for found in self._client.search(["UID", f"{uid + 1}:*"]) if found > uid)

    def left_over(self, uid: int) -> list[int]:
        if self._settings.afterwards not in {"delete", "move"} or uid == 0:
            return []
        with self._translated("listing earlier mails"):
            return sorted(found for found in self._client.search(["UID", f"1:{uid}"]) if found <= uid)

    def fetch(self, uid: int) -> bytes | None:
        with self._translated(f"fetching mail {uid}"):
            fields = self._client.fetch([uid], [_BODY]).get(uid, {})
            raw: bytes | None = fields.get(b"BODY[]")
            if raw is None and self._client.search(["UID", str(uid)]):
                raise MailboxTrouble(f"The server lists mail {uid} and gives nothing for it.")
            return raw

    def put_away(self, uid: int) -> None:
        with self._translated(f"putting away mail {uid}"):
            match self._settings.afterwards:
                case "seen":
                    self._client.add_flags([uid], [SEEN], silent=True)
                case "delete":
                    self._delete(uid)
                case "move":
                    self._move(uid)

    def wait(self, seconds: float) -> bool:
        with self._translated("waiting for mail"):
            if not self._client.has_capability("IDLE"):
                time.sleep(seconds)
                return False
            if not self._is_idle:
                self._client.idle()
                self._is_idle = True
            began_at = time.monotonic()
            try:
                said = self._client.idle_check(timeout=seconds)
            except IMAPClient.AbortError:
                # The library takes the first half of a line for its end. What began is news, and goes on elsewhere.
                self.close()
                return True
        # A connection that has ended is always ready to be read and says nothing.
        has_ended = not said and time.monotonic() - began_at < seconds / 2
        return has_ended or any(word in _NEWS for line in said for word in line)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with contextlib.suppress(*_TROUBLE):
            connection.socket().settimeout(_GOODBYE_SECONDS)
            if self._is_idle:
                connection.idle_done()
            connection.logout()
        with contextlib.suppress(*_TROUBLE):
            connection.shutdown()

    @property
    def _client(self) -> IMAPClient:
        if self._connection is None:
            raise MailboxTrouble("There is no connection.")
        return self._connection

    def _connect(self) -> IMAPClient:
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file)
        client = IMAPClient(
            settings.host,
            settings.port,
            ssl=settings.security == "tls",
            ssl_context=context,
            timeout=settings.timeout_seconds,
        )
        self._is_idle = False
        self._marked.clear()
        try:
            if settings.security == "starttls":
                client.starttls(context)
            log_in(client, settings)
            if settings.afterwards == "move" and not client.folder_exists(settings.move_to):
                client.create_folder(settings.move_to)
        except BaseException:
            with contextlib.suppress(OSError):  # after a failed handshake there is nothing left to shut
                client.shutdown()
            raise
        return client

    def _select(self) -> int:
        with self._translated(f"opening the folder {self._settings.folder}"):
            if self._is_idle:
                self._is_idle = False
                self._client.idle_done()
            is_readonly = self._settings.afterwards == "keep"
            uid_validity: int = self._client.select_folder(self._settings.folder, readonly=is_readonly)[b"UIDVALIDITY"]
            return uid_validity

    def _move(self, uid: int) -> None:
        if self._client.has_capability("MOVE"):
            self._client.move([uid], self._settings.move_to)
            return
        self._client.copy([uid], self._settings.move_to)
        self._delete(uid)

    def _delete(self, uid: int) -> None:
        """Delete a mail, and no mail that somebody else has marked for deletion and that may not be stored yet."""
        self._client.add_flags([uid], [DELETED], silent=True)
        self._marked.add(uid)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge([uid])
        elif self._marked.issuperset(self._client.search(["DELETED"])):
            self._client.expunge()

    @contextlib.contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        try:
            yield
        except _TROUBLE as error:
            where = f"{self._settings.host}:{self._settings.port}"
            raise MailboxTrouble(f"{where}, {doing}: {_words(error)}") from error


def _words(error: BaseException) -> Any:
    """Return what the server or the system said; IMAPClient may have it as bytes."""
    said = error.args[0] if len(error.args) == 1 else str(error)
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said) or type(error).__name__
