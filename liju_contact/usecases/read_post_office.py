"""Read the letters that the demo's embedded post office has kept, as a mail program would show them.

This is the port between ``web``, which shows letters, and ``mail``, which keeps them: the page knows these types and
nothing of a Maildir or of RFC 5322. It also writes the mail of somebody who answers there (``answer_in_post_office``).
It keeps out any judgement about a letter (reply, bounce, stranger): that belongs to inbound mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from liju_contact.domain.errors import LijuError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


class Unwritable(LijuError):
    """What somebody wrote has no form in plain e-mail, such as an address with an accent before its @."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLetterLine:
    """One line of the list. ``recipients`` are those of the envelope, so a blind copy shows too."""

    id: str
    kept_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    file_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHeader:
    """One header field, in the letter's order; ``value`` is unfolded and decoded (RFC 2047) for people."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFileLine:
    """A file of a letter by its place; ``name`` and ``media_type`` are safe to put into an HTTP header."""

    index: int
    name: str
    media_type: str
    bytes_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLetter:
    """A whole letter; ``text`` and ``html`` are empty where it has none.

    ``html`` is as the sender wrote it, with the pictures it carries put in place: foreign markup, to be sandboxed.
    """

    line: KeptLetterLine
    headers: tuple[KeptHeader, ...]
    text: str
    html: str
    files: tuple[KeptFileLine, ...]

    def header(self, name: str) -> str:
        """Return the first header field of that name, or nothing."""
        return next((header.value for header in self.headers if header.name.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMail:
    """A mail that somebody writes here, as with a mail program; ``headers`` come on top of those every mail has."""

    message_id: str
    written_at: datetime
    sender_name: str
    sender: str
    recipient: str
    subject: str
    text: str
    language: str
    headers: tuple[tuple[str, str], ...]
    files: tuple[KeptFile, ...]


class PostOffice(Protocol):
    """What the page asks of the post office; an unknown id or index raises ``domain.errors.NotFound``."""

    def list_letters(self, limit: int, before: str | None = None) -> tuple[KeptLetterLine, ...]:
        """Return up to ``limit`` letters, newest first; with ``before``, only those older than that letter."""

    def get_letter(self, letter_id: str) -> KeptLetter:
        """Return one letter, however odd it is."""

    def get_source(self, letter_id: str) -> bytes:
        """Return the letter byte for byte as it was received."""

    def get_file(self, letter_id: str, index: int) -> KeptFile:
        """Return one file of a letter, decoded."""

    def write_mail(self, mail: OwnMail) -> bytes:
        """Return the mail as a mail program would send it. Raises ``Unwritable``."""

    def keep_mail(self, sender: str, recipient: str, content: bytes) -> None:
        """Put a mail into the list, as if it had come by SMTP. Raises ``StoreBusy`` when it cannot be written."""

    def forget(self, address: str, references: Collection[str], before: datetime) -> int:
        """Remove the letters kept until then that name an address or an inquiry; returns how many."""
