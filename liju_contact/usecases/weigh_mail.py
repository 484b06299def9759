"""Gathers what is known about a received mail: which keys in it are ours, and whom they were made for (D8).

A key of an inquiry that was merged speaks of the one in which it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from liju_contact.domain.authentication import dmarc_failed
from liju_contact.domain.catalogue import Staff
from liju_contact.domain.inbound import RATE_WINDOW, Envelope
from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.inquiry import Inquiry, fold_address
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.person import Action
from liju_contact.domain.reply_key import Place, Purpose, ReplyKey, find_bounce_keys, find_reply_keys
from liju_contact.domain.staff_command import own_words, read_staff_mail
from liju_contact.domain.verdict import Evidence, ProvenKey, Role
from liju_contact.store.inquiries import end_of_merges, find_inquiry
from liju_contact.store.messages import staff_message_after
from liju_contact.store.participants import participants_of
from liju_contact.store.sent_letters import SentLetter, find_sent, find_sent_by_message_id
from liju_contact.store.staff import every_account
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.staff_directory import find_colleague, serves

_MOST_KEYS = 50  # a real mail quotes a handful; each costs a look into the database
_STAFF_FACTOR = 5  # a colleague who works through a morning's letters is no loop
_KEYED_LETTERS = frozenset(
    {
        LetterKind.INQUIRY_RECEIVED,
        LetterKind.ANSWER,
        LetterKind.INQUIRY_FOR_TEAM,
        LetterKind.MESSAGE_FOR_TEAM,
        LetterKind.ANSWER_FOR_TEAM,
        LetterKind.STATE_FOR_TEAM,
        LetterKind.NOTE_FOR_TEAM,
        LetterKind.REMINDER_FOR_TEAM,
        LetterKind.RATING_FOR_TEAM,
        LetterKind.ASSIGNED_FOR_TEAM,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The evidence; ``staff_address`` is the sender's own address in the settings, "" where they are not staff."""

    evidence: Evidence
    staff_address: str


def weigh_mail(
    deps: Deps, tx: Connection, mail: InboundMail, envelope: Envelope, *, now: datetime, is_replay: bool = False
) -> Weighed:
    """Return what is known about a mail. A replay does not count the mail once more and forgives a late answer."""
    sender = fold_address(mail.sender.address) if mail.sender else ""
    keys = tuple(islice(dict.fromkeys(_proven_keys(deps, tx, mail, envelope)), _MOST_KEYS))
    staff = _find_staff(deps, tx, sender, keys)
    addresses = staff.addresses if staff else frozenset({sender})
    own = [key for key in keys if key.holder in addresses]
    staff_address = staff.address if staff else ""
    evidence = Evidence(
        mail=mail,
        keys=keys,
        sender_addresses=addresses,
        sender_is_staff=staff is not None,
        is_own_address=sender in deps.settings.mail.own_addresses,
        staff_mail=read_staff_mail(own_words(mail.visible)) if staff else None,
        dmarc_failed=dmarc_failed(mail.authentication, deps.settings.inbound.authentication_server),
        answered_by="" if is_replay or not staff else _answered_by(tx, own, staff_address),
        sender_count=1 if is_replay else count_in_window(deps, tx, "mail from", sender, window=RATE_WINDOW, now=now),
        most_mails=deps.settings.inbound.mails_per_sender * (_STAFF_FACTOR if staff and own else 1),
        colleagues_join=deps.settings.inbound.colleagues == "join",
    )
    return Weighed(evidence=evidence, staff_address=staff_address)


def places_of_keys(mail: InboundMail, recipients: Sequence[str] = ()) -> tuple[tuple[Place, str], ...]:
    """Return where keys may stand in a mail, and what stands there; ``recipients`` are those of its envelope."""
    return (
        (Place.ADDRESS, " ".join([*recipients, *mail.recipients])),
        (Place.ID, " ".join(mail.references[:_MOST_KEYS])),
        (Place.TEXT, mail.text),
    )


def _find_staff(deps: Deps, tx: Connection, sender: str, keys: Sequence[ProvenKey]) -> Staff | None:
    """Return who of the staff wrote. Whoever answers with a customer's key is not looked up among the accounts."""
    is_customer = any(key.holder == sender and key.role is Role.CUSTOMER for key in keys)
    if is_customer:
        return deps.settings.catalogue.find_staff(sender)
    staff = find_colleague(deps, tx, sender, who_may=Action.ANSWER)
    return staff if staff and _sees_what_it_answers(tx, staff, keys) else None


