"""Read a received mail: from its bytes to the facts. The one door of this package.

Every field and every part is read on its own, so that what can be read is read. Keeps out: what becomes of the mail
(``domain.judgement``).
"""

from datetime import datetime

from liju_contact.domain.inbound_mail import InboundMail, Mailbox
from liju_contact.domain.text import clean_line
from liju_contact.domain.visible_text import fold
from liju_contact.mail.reading.automatic import automatic_rule, is_from_list
from liju_contact.mail.reading.bounce import find_bounce
from liju_contact.mail.reading.complaint import find_complaint
from liju_contact.mail.reading.faults import Faults
from liju_contact.mail.reading.files import contents_of
from liju_contact.mail.reading.header import date_of, mailboxes, message_ids, readable, unique
from liju_contact.mail.reading.part import Part, cut
from liju_contact.mail.reading.running_text import RunningText

# The fields in which servers and senders name whom a mail was for, the envelope's first: it holds plus-addresses that
# the sender's program left out. A blind copy stands there alone.
_RECIPIENT_FIELDS = (
    "Delivered-To",
    "X-Original-To",
    "X-Delivered-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-RCPT-To",
    "X-Forwarded-To",
    "To",
    "Cc",
    "Bcc",
    "Apparently-To",
    "Resent-To",
    "Resent-Cc",
)

# More ids than this in one conversation are a loop, and the nearest are those that count.
_MOST_REFERENCES = 500

_SPAM_FLAGS = ("X-Spam-Flag", "X-Spam-Status", "X-Spam")
_RSPAMD_SPAM = ("reject", "add header", "rewrite subject")


def read_mail(received: bytes) -> InboundMail:
    """Return what ``received`` says. Raises nothing for what a mail contains."""
    mail = cut(received)
    faults = Faults()
    contents = contents_of(mail, faults)
    running = RunningText(faults=faults, first_number=len(contents.files) + 1)
    text = running.read(contents.texts)
    parted = fold(text)
    return InboundMail(
        sender=_sender(mail, faults),
        reply_to=_mailboxes(mail, "Reply-To", faults),
        to=unique(mailbox.address for mailbox in _mailboxes(mail, "To", faults)),
        recipients=_recipients(mail, faults),
        subject=faults.guarded(lambda: readable(mail.value("Subject")), "", "The subject cannot be read."),
        date=_date(mail, faults),
        message_id=next(iter(message_ids(mail.value("Message-ID"))), ""),
        references=_references(mail),
        text=text,
        visible=parted.visible,
        folded=parted.folded,
        files=contents.files + tuple(running.uu_files),
        automatic=automatic_rule(mail),
        is_from_list=is_from_list(mail),
        bounce=find_bounce(mail),
        complaint=find_complaint(mail),
        authentication=tuple(clean_line(readable(value)) for value in mail.values("Authentication-Results")),
        is_marked_spam=_is_marked_spam(mail),
        faults=tuple(faults.sentences),
    )


def _mailboxes(mail: Part, name: str, faults: Faults) -> tuple[Mailbox, ...]:
    """Return the mailboxes in all fields of a name."""
    sentence = f"The field {name} cannot be read."
    read = (faults.guarded(lambda value=value: mailboxes(value), (), sentence) for value in mail.values(name))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return tuple(mailbox for found in read for mailbox in found)


def _sender(mail: Part, faults: Faults) -> Mailbox | None:
    """Return the first mailbox of the first From, and say where a server may have judged another one."""
    if len(mail.values("From")) > 1:
        faults.add("The mail has more than one From; the first one is read.")
    found = faults.guarded(lambda: mailboxes(mail.value("From")), (), "The field From cannot be read.")
    if len(found) > 1:
        faults.add("The From names more than one mailbox; the first one is read.")
    if not found:
        faults.add("The mail names no sender.")
    return found[0] if found else None


def _recipients(mail: Part, faults: Faults) -> tuple[str, ...]:
    """Return the addresses, each once whatever its case, in the spelling that comes first."""
    spellings: dict[str, str] = {}
    for name in _RECIPIENT_FIELDS:
        for mailbox in _mailboxes(mail, name, faults):
            spellings.setdefault(mailbox.address.lower(), mailbox.address)
    return tuple(spellings.values())


def _date(mail: Part, faults: Faults) -> datetime | None:
    written = mail.value("Date")
    date = date_of(written)
    if written and date is None:
        faults.add("The date cannot be read.")
    return date


def _references(mail: Part) -> tuple[str, ...]:
    """Return what the mail answers to, then what that answered to, and so on."""
    answered = [found for value in mail.values("In-Reply-To") for found in message_ids(value)]
    earlier = [found for value in mail.values("References") for found in message_ids(value)]
    return unique([*answered, *reversed(earlier)])[:_MOST_REFERENCES]


def _is_marked_spam(mail: Part) -> bool:
    """Tell whether the receiving server's filter (SpamAssassin, Rspamd and those that write like them) found spam."""
    flags = (mail.value(name).strip().lower() for name in _SPAM_FLAGS)
    return any(flag.startswith("yes") for flag in flags) or (
        mail.value("X-Rspamd-Action").strip().lower().startswith(_RSPAMD_SPAM)
    )
