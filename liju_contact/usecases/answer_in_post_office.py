"""In the demo, somebody answers a letter in the embedded post office, or writes to us, as with a mail program.

The mail is kept in the post office like every other and comes in by the same door as real mail. Nothing here knows what
will become of it: it is judged by what stands in it, and a colleague's answer by the keys of the letter it answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from liju_contact.config_mail import KEY, MailSettings
from liju_contact.domain.errors import NotFound
from liju_contact.domain.inbound import Door, Envelope
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.reply_key import Purpose, find_reply_keys
from liju_contact.domain.text import clean_line
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.read_post_office import KeptFile, KeptLetter, OwnMail, PostOffice
from liju_contact.usecases.receive_mail import receive_mail

_LONGEST_QUOTE = 100_000  # characters; whatever somebody sent by SMTP may be answered
_LONGEST_THREAD = 50  # ids in References, as Thunderbird keeps them
_IN_BRACKETS = re.compile(r"<([^<>\s@]+@[^<>\s@]+)>")
_BARE = re.compile(r'[^\s<>,;:"()@]+@[^\s<>,;:"()@]+')


@dataclass(frozen=True, slots=True, kw_only=True)
class Replying:
    """As whom a letter can be answered, and where the answer goes.

    ``staff_purpose`` says what an answer of staff would be, so that the page can name their commands; None for others.
    """

    sender: str
    recipient: str
    staff_purpose: Purpose | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody wrote; ``nonce`` is that of the form token and becomes the Message-ID.

    The mail is dated when its page was opened, so that sending it twice gives the same bytes, which are one mail.
    """

    text: str
    files: tuple[KeptFile, ...]
    nonce: str
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Somebody who writes to us; ``name`` may be empty."""

    name: str
    address: str


def post_office_of(deps: Deps) -> PostOffice:
    """Return the embedded post office. Raises ``NotFound`` when there is none."""
    if deps.post_office is None:
        raise NotFound("There is no embedded post office: a mail server is configured.")
    return deps.post_office


def find_replying(deps: Deps, letter: KeptLetter) -> Replying | None:
    """Return how ``letter`` can be answered; None when it is no letter of this program to somebody else."""
    mail = deps.settings.mail
    sender = _address_in(letter.line.recipients[0]) if letter.line.recipients else ""
    recipient = _address_in(letter.header("Reply-To")) or _address_in(letter.header("From"))
    if not sender or is_own_address(mail, sender) or not is_own_address(mail, recipient):
        return None
    return Replying(sender=sender, recipient=recipient, staff_purpose=_staff_purpose(deps, sender, recipient))


def answer_letter(deps: Deps, letter_id: str, written: Written, *, now: datetime) -> None:
    """Answer a letter as its recipient. Raises ``NotFound``, ``Unwritable`` or ``StoreBusy``."""
    letter = post_office_of(deps).get_letter(letter_id)
    replying = find_replying(deps, letter)
    if replying is None:
        raise NotFound("This letter cannot be answered here.")
    subject = clean_line(letter.line.subject)
    mail = OwnMail(
        message_id=_message_id(written),
        written_at=written.begun_at,
        sender_name="",
        sender=replying.sender,
        recipient=replying.recipient,
        subject=subject if subject.lower().startswith("re:") else f"Re: {subject}",
        text="\n\n".join(filter(None, (written.text, _quoted(deps, letter)))),
        language=deps.settings.default_language,
        headers=_thread_headers(letter),
        files=written.files,
    )
    _send(deps, mail, now=now)


def write_to_us(deps: Deps, author: Correspondent, subject: str, written: Written, *, now: datetime) -> None:
    """Write to the public address, as anybody can. Raises ``NotFound``, ``Unwritable`` or ``StoreBusy``."""
    mail = OwnMail(
        message_id=_message_id(written),
        written_at=written.begun_at,
        sender_name=author.name,
        sender=author.address,
        recipient=deps.settings.mail.public_address,
        subject=subject,
        text=written.text,
        language=deps.settings.default_language,
        headers=(),
        files=written.files,
    )
    _send(deps, mail, now=now)


def take_in(deps: Deps, sender: str, recipients: tuple[str, ...], raw: bytes) -> None:
    """Receive what came to the post office by SMTP, if it is addressed to this program. Raises ``StoreBusy``."""
    if any(is_own_address(deps.settings.mail, recipient) for recipient in recipients):
        envelope = Envelope(door=Door.POST_OFFICE, sender=sender, recipients=recipients)
        receive_mail(deps, raw, envelope, now=deps.now())


def is_own_address(mail: MailSettings, address: str) -> bool:
    """Tell whether ``address`` is one of this program's: the public one, or one for replies or bounces with any key."""
    patterns = filter(None, (mail.public_address, mail.reply_address, mail.bounce_address))
    return any(_matches(pattern, address) for pattern in patterns)


def _matches(pattern: str, address: str) -> bool:
    before, key, after = map(fold_address, pattern.partition(KEY))
    expression = re.escape(before) + ("[^@]+" if key else "") + re.escape(after)
    return re.fullmatch(expression, fold_address(address)) is not None


def _send(deps: Deps, mail: OwnMail, *, now: datetime) -> None:
    post_office = post_office_of(deps)
    raw = post_office.write_mail(mail)
    envelope = Envelope(door=Door.POST_OFFICE, sender=mail.sender, recipients=(mail.recipient,))
    if receive_mail(deps, raw, envelope, now=now).is_new:
        post_office.keep_mail(mail.sender, mail.recipient, raw)


def _address_in(value: str) -> str:
    """Return the first address of a header field, whatever name stands before it."""
    found = _IN_BRACKETS.findall(value) or _BARE.findall(value)
    return found[0] if found else ""


def _staff_purpose(deps: Deps, sender: str, recipient: str) -> Purpose | None:
    if deps.settings.catalogue.find_staff(sender) is None:
        return None
    return next((key.purpose for key in find_reply_keys(recipient)), Purpose.CONVERSATION)


def _message_id(written: Written) -> str:
    return f"<{written.nonce}@post-office.localhost>"


def _thread_headers(letter: KeptLetter) -> tuple[tuple[str, str], ...]:
    """Continue the thread of ``letter`` (RFC 5322 section 3.6.4)."""
    answered = clean_line(letter.header("Message-ID"))
    if not answered:
        return ()
    thread = clean_line(letter.header("References")).split()[-_LONGEST_THREAD:]
    return (("In-Reply-To", answered), ("References", " ".join([*thread, answered])))


def _quoted(deps: Deps, letter: KeptLetter) -> str:
    """Return the letter as mail programs put it below an answer."""
    text = letter.text[:_LONGEST_QUOTE].rstrip()
    if not text:
        return ""
    at = letter.line.kept_at.astimezone(deps.settings.company.working_hours.zone)
    quote = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    return f"On {at:%a}, {at.day} {at:%b %Y} at {at:%H:%M}, {letter.line.sender} wrote:\n\n{quote}\n"
