"""Carries claimed deliveries to the mail server.

Turns a stored letter into the same mail every time, and hands it over.
"""

from __future__ import annotations

from collections.abc import Sequence

from liju_contact.domain.delivery import Answer, Outcome, Stage, Unsendable
from liju_contact.domain.file_kind import media_type
from liju_contact.mail.conversation import MailServer
from liju_contact.mail.message import Mail, Mailbox, MailFile
from liju_contact.mail.transport import Transport
from liju_contact.store.deliveries import Claimed
from liju_contact.usecases.deps import AttachedFile


class SmtpCarrier:
    """The ``Carrier`` of the program; keeps one connection over many letters."""

    def __init__(self, server: MailServer) -> None:
        self._transport = Transport(server)

    def carry(self, claimed: Claimed, files: Sequence[AttachedFile]) -> Outcome:
        try:
            mail = mail_of(claimed, files)
        except ValueError as error:
            return Unsendable(Answer(stage=Stage.PREPARE, code=0, words=str(error)))
        return self._transport.send(mail)

    def close(self) -> None:
        self._transport.close()


def mail_of(claimed: Claimed, files: Sequence[AttachedFile]) -> Mail:
    """Return the mail of a delivery: the same delivery gives the same bytes, however often it is tried (D5).

    Raises ``ValueError`` when something in it cannot stand in a mail.
    """
    letter, addressee = claimed.letter, claimed.addressee
    return Mail(
        message_id=claimed.message_id,
        date=claimed.written_at,
        sender=Mailbox(name=letter.sender_name, address=letter.sender_address),
        envelope_sender=letter.sender_address,
        recipient=Mailbox(name=addressee.name, address=addressee.address),
        reply_to=addressee.reply_to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        language=letter.language,
        headers=tuple(letter.headers.items()),
        files=tuple(MailFile(name=f.name, media_type=media_type(f.kind), content=f.content) for f in files),
    )
