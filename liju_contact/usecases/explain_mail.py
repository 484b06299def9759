"""Says what the program makes of a mail, without a database: for whoever asks why a mail was taken for what it is.

Keys are proven as far as that goes without looking up inquiries: for staff, and for whoever the mail is from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from liju_contact.config import Settings
from liju_contact.domain.authentication import dmarc_failed
from liju_contact.domain.inbound_mail import InboundMail, Mailbox, MailFile
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.keys import Keyring
from liju_contact.domain.reply_key import Place, ReplyKey, find_reply_keys
from liju_contact.domain.staff_command import own_words, read_staff_mail
from liju_contact.domain.verdict import Evidence, Judgement, ProvenKey, Role, judge
from liju_contact.usecases.mail_reader import Unreadable
from liju_contact.usecases.weigh_mail import places_of_keys

_NOTHING = {"text": "", "folded": "", "files": [], "keys": [], "automatic": False, "failed": [], "temporary": []}


def explain_mail(settings: Settings | None, mail: InboundMail | Unreadable) -> dict[str, Any]:
    """Return what ``mail explain`` prints; without ``settings`` no key is proven and nobody is known.

    ``failed`` are all addresses a bounce names, ``temporary`` those of them that may still be reached.
    """
    if isinstance(mail, Unreadable):
        heads = dict.fromkeys(("from", "to", "subject", "date", "verdict", "rule"))
        return heads | _NOTHING | {"error": mail.words}
    judgement = _judged(settings, mail)
    bounce = mail.bounce
    return {
        "from": _written(mail.sender) if mail.sender else None,
        "to": list(mail.to),
        "subject": mail.subject,
        "date": mail.date.isoformat() if mail.date else None,
        "text": mail.visible,
        "folded": mail.folded,
        "files": [_file(file) for file in mail.files],
        "keys": [_key(settings, mail, key, place) for key, place in _found_keys(mail)],
        "verdict": judgement.verdict.value,
        "rule": judgement.rule,
        "automatic": bool(mail.automatic or bounce or mail.complaint),
        "failed": [*bounce.failed, *bounce.temporary] if bounce else [],
        "temporary": list(bounce.temporary) if bounce else [],
        "error": " ".join(mail.faults) or None,
    }


def _judged(settings: Settings | None, mail: InboundMail) -> Judgement:
    sender = fold_address(mail.sender.address) if mail.sender else ""
    staff = settings.catalogue.find_staff(sender) if settings else None
    addresses = staff.addresses if staff else frozenset({sender})
    evidence = Evidence(
        mail=mail,
        keys=tuple(_proven(settings, mail)),
        sender_addresses=addresses,
        sender_is_staff=staff is not None,
        is_own_address=settings is not None and sender in settings.mail.own_addresses,
        staff_mail=read_staff_mail(own_words(mail.visible)) if staff else None,
        dmarc_failed=dmarc_failed(mail.authentication, settings.inbound.authentication_server if settings else None),
        answered_by="",
        sender_count=1,
        most_mails=1,
        colleagues_join=settings is not None and settings.inbound.colleagues == "join",
    )
    return judge(evidence)


def _found_keys(mail: InboundMail) -> Iterator[tuple[ReplyKey, Place]]:
    for place, text in places_of_keys(mail):
        for key in dict.fromkeys(find_reply_keys(text)):
            yield key, place


def _proven(settings: Settings | None, mail: InboundMail) -> Iterator[ProvenKey]:
    for key, place in _found_keys(mail):
        for holder, role in _holders_of(settings, mail, key):
            yield ProvenKey(
                reference=key.reference,
                place=place,
                purpose=key.purpose,
                number=key.number,
                holder=holder,
                role=role,
            )


def _holders_of(settings: Settings | None, mail: InboundMail, key: ReplyKey) -> Iterator[tuple[str, Role]]:
    """Yield whom a key was made for, of those known here."""
    if settings is None:
        return
    keyring = Keyring(settings.secret)
    for person in settings.catalogue.staff:
        for address in sorted(person.addresses):
            if keyring.is_made_for(key, address):
                yield address, Role.STAFF
    if mail.sender and keyring.is_made_for(key, mail.sender.address):
        yield fold_address(mail.sender.address), Role.CUSTOMER


def _key(settings: Settings | None, mail: InboundMail, key: ReplyKey, place: Place) -> dict[str, Any]:
    proven = any(True for _ in _holders_of(settings, mail, key))
    return {"place": place.value, "reference": key.reference, "purpose": key.purpose.name.lower(), "proven": proven}


def _file(file: MailFile) -> dict[str, Any]:
    digest = hashlib.sha256(file.content).hexdigest()
    return {"name": file.name, "type": file.media_type, "bytes": len(file.content), "sha256": digest}


def _written(mailbox: Mailbox) -> str:
    return f"{mailbox.name} <{mailbox.address}>" if mailbox.name else mailbox.address
