"""Read a received mail: from its bytes to the facts. The one door of this package.

Every field and every part is read on its own, so that what can be read is read. Keeps out: what becomes of the mail
(``domain.judgement``).
"""

from datetime import datetime
from functools import partial
from itertools import chain

from liju_contact.domain.inbound_mail import InboundMail, Mailbox
from liju_contact.domain.visible_text import fold
from liju_contact.mail.reading.automatic import automatic_rule, is_from_list
from liju_contact.mail.reading.bounce import find_bounce
from liju_contact.mail.reading.complaint import find_complaint
from liju_contact.mail.reading.faults import Faults
from liju_contact.mail.reading.files import contents_of
from liju_contact.mail.reading.header import date_of, mailboxes, message_ids, readable, unique
from liju_contact.mail.reading.making import making_of
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

_NOBODY: tuple[Mailbox, ...] = ()

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
    named = {name: _mailboxes(mail, name, faults) for name in _RECIPIENT_FIELDS}
    sender = _sender(mail, faults)
    message_id = next(iter(message_ids(mail.value("Message-ID"))), "")
    return InboundMail(
        sender=sender,
        reply_to=_mailboxes(mail, "Reply-To", faults),
        to=unique(mailbox.address for mailbox in named["To"]),
        recipients=_recipients(named),
        subject=faults.guarded(partial(readable, mail.value("Subject")), "", "The subject cannot be read."),
        date=_date(mail, faults),
        message_id=message_id,
        references=_references(mail),
        text=text,
        visible=parted.visible,
        folded=parted.folded,
        files=contents.files + tuple(running.uu_files),
        automatic=automatic_rule(mail),
        is_from_list=is_from_list(mail),
        making=making_of(mail, message_id, sender.address if sender else ""),
        bounce=find_bounce(mail),
        complaint=find_complaint(mail),
        authentication=tuple(readable(value) for value in mail.values("Authentication-Results")),
        is_marked_spam=_is_marked_spam(mail),
        faults=tuple(faults.sentences),
    )


def _mailboxes(mail: Part, name: str, faults: Faults) -> tuple[Mailbox, ...]:
    """Return the mailboxes in all fields of a name."""
    values = mail.values(name)
    if not values:
        return ()
    fields = (
        faults.guarded(partial(mailboxes, value), _NOBODY, f"The field {name} cannot be read.") for value in values
    )
    return tuple(chain.from_iterable(fields))


def _sender(mail: Part, faults: Faults) -> Mailbox | None:
    """Return the first mailbox of the first From, and say where a server may have judged another one."""
    if len(mail.values("From")) > 1:
        faults.add("The mail has more than one From; the first one is read.")
    found = faults.guarded(partial(mailboxes, mail.value("From")), _NOBODY, "The field From cannot be read.")
    if len(found) > 1:
        faults.add("The From names more than one mailbox; the first one is read.")
    if not found:
        faults.add("The mail names no sender.")
    return found[0] if found else None


def _recipients(named: dict[str, tuple[Mailbox, ...]]) -> tuple[str, ...]:
    """Return the addresses, each once whatever its case, in the spelling that comes first."""
    spellings: dict[str, str] = {}
    for mailbox in chain.from_iterable(named.values()):
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
