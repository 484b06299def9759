"""The demo's embedded post office: an SMTP server on loopback that keeps every letter in a Maildir and sends none.

A letter is answered with 250 only after ``maildir.keep_letter`` has returned; what cannot be written is answered with
4xx, so the sender keeps it and comes again. Whoever started the server may take in what passes (``TakeIn``): that is
how a mail program answers this program's letters. ``MaildirPostOffice`` is the other side of the counter: it reads the
letters for the page, and writes those of somebody who answers there.

Keeps out: how letters are kept (``maildir``), what stands in them (``letter_reader``), which mail is meant for this
program, and delivery: nothing leaves this computer.
"""

from __future__ import annotations

import errno
import heapq
import logging
import re
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from liju_contact.domain.errors import NotFound, StartRefused, StoreBusy, StoreFull
from liju_contact.domain.privacy import mention_of
from liju_contact.mail.letter_reader import contents_of, html_of, people_in
from liju_contact.mail.maildir import (
    Envelope,
    discard_unfinished_letters,
    keep_letter,
    kept_at,
    letter_ids,
    make_maildir,
    read_letter,
    remove_letter,
)
from liju_contact.mail.message import Mail, Mailbox, MailFile, mail_bytes
from liju_contact.mail.reading.header import readable
from liju_contact.usecases.read_post_office import (
    KeptFile,
    KeptFileLine,
    KeptHeader,
    KeptLetter,
    KeptLetterLine,
    OwnMail,
    Unwritable,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Session
    from aiosmtpd.smtp import Envelope as Transaction

    from liju_contact.domain.inbound_mail import MailFile as ReceivedFile

log = logging.getLogger(__name__)

LETTER_BYTES_LIMIT = 100_000_000  # The form takes 50 MB of files, which base64 makes 69 MB.
DISK_FULL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
LINES_REMEMBERED = 2000
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*", re.ASCII)
FULL_DISK_ANSWER = "452 4.3.1 The disk is full"

TakeIn = Callable[[str, tuple[str, ...], bytes], None]
"""Gets sender, recipients and bytes of what came, before it is answered; raises StoreBusy to have it sent again."""


def run_post_office(
    maildir: Path,
    host: str = "127.0.0.1",
    port: int = 2525,
    *,
    sock: socket.socket | None = None,
    letter_bytes_limit: int = LETTER_BYTES_LIMIT,
    take_in: TakeIn | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; meant to be the whole work of a process of its own.

    With ``sock``, a socket that is already bound, ``host`` and ``port`` are not looked at.

    Raises StartRefused when the address is taken or the Maildir cannot be made.
    """
    # A web process imports this module to read letters and must not carry asyncio and a server for it.
    import asyncio  # noqa: PLC0415 - see above

    try:
        make_maildir(maildir)
        listening = sock or socket.create_server((host, port), family=_family_of(host))
    except OSError as error:
        raise StartRefused(f"The embedded post office cannot open {host}:{port} and {maildir}: {error}.") from error
    with listening:
        discard_unfinished_letters(maildir)
        asyncio.run(_serve(listening, _Counter(maildir, take_in), letter_bytes_limit))


class MaildirPostOffice:
    """Read the Maildir for the page: ``usecases.read_post_office.PostOffice`` over files.

    A kept letter never changes, so the lines of the list are remembered and a reload reads new letters only.
    """

    def __init__(self, maildir: Path) -> None:
        self._maildir = maildir
        self._line = lru_cache(LINES_REMEMBERED)(self._read_line)

    def list_letters(self, limit: int, before: str | None = None) -> tuple[KeptLetterLine, ...]:
        ids = (letter_id for letter_id in letter_ids(self._maildir) if before is None or letter_id < before)
        lines = []
        for letter_id in heapq.nlargest(limit, ids):
            with suppress(NotFound):  # Somebody removed it since the folder was read.
                lines.append(self._line(letter_id))
        return tuple(lines)

    def get_letter(self, letter_id: str) -> KeptLetter:
        contents = contents_of(self.get_source(letter_id))
        return KeptLetter(
            line=self._line(letter_id),
            headers=tuple(KeptHeader(name=name, value=readable(value)) for name, value in contents.mail.fields),
            text=contents.text,
            html=html_of(contents),
            files=tuple(_file_line(file, index) for index, file in enumerate(contents.files)),
        )

    def get_source(self, letter_id: str) -> bytes:
        return read_letter(self._maildir, letter_id)[1]

    def get_file(self, letter_id: str, index: int) -> KeptFile:
        files = contents_of(self.get_source(letter_id)).files
        if not 0 <= index < len(files):
            raise NotFound("This letter has no such file.")
        file = files[index]
        return KeptFile(name=file.name, media_type=file.media_type, content=file.content)

    def write_mail(self, mail: OwnMail) -> bytes:
        try:
            return mail_bytes(_as_sent(mail))
        except ValueError as error:
            raise Unwritable(str(error)) from error

    def keep_mail(self, sender: str, recipient: str, content: bytes) -> None:
        try:
            keep_letter(self._maildir, Envelope(sender=sender, recipients=(recipient,)), content)
        except OSError as error:
            raise StoreBusy(f"The post office cannot keep this mail: {error}.") from error

    def forget(self, address: str, references: Collection[str], before: datetime) -> int:
        named = re.compile("|".join(map(re.escape, references)), re.IGNORECASE) if references else None
        patterns = [mention_of(address), *([named] if named else [])]
        doomed = [
            letter_id
            for letter_id in letter_ids(self._maildir)
            if kept_at(letter_id) <= before and self._says_any(letter_id, patterns)
        ]
        for letter_id in doomed:
            remove_letter(self._maildir, letter_id)
        self._line.cache_clear()
        return len(doomed)

    def _says_any(self, letter_id: str, patterns: list[re.Pattern[str]]) -> bool:
        """Look at a letter as it was received, its envelope, and what it says once it is decoded."""
        try:
            envelope, received = read_letter(self._maildir, letter_id)
        except NotFound:
            return False
        contents = contents_of(received)
        fields = [readable(value) for _name, value in contents.mail.fields]
        names = [file.name for file in contents.files]
        said = [envelope.sender, *envelope.recipients, received.decode("latin-1"), contents.text or "", *fields, *names]
        return any(pattern.search(text) for pattern in patterns for text in said)

    def _read_line(self, letter_id: str) -> KeptLetterLine:
        envelope, received = read_letter(self._maildir, letter_id)
        contents = contents_of(received)
        return KeptLetterLine(
            id=letter_id,
            kept_at=kept_at(letter_id),
            sender=people_in(contents.mail, "From") or envelope.sender,
            recipients=envelope.recipients or (people_in(contents.mail, "To"),),
            subject=readable(contents.mail.value("Subject")),
            file_count=len(contents.files),
        )


class _Counter:
    """Takes what aiosmtpd received; its methods have the names that aiosmtpd looks for."""

    def __init__(self, maildir: Path, take_in: TakeIn | None) -> None:
        self._maildir = maildir
        self._take_in = take_in

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, transaction: Transaction
    ) -> str:
        """Keep the letter, then answer. Writing blocks the loop: a thread for each letter costs more than it gains."""
        sender = transaction.mail_from or ""
        envelope = Envelope(sender="" if sender == "<>" else sender, recipients=tuple(transaction.rcpt_tos))
        try:
            letter_id = self._accept(envelope, transaction.original_content or b"")
        except OSError as error:
            log.warning("A letter could not be kept: %s", error)
            return FULL_DISK_ANSWER if error.errno in DISK_FULL_ERRORS else "451 4.3.0 The letter could not be written"
        except StoreBusy as error:
            log.warning("A mail could not be taken in: %s", error)
            return FULL_DISK_ANSWER if isinstance(error, StoreFull) else "451 4.3.0 The database is busy"
        return f"250 2.0.0 Kept as {letter_id}"

    def _accept(self, envelope: Envelope, received: bytes) -> str:
        """Take in first: the same bytes sent again are known there, whereas the list would show them twice."""
        if self._take_in:
            self._take_in(envelope.sender, envelope.recipients, received)
        return keep_letter(self._maildir, envelope, received)


async def _serve(listening: socket.socket, counter: _Counter, letter_bytes_limit: int) -> None:
    import asyncio  # noqa: PLC0415 - as in run_post_office

    from aiosmtpd.smtp import SMTP  # noqa: PLC0415 - as in run_post_office

    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)

    def answer_connection() -> SMTP:
        # The host name is given because aiosmtpd would ask the DNS for it at every connection.
        return SMTP(
            counter,
            data_size_limit=letter_bytes_limit,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="liju-contact",
        )

    server = await loop.create_server(answer_connection, sock=listening)
    await stopped.wait()
    server.close()


def _file_line(file: ReceivedFile, index: int) -> KeptFileLine:
    return KeptFileLine(index=index, name=file.name, media_type=file.media_type, bytes_count=len(file.content))


def _as_sent(mail: OwnMail) -> Mail:
    return Mail(
        message_id=mail.message_id,
        date=mail.written_at,
        sender=Mailbox(name=mail.sender_name, address=mail.sender),
        envelope_sender=mail.sender,
        recipient=Mailbox(name="", address=mail.recipient),
        reply_to=None,
        subject=mail.subject,
        text=mail.text,
        html=None,
        language=mail.language,
        headers=mail.headers,
        files=tuple(map(_sent_file, mail.files)),
    )


def _sent_file(file: KeptFile) -> MailFile:
    """Return a file under the type its browser named, if that is one."""
    is_type = MEDIA_TYPE.fullmatch(file.media_type)
    media_type = file.media_type if is_type else "application/octet-stream"
    return MailFile(name=file.name, media_type=media_type, content=file.content)


def _family_of(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
