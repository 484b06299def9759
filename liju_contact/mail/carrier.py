"""Carries claimed deliveries to the mail server.

Turns a stored letter into the same mail every time, and hands it over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from liju_contact.domain.delivery import Answer, Outcome, Stage, Unsendable
from liju_contact.domain.file_kind import media_type
from liju_contact.domain.letter import KEY_PLACE
from liju_contact.mail.conversation import MailServer
from liju_contact.mail.message import Mail, Mailbox, MailFile
from liju_contact.mail.transport import Transport
from liju_contact.store.deliveries import Claimed
from liju_contact.usecases.deps import AttachedFile


class SmtpCarrier:
    """The ``Carrier`` of the program; keeps one connection over many letters."""

    def __init__(self, server: MailServer, envelope_sender: Callable[[Claimed], str] | None = None) -> None:
        """``envelope_sender`` gives where a bounce of a delivery goes; without it that is the letter's sender."""
        self._transport = Transport(server)
        self._envelope_sender = envelope_sender or _sender_address

    def carry(self, claimed: Claimed, files: Sequence[AttachedFile]) -> Outcome:
        try:
            mail = mail_of(claimed, files, envelope_sender=self._envelope_sender(claimed))
        except ValueError as error:
            return Unsendable(Answer(stage=Stage.PREPARE, code=0, words=str(error)))
        return self._transport.send(mail)

    def close(self) -> None:
        self._transport.close()


def mail_of(claimed: Claimed, files: Sequence[AttachedFile], *, envelope_sender: str | None = None) -> Mail:
    """Return the mail of a delivery: the same delivery gives the same bytes, however often it is tried (D5).

    The recipient's reply key goes into the text and, as an id, into References (D8).

    Raises ``ValueError`` when something in it cannot stand in a mail.
    """
    letter, addressee = claimed.letter, claimed.addressee
    return Mail(
        message_id=claimed.message_id,
        date=claimed.written_at,
        sender=Mailbox(name=letter.sender_name, address=letter.sender_address),
        envelope_sender=letter.sender_address if envelope_sender is None else envelope_sender,
        recipient=Mailbox(name=addressee.name, address=addressee.address),
        reply_to=addressee.reply_to,
        subject=letter.subject,
        text=letter.text.replace(KEY_PLACE, addressee.reply_key),
        html=letter.html.replace(KEY_PLACE, addressee.reply_key),
        language=letter.language,
        headers=tuple(_with_key(letter.headers, claimed).items()),
        files=tuple(MailFile(name=f.name, media_type=media_type(f.kind), content=f.content) for f in files),
    )


def _with_key(headers: Mapping[str, str], claimed: Claimed) -> dict[str, str]:
    """Return a letter's header fields with the recipient's key as the last id of References."""
    if not claimed.addressee.reply_key:
        return dict(headers)
    _, _, domain = claimed.message_id.rpartition("@")
    own_id = f"<{claimed.addressee.reply_key}@{domain}"  # the domain ends with the bracket of the Message-ID
    return {**headers, "References": f"{headers.get('References', '')} {own_id}".strip()}


def _sender_address(claimed: Claimed) -> str:
    return claimed.letter.sender_address
