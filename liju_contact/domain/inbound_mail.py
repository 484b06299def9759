"""What a received mail says, once read: the facts, before anybody judges them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """``address`` is in the writer's spelling, without brackets; ``name`` may be empty."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """A part that is not running text. ``is_inline`` says the text shows it in place: a picture, or a signature's."""

    name: str
    media_type: str
    content: bytes
    is_inline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A report that a mail of ours did not arrive (RFC 3464 and the forms before it).

    ``failed`` and ``temporary`` are the addresses it names, for good and for now; ``original_ids`` the Message-IDs of
    the mail it returns, ``words`` what the reporting server said.
    """

    failed: tuple[str, ...]
    temporary: tuple[str, ...]
    original_ids: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A report that somebody marked a mail of ours as unwanted (ARF, RFC 5965)."""

    feedback_type: str
    original_ids: tuple[str, ...]
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMail:
    """A received mail as it reads.

    ``recipients`` are all addresses it was sent to that its header fields name (To, Cc, Delivered-To, X-Original-To
    and their like); ``references`` the ids of In-Reply-To and References without brackets, the nearest first. ``text``
    is all of the running text, ``visible`` what the writer wrote now, ``folded`` the rest of it: quotes and signature.
    ``automatic`` names the rule by which no person wrote this; it is empty for a person's mail. ``authentication`` are
    the values of Authentication-Results, topmost first. ``is_from_list`` mail may be a
    person's, and is not answered by itself. ``making`` are words for how it was made (``mail.reading.making``).
    ``faults`` are sentences about what could not be read.
    """

    sender: Mailbox | None
    reply_to: tuple[Mailbox, ...]
    to: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    date: datetime | None
    message_id: str
    references: tuple[str, ...]
    text: str
    visible: str
    folded: str
    files: tuple[MailFile, ...]
    automatic: str
    bounce: Bounce | None
    complaint: Complaint | None
    authentication: tuple[str, ...]
    is_marked_spam: bool
    is_from_list: bool
    making: tuple[str, ...]
    faults: tuple[str, ...]
