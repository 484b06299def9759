"""Find in a mail the report that a mail of ours did not arrive: for whom, for how long, which mail, and why.

Asked in turn, until one of them names an address: the part that is meant for machines (RFC 3464), phrases of known
providers, flufl.bounce's collection of older forms, and at last what the words alone suggest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from liju_contact.domain.inbound_mail import Bounce
from liju_contact.mail.reading.bounce_signs import looks_like_bounce
from liju_contact.mail.reading.bounce_subjects import says_delayed
from liju_contact.mail.reading.bounce_words import known_phrases, likely_addresses, one_line, server_words
from liju_contact.mail.reading.delivery_status import Fate, Fated, fates
from liju_contact.mail.reading.machine_text import all_text
from liju_contact.mail.reading.message_signs import LONGEST_VALUE, address_in, first_fields, subject_of
from liju_contact.mail.reading.older_bounces import older_failures
from liju_contact.mail.reading.part import Part
from liju_contact.mail.reading.returned_mail import original_ids, returned_values

MOST_ADDRESSES = 100


def find_bounce(part: Part) -> Bounce | None:
    """Return what a bounce says, None for any other mail and for the good news that a mail arrived."""
    fields = first_fields(part)
    if not looks_like_bounce(part, fields):
        return None
    told = fates(part)
    if told:
        return _told_bounce(part, fields, told)
    text = all_text(part)
    failed, temporary = _guessed(part, fields, text)
    return _bounce(part, fields, failed, temporary, server_words(text) or subject_of(fields))


def _told_bounce(part: Part, fields: Mapping[str, str], told: list[Fated]) -> Bounce | None:
    bad = [fated for fated in told if fated.fate is not Fate.ARRIVED]
    if not bad:
        return None
    failed = [fated.address for fated in bad if fated.fate is Fate.FAILED]
    temporary = [fated.address for fated in bad if fated.fate is Fate.DELAYED]
    reason = next((fated.reason for fated in bad if fated.reason), "")
    return _bounce(part, fields, failed, temporary, reason or server_words(all_text(part)) or subject_of(fields))


def _guessed(part: Part, fields: Mapping[str, str], text: str) -> tuple[list[str], list[str]]:
    strangers = _senders(fields) | _addressees(fields) | {message_id.lower() for message_id in original_ids(part)}
    failed, temporary = _exim_recipients(fields) or known_phrases(text, strangers), list[str]()
    if not failed:
        failed, temporary = older_failures(part)
    if not (failed or temporary):
        failed = likely_addresses(text, strangers) or _only_recipient(part, strangers)
    return ([], failed + temporary) if says_delayed(subject_of(fields)) else (failed, temporary)


def _exim_recipients(fields: Mapping[str, str]) -> list[str]:
    named = (address_in(value) for value in fields.get("x-failed-recipients", "")[:LONGEST_VALUE].split(","))
    return [address for address in named if address]


def _only_recipient(part: Part, strangers: set[str]) -> list[str]:
    """Return whom the returned mail was for, if it was for one: every letter of ours has one recipient."""
    named = [address_in(value) for line in returned_values(part, "To") for value in line[:LONGEST_VALUE].split(",")]
    return named if len(named) == 1 and named[0] and named[0].lower() not in strangers else []


def _bounce(
    part: Part, fields: Mapping[str, str], failed: Iterable[str], temporary: Iterable[str], words: str
) -> Bounce:
    senders = _senders(fields)
    gone = _unique(failed, senders)
    waiting = _unique(temporary, senders | {address.lower() for address in gone})
    return Bounce(failed=gone, temporary=waiting, original_ids=original_ids(part), words=one_line(words))


def _unique(addresses: Iterable[str], strangers: set[str]) -> tuple[str, ...]:
    first_spelling: dict[str, str] = {}
    for address in addresses:
        first_spelling.setdefault(address.lower(), address)
    return tuple(kept for lower, kept in first_spelling.items() if lower not in strangers)[:MOST_ADDRESSES]


def _senders(fields: Mapping[str, str]) -> set[str]:
    return {address_in(fields.get(name, "")).lower() for name in ("from", "sender", "return-path")}


def _addressees(fields: Mapping[str, str]) -> set[str]:
    """Return whom the bounce came to: that is us, so it is not who failed."""
    return {address_in(fields.get(name, "")).lower() for name in ("to", "delivered-to")}