def _sees_what_it_answers(tx: Connection, staff: Staff, keys: Sequence[ProvenKey]) -> bool:
    """Tell whether all that somebody's own keys lead to is theirs: an old letter opens nothing the desk keeps shut."""
    references = {key.reference for key in keys if key.holder in staff.addresses}
    found = (find_inquiry(tx, reference) for reference in sorted(references))
    return all(serves(tx, staff, inquiry) for inquiry in found if inquiry)


def _proven_keys(deps: Deps, tx: Connection, mail: InboundMail, envelope: Envelope) -> Iterator[ProvenKey]:
    """Yield the keys that are ours: those of the address first, then the ids, then those in the text."""
    holders_of: dict[ReplyKey, list[ProvenKey]] = {}
    for place, text in places_of_keys(mail, envelope.recipients):
        for key in islice(dict.fromkeys(find_reply_keys(text)), _MOST_KEYS):
            if key not in holders_of:
                holders_of[key] = list(_made_by_us(deps, tx, key))
            yield from (replace(proven, place=place) for proven in holders_of[key])
        if place is Place.ADDRESS:
            yield from _of_envelopes(deps, tx, text)
        if place is Place.ID:
            yield from _of_letters(tx, mail.references[:_MOST_KEYS])


def _made_by_us(deps: Deps, tx: Connection, key: ReplyKey) -> Iterator[ProvenKey]:
    inquiry = find_inquiry(tx, key.reference)
    if inquiry is None:
        return
    for holder, role in _holders(deps, tx, inquiry):
        if deps.keys.is_made_for(key, holder):
            yield ProvenKey(
                reference=end_of_merges(tx, inquiry).reference,
                place=Place.ADDRESS,
                purpose=key.purpose,
                number=key.number,
                holder=holder,
                role=role,
            )
            return  # a key is made for one recipient, and whoever else there is need not be looked up


def _holders(deps: Deps, tx: Connection, inquiry: Inquiry) -> Iterator[tuple[str, Role]]:
    """Yield every folded address a key of the inquiry may have been made for."""
    yield fold_address(inquiry.email), Role.CUSTOMER
    for person in deps.settings.catalogue.staff:
        for address in sorted(person.addresses):
            yield address, Role.STAFF
    for participant in participants_of(tx, inquiry.id):
        yield fold_address(participant.address), Role.CUSTOMER
    for account in every_account(tx):  # those that are disabled too: a key of theirs is known and opens nothing
        yield fold_address(account.person.address), Role.STAFF


def _of_envelopes(deps: Deps, tx: Connection, addresses: str) -> Iterator[ProvenKey]:
    """Yield what mail to the envelope sender of a letter proves: an out-of-office goes there (RFC 3834 section 4)."""
    for key in islice(find_bounce_keys(addresses), _MOST_KEYS):
        if deps.keys.is_ours(key) and (sent := find_sent(tx, key.delivery_id)):
            yield from _of_letter(tx, sent, Place.ADDRESS)


def _of_letters(tx: Connection, references: Sequence[str]) -> Iterator[ProvenKey]:
    """Yield what answering letters of ours proves: their Message-IDs have 136 bit nobody can guess."""
    for reference in references:
        holds_key = any(True for _ in find_reply_keys(reference))
        if not holds_key and (sent := find_sent_by_message_id(tx, f"<{reference}>")):
            yield from _of_letter(tx, sent, Place.ID)


def _of_letter(tx: Connection, sent: SentLetter, place: Place) -> Iterator[ProvenKey]:
    """Yield what the key in a letter says; a letter without one may be known all the same."""
    key = next(find_reply_keys(sent.reply_key), None)
    if sent.reference is None or not (key or sent.kind in _KEYED_LETTERS):
        return
    merged = find_inquiry(tx, sent.reference) if sent.merged_into_id is not None else None
    unkeyed = Purpose.NOTE if sent.kind is LetterKind.NOTE_FOR_TEAM else Purpose.CONVERSATION
    yield ProvenKey(
        reference=end_of_merges(tx, merged).reference if merged else sent.reference,
        place=place,
        purpose=key.purpose if key else unkeyed,
        number=key.number if key else None,
        holder=fold_address(sent.recipient),
        role=Role.CUSTOMER if sent.kind.is_for_customer else Role.STAFF,
    )


def _answered_by(tx: Connection, own: list[ProvenKey], staff_address: str) -> str:
    """Return which colleague answered after the newest letter this mail is known to answer; "" when none did."""
    numbered = [(key.number, key.reference) for key in own if key.number is not None]
    if not numbered:
        return ""
    number, reference = max(numbered)
    inquiry = find_inquiry(tx, reference)
    return staff_message_after(tx, inquiry.id, number, besides=staff_address) if inquiry else ""
