"""The folder of the demo's post office: how a letter is kept so that it survives, and found again.

The protocol of keeping: write to ``tmp/``, fsync, rename into ``new/``, fsync the folder. A letter whose
``keep_letter`` has returned survives ``kill -9`` and a loss of power; what a crash leaves in ``tmp/`` was never
answered, so the sender still has it.

A kept file is the envelope as header fields, and then the received bytes exactly::

    X-Envelope-From: service@liju.example
    X-Envelope-To: buyer@customer.example        one line for each recipient
    X-Envelope-Bytes: 4711                       always the last; how many bytes follow
    Subject: ...

So any mail program and ``mailbox.Maildir`` can open the folder. Keeps out: SMTP, and what stands in a letter.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from liju_contact.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LETTER_ID = re.compile(r"(\d{10})\.(?:M(\d{6}))?[A-Za-z0-9=+_.-]*", re.ASCII)
ENVELOPE_LINE = re.compile(rb"X-Envelope-(From|To|Bytes): ([^\r\n]*)\r\n")

_letter_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Whom a letter came from and goes to, as said in SMTP. An empty sender is that of a bounce (RFC 5321 4.5.5)."""

    sender: str
    recipients: tuple[str, ...]


def make_maildir(maildir: Path) -> None:
    for folder in ("tmp", "new", "cur"):
        (maildir / folder).mkdir(mode=0o700, parents=True, exist_ok=True)


def discard_unfinished_letters(maildir: Path) -> None:
    """Remove what a crash left in ``tmp/``: none of it was ever answered with 250, so the sender still has it."""
    for unfinished in (maildir / "tmp").iterdir():
        unfinished.unlink(missing_ok=True)


def keep_letter(maildir: Path, envelope: Envelope, received: bytes) -> str:
    """Keep a letter for good and return its id. Raises OSError, and then leaves nothing in ``tmp/``."""
    make_maildir(maildir)  # Somebody may have emptied the post office by removing its folder.
    letter_id = _next_letter_id()
    unfinished = maildir / "tmp" / letter_id
    try:
        with unfinished.open("xb") as file:
            file.write(_envelope_lines(envelope, len(received)))
            file.write(received)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(maildir / "new" / letter_id)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(maildir / "new")
    return letter_id


def split_envelope(kept: bytes) -> tuple[Envelope, bytes]:
    """Take a kept file apart; a file that something else put into the Maildir is all letter, with an empty envelope."""
    sender, recipients, position = "", [], 0
    while line := ENVELOPE_LINE.match(kept, position):
        position = line.end()
        value = line[2].decode("utf-8", "replace")
        match line[1]:
            case b"From":
                sender = value
            case b"To":
                recipients.append(value)
            case _:
                return Envelope(sender=sender, recipients=tuple(recipients)), kept[position:]
    return Envelope(sender="", recipients=()), kept


def letter_ids(maildir: Path) -> Iterator[str]:
    """Yield the ids of all kept letters, in no order. They sort by time: Maildir names without mail programs' marks."""
    for folder in ("new", "cur"):
        try:
            names = os.listdir(maildir / folder)  # noqa: PTH208 - names alone, without a Path for each
        except FileNotFoundError:
            continue
        yield from (letter_id for name in names if LETTER_ID.fullmatch(letter_id := name.partition(":")[0]))


def read_letter(maildir: Path, letter_id: str) -> tuple[Envelope, bytes]:
    """Return a kept letter as it was received. Raises NotFound, also for ids that would leave the Maildir."""
    if LETTER_ID.fullmatch(letter_id):
        # A mail program that opened the Maildir moves what it has seen to cur/ and adds its marks after a colon.
        for path in (maildir / "new" / letter_id, *(maildir / "cur").glob(f"{letter_id}*")):
            if path.name.partition(":")[0] == letter_id and path.is_file():
                return split_envelope(path.read_bytes())
    raise NotFound("There is no such letter.")


def remove_letter(maildir: Path, letter_id: str) -> None:
    """Remove a kept letter, wherever a mail program has moved it."""
    for path in (maildir / "new" / letter_id, *(maildir / "cur").glob(f"{letter_id}*")):
        path.unlink(missing_ok=True)


def kept_at(letter_id: str) -> datetime:
    name = LETTER_ID.fullmatch(letter_id)
    seconds, microseconds = (name[1], name[2] or 0) if name else (0, 0)
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(microseconds))


def _next_letter_id() -> str:
    """Return a Maildir name that sorts by time (https://cr.yp.to/proto/maildir.html)."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{seconds}.M{nanoseconds // 1000:06}P{os.getpid()}Q{next(_letter_numbers)}.post"


def _envelope_lines(envelope: Envelope, received_bytes: int) -> bytes:
    fields = [("From", envelope.sender), *(("To", recipient) for recipient in envelope.recipients)]
    lines = "".join(f"X-Envelope-{name}: {_on_one_line(value)}\r\n" for name, value in fields)
    return f"{lines}X-Envelope-Bytes: {received_bytes}\r\n".encode("utf-8", "surrogateescape")


def _on_one_line(address: str) -> str:
    """Replace control characters: SMTP lets a bare CR through inside a quoted local part."""
    return re.sub(r"[\x00-\x1f\x7f]", "?", address)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
