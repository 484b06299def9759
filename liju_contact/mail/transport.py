"""Hand letters to the mail server, one at a time over a kept connection, and say what became of each.

Flask-Mail is the transport. Its ``Message``, ``Connection`` and signal are used, with what version 0.10 lacks put in at
the two places it offers: ``Message.as_bytes`` (the bytes come from message.py) and ``Connection.configure_host``
(certificates, time limits and stages come from conversation.py). One recipient per letter, so that no partial refusal
can hide.

Protocol: ``Transport.send`` returns exactly one ``Outcome`` and raises for nothing that the network or the server does.
It keeps out: retrying (the outbox decides), storage, and the making of letters. A ``Transport`` belongs to one thread.
"""

from __future__ import annotations

import logging
from time import monotonic
from typing import TYPE_CHECKING, Self

import flask_mail
from flask import Flask

from liju_contact.domain.delivery import Answer, Deferred, Delivered, Outcome, Stage, Unsendable
from liju_contact.mail.conversation import Conversation, MailServer
from liju_contact.mail.judgement import answer_of, is_about_the_letter, is_reply, outcome_of, readable
from liju_contact.mail.message import Mail, Mailbox, MailFile, envelope_addresses, mail_bytes

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Mail", "MailFile", "MailServer", "Mailbox", "Transport", "mail_bytes", "probe"]

LONGEST_IDLE_SECONDS = 30  # Servers and firewalls drop idle connections after minutes, some without a word.
CLOSING_DOWN = 421  # RFC 5321 section 4.2.3

log = logging.getLogger(__name__)


class Transport:
    """Send letters to ``server``; as a context manager, say goodbye at the end."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        # Flask-Mail announces every letter (email_dispatched, record_messages) in the name of an application. This one
        # exists for that alone: a worker needs no web application, and the letters no request.
        self._app = Flask(__name__, static_folder=None)
        self._line = _Line(server)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def send(self, mail: Mail) -> Outcome:
        """Offer the letter to the server once.

        A kept connection that ends at MAIL says nothing about the letter: servers close idle connections, or allow only
        so many letters on each. Then a fresh one is tried at once, within the same time limit.
        """
        try:
            letter = _Letter(mail)
        except ValueError as fault:
            return Unsendable(Answer(stage=Stage.PREPARE, code=0, words=readable(str(fault))))
        ends_at = monotonic() + self._server.limit_seconds(len(letter.octets))
        with self._app.app_context():
            self._line.hang_up_if_idle()
            was_kept = self._line.is_open
            outcome = self._line.carry(letter, ends_at=ends_at)
            if was_kept and _ended_at_mail(outcome):
                outcome = self._line.carry(letter, ends_at=ends_at)
        return outcome

    def close(self) -> None:
        """End the connection politely; the next ``send`` opens another."""
        self._line.hang_up()


def probe(server: MailServer) -> Answer | None:
    """Connect, sign in and leave. Return None when all is well, else the stage that failed and why."""
    line = _Line(server)
    try:
        line.open(ends_at=monotonic() + server.letter_limit_seconds)
    except (OSError, ValueError) as fault:
        return answer_of(fault, stage=line.stage, server=server)
    finally:
        line.hang_up()
    return None


class _Letter(flask_mail.Message):
    """A rendered ``Mail`` in the shape that Flask-Mail sends, and that listeners of ``email_dispatched`` may read."""

    def __init__(self, mail: Mail) -> None:
        """Render the mail. Raises ValueError when it has no form in an e-mail.

        The names are Flask-Mail's. Its own ``__init__`` is left out: it asks the network for this machine's name, for
        every letter, to make up a Message-ID that nobody would use.
        """
        self.octets = mail_bytes(mail)
        envelope_sender, recipient = envelope_addresses(mail)
        # Pairs, because Flask-Mail would parse a bare string, and replace an empty sender.
        self.envelope = ("", envelope_sender)
        self.recipients = [("", recipient)]
        self.sender = (mail.sender.name, mail.sender.address)
        self.subject, self.reply_to = mail.subject, mail.reply_to
        self.body, self.alts = mail.text, {}
        self.html = mail.html
        self.msgId, self.date, self.charset = mail.message_id, mail.date.timestamp(), "utf-8"
        self.extra_headers = dict(mail.headers)
        self.attachments = [flask_mail.Attachment(file.name, file.media_type, file.content) for file in mail.files]
        self.cc, self.bcc, self.mail_options, self.rcpt_options = [], [], [], []

    def as_bytes(self) -> bytes:
        return self.octets

    def as_string(self) -> str:
        return self.octets.decode("ascii")


class _Line(flask_mail.Connection):
    """Flask-Mail's connection, kept open across letters."""

    host: Conversation | None

    def __init__(self, server: MailServer) -> None:
        super().__init__(flask_mail.Mail())  # without settings: they are all in ``server``
        self._server = server
        self._ends_at = 0.0
        self._last_used_at = 0.0

    @property
    def stage(self) -> Stage:
        return self.host.stage if self.host else Stage.CONNECT

    @property
    def is_open(self) -> bool:
        return self.host is not None and self.host.sock is not None

    def carry(self, letter: _Letter, *, ends_at: float) -> Outcome:
        """Send the letter over the kept connection or a new one."""
        try:
            if not self.is_open:
                self.open(ends_at=ends_at)
            self._begin_letter(ends_at)
            self.send(letter, letter.envelope)
        except Exception as fault:  # noqa: BLE001 - only here is known how far the letter had come, whatever broke
            return self._outcome_after(fault)
        return Delivered(self._acceptance())

    def open(self, *, ends_at: float) -> None:
        self._ends_at = ends_at
        self.configure_host()

    def configure_host(self) -> Conversation:
        """Override Flask-Mail's: keep the conversation in reach while it is still being opened."""
        self.host = Conversation(self._server, ends_at=self._ends_at)
        self.host.introduce()
        return self.host

    def hang_up(self) -> None:
        if self.host is not None:
            self.host.take_leave()
            self.host = None

    def hang_up_if_idle(self) -> None:
        if monotonic() - self._last_used_at > LONGEST_IDLE_SECONDS:
            self.hang_up()

    def _begin_letter(self, ends_at: float) -> None:
        if self.host is not None:
            self.host.begin_letter(ends_at=ends_at)
        self._last_used_at = monotonic()

    def _acceptance(self) -> Answer:
        code, words = self.host.dot_reply if self.host else (0, b"")
        return Answer(stage=Stage.ACCEPTED, code=code, words=readable(words))

    def _outcome_after(self, fault: Exception) -> Outcome:
        """Judge a fault by the stage reached, and keep the connection only where both sides know that stage."""
        if not isinstance(fault, OSError | ValueError):
            log.error("A fault in the program while a letter was sent", exc_info=fault)
        if self.stage is Stage.ACCEPTED:
            return Delivered(self._acceptance())
        answer = answer_of(fault, stage=self.stage, server=self._server)
        if not (is_about_the_letter(answer) and is_reply(answer)):
            self._drop()
        return outcome_of(answer)

    def _drop(self) -> None:
        if self.host is not None:
            self.host.close()
            self.host = None


def _ended_at_mail(outcome: Outcome) -> bool:
    return (
        isinstance(outcome, Deferred)
        and outcome.answer.stage is Stage.MAIL
        and (outcome.answer.code == CLOSING_DOWN or not is_reply(outcome.answer))
    )
