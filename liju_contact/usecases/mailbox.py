"""What a mailbox is to the story that fetches from it. ``mail.imap`` is the real one."""

from __future__ import annotations

from typing import Protocol


class Mailbox(Protocol):
    """A folder of mails, each with a UID that grows within one UIDVALIDITY (RFC 3501 section 2.3.1.1).

    Every method raises ``MailboxTrouble``, and nothing else, for what a network or a mail server does.
    """

    @property
    def name(self) -> str:
        """The same at every start, and no other mailbox's."""
        ...

    def open(self) -> int:
        """Look at the folder afresh, connecting where there is no connection, and return its UIDVALIDITY."""
        ...

    def uids_after(self, uid: int) -> list[int]:
        """Return the UIDs of all mails above ``uid``, lowest first."""
        ...

    def left_over(self, uid: int) -> list[int]:
        """Return the UIDs up to ``uid`` that were to leave the folder and are still there, lowest first."""
        ...

    def fetch(self, uid: int) -> bytes | None:
        """Return a mail's raw bytes and leave it as it is; None when it is not in the folder any more."""
        ...

    def put_away(self, uid: int) -> None:
        """Do with a stored mail what the settings say: nothing, mark it as seen, delete or move it."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; True when there may be something new."""
        ...

    def close(self) -> None:
        """End the connection, whatever state it is in; never raises. ``open`` makes a new one."""
        ...
