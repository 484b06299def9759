"""Which mail server letters go to, and what ``liju-contact check`` finds wrong with it."""

from __future__ import annotations

from liju_contact.config import Settings
from liju_contact.domain.errors import Fault, MailboxTrouble
from liju_contact.mail.conversation import MailServer
from liju_contact.mail.imap import ImapMailbox
from liju_contact.mail.transport import probe


def mail_server(settings: Settings) -> MailServer:
    """Return the server letters go to; in the demo that is our own post office on loopback."""
    mail = settings.mail
    return MailServer(
        host=mail.host or "127.0.0.1",
        port=mail.port if mail.host else mail.post_office_port,
        security=mail.security if mail.host else "none",
        username=mail.username if mail.host else None,
        password=mail.password if mail.host else None,
        timeout_seconds=mail.timeout_seconds,
        letter_limit_seconds=mail.letter_limit_seconds,
        helo_name=mail.domain,
        ca_file=mail.ca_file,
    )


def check_mail(settings: Settings) -> list[Fault]:
    """Meet the mail server as a letter would and tell what is wrong with it; a demo has none to meet."""
    if settings.mail.is_demo:
        return []
    faults = []
    if answer := probe(mail_server(settings)):
        words = f"The mail server {settings.mail.host}:{settings.mail.port} ({answer.stage.value}): {answer.words}"
        faults.append(Fault(id="mail.server", text=words, remedy="See [mail] in config.toml."))
    return faults + check_mailbox(settings) + check_sender(settings)


def check_mailbox(settings: Settings) -> list[Fault]:
    """Sign in to the mailbox that mail is fetched from, and tell why that does not work."""
    if settings.inbound.imap is None:
        return []
    mailbox = ImapMailbox(settings.inbound.imap)
    try:
        mailbox.open()
    except MailboxTrouble as trouble:
        return [Fault(id="mail.imap", text=f"{mailbox.name}: {trouble}", remedy="See [inbound.imap] in config.toml.")]
    finally:
        mailbox.close()
    return []


def check_sender(settings: Settings) -> list[Fault]:
    """Tell whether letters claim to come from somebody else than the account that sends them."""
    account, sender = settings.mail.username or "", settings.mail.sender_address
    if settings.mail.is_demo or "@" not in account or account.casefold() == sender.casefold():
        return []
    text = f"The sender {sender} is not the account {account}."
    return [Fault(id="mail.sender", text=text, remedy="Many providers (163, QQ) refuse such letters.")]
