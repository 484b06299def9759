"""The e-mail itself: what goes into one (``Mail``) and its bytes on the wire (``mail_bytes``).

The same ``Mail`` gives the same bytes, always, so that a retry is the same letter (D5): the boundaries come from the
Message-ID, the date is given, nothing is random. The bytes are pure ASCII in short lines, so that every server takes
them without 8BITMIME or SMTPUTF8. Sending is not done here, and no words are chosen here.

A text goes out as quoted-printable or base64, never bare. That keeps lines short and white space intact, and makes it
impossible for a text to contain a boundary: ``=_`` occurs in neither encoding (RFC 2045 section 6.7).
"""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

from liju_contact.mail.headers import (
    LONGEST_WORD,
    ascii_address,
    file_name_field,
    mailbox_field,
    refuse_line_breaks,
    text_field,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

BASE64_LINE = 76

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]*/[A-Za-z0-9][\w!#$&^.+-]*", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[_-][A-Za-z0-9]{1,8})*")
_WRITTEN_HERE = frozenset({"date", "from", "to", "reply-to", "subject", "message-id", "mime-version"})
_FOR_OTHERS = frozenset({"bcc", "cc", "return-path", "sender"})  # one recipient; the rest is the servers' to write


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Somebody's name, which may be empty, and address."""

    name: str
    address: str

    def __post_init__(self) -> None:
        refuse_line_breaks("A name", self.name)
        refuse_line_breaks("An address", self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    name: str
    media_type: str
    content: bytes

    def __post_init__(self) -> None:
        refuse_line_breaks("A file name", self.name)
        if not _MEDIA_TYPE.fullmatch(self.media_type):
            raise ValueError(f"{self.media_type[:80]!r} is not a media type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One e-mail to one recipient.

    An empty ``envelope_sender`` is the null sender, to which nobody sends bounces. ``headers`` are added to those
    written from the other attributes and cannot repeat them. Raises ValueError for what could forge a header.
    """

    message_id: str
    date: datetime
    sender: Mailbox
    envelope_sender: str
    recipient: Mailbox
    reply_to: str | None
    subject: str
    text: str
    html: str | None
    language: str
    headers: tuple[tuple[str, str], ...] = ()
    files: tuple[MailFile, ...] = ()

    def __post_init__(self) -> None:
        refuse_line_breaks("The subject", self.subject)
        refuse_line_breaks("The envelope sender", self.envelope_sender)
        refuse_line_breaks("The reply address", self.reply_to or "")
        if len(self.message_id) > LONGEST_WORD or not _MESSAGE_ID.fullmatch(self.message_id):
            raise ValueError(f"{self.message_id[:80]!r} is not a Message-ID")
        if self.date.utcoffset() is None:
            raise ValueError("The date has no time zone")
        if not _LANGUAGE.fullmatch(self.language):
            raise ValueError(f"{self.language[:80]!r} is not a language")
        for name, value in self.headers:
            _refuse_header(name, value)


def mail_bytes(mail: Mail) -> bytes:
    """Return the e-mail in RFC 5322 form with CRLF line ends.

    Raises ValueError, with a sentence for staff, when an address or a text has no form in an e-mail.
    """
    content = _multipart("alternative", mail, list(_text_parts(mail))) if mail.html is not None else _plain_part(mail)
    if mail.files:
        content = _multipart("mixed", mail, [content, *map(_file_part, mail.files)])
    return "".join(_header_fields(mail)).encode("ascii") + content


def envelope_addresses(mail: Mail) -> tuple[str, str]:
    """Return sender and recipient as MAIL FROM and RCPT TO carry them; the sender may be empty. Raises ValueError."""
    sender = ascii_address(mail.envelope_sender) if mail.envelope_sender else ""
    return sender, ascii_address(mail.recipient.address)


def _refuse_header(name: str, value: str) -> None:
    if not _FIELD_NAME.fullmatch(name):
        raise ValueError(f"{name[:80]!r} is not a header name")
    if name.lower() in _WRITTEN_HERE | _FOR_OTHERS or name.lower().startswith("content-"):
        raise ValueError(f"The header {name} cannot be added to a mail")
    refuse_line_breaks(f"The header {name}", value)


def _header_fields(mail: Mail) -> Iterator[str]:
    yield f"Date: {format_datetime(mail.date)}\r\n"
    yield mailbox_field("From", mail.sender.name, mail.sender.address)
    yield mailbox_field("To", mail.recipient.name, mail.recipient.address)
    if mail.reply_to is not None:
        yield mailbox_field("Reply-To", "", mail.reply_to)
    yield text_field("Subject", mail.subject)
    yield f"Message-ID: {mail.message_id}\r\n"
    for name, value in mail.headers:
        yield text_field(name, value)
    yield f"Content-Language: {mail.language.replace('_', '-')}\r\n"
    yield "MIME-Version: 1.0\r\n"


def _text_parts(mail: Mail) -> Iterator[bytes]:
    yield _plain_part(mail)
    yield _text_part("html", mail.html or "")


def _plain_part(mail: Mail) -> bytes:
    return _text_part("plain", mail.text)


def _text_part(subtype: str, text: str) -> bytes:
    octets = _with_network_line_ends(text).encode()
    encoding, encoded = "quoted-printable", binascii.b2a_qp(octets, istext=True)
    if len(encoded) * 3 > len(octets) * 4:
        encoding, encoded = "base64", _base64_lines(octets)
    fields = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return fields.encode("ascii") + encoded


def _with_network_line_ends(text: str) -> str:
    """Return the text with CRLF after every line, the last one too: b2a_qp takes its own line ends from it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    return lines if lines.endswith("\r\n") else lines + "\r\n"


def _base64_lines(octets: bytes) -> bytes:
    encoded = binascii.b2a_base64(octets, newline=False)
    lines = [encoded[start : start + BASE64_LINE] for start in range(0, len(encoded), BASE64_LINE)]
    return b"\r\n".join([*lines, b""])


def _file_part(file: MailFile) -> bytes:
    main_type = file.media_type.partition("/")[0].lower()
    # RFC 2046 sections 5.1 and 5.2.1: a mail or a multipart may not be wrapped in base64 under its own type.
    media_type = "application/octet-stream" if main_type in {"message", "multipart"} else file.media_type
    fields = f"Content-Type: {media_type}\r\n{file_name_field(file.name)}Content-Transfer-Encoding: base64\r\n\r\n"
    return fields.encode("ascii") + _base64_lines(file.content)


def _multipart(subtype: str, mail: Mail, parts: list[bytes]) -> bytes:
    digest = hashlib.sha256(f"{subtype} {mail.message_id}".encode()).hexdigest()[:32]
    boundary = f"=_{digest}".encode("ascii")
    pieces = [b'Content-Type: multipart/%s;\r\n boundary="%s"\r\n\r\n' % (subtype.encode("ascii"), boundary)]
    for part in parts:
        pieces += [b"--", boundary, b"\r\n", part, b"\r\n"]
    pieces += [b"--", boundary, b"--\r\n"]
    return b"".join(pieces)
