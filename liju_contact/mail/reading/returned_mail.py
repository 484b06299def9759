"""Find the Message-IDs of the mail that a report returns: whole, its header only, or pasted into the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from liju_contact.mail.reading.delivery_status import original_message_ids, report_fields
from liju_contact.mail.reading.encoded_words import with_raw_bytes_decoded
from liju_contact.mail.reading.machine_text import all_text, part_text
from liju_contact.mail.reading.message_signs import parts_shown
from liju_contact.mail.reading.part import Part

MOST_IDS = 50

_RETURNED_MAIL = frozenset({"message/rfc822", "message/global", "message/partial"})
_RETURNED_HEADER = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
_REFERRING_FIELDS = ("In-Reply-To", "References")
_ID = re.compile(r"<\s*([^<>\s@]{1,250}@[^<>\s@]{1,250})\s*>")
_ID_FIELD = re.compile(
    r"^[ \t>|]*(?:x-original-|original-)?message-id[ \t]*:\s{0,5}<?([^<>\s@]{1,250}@[^<>\s@]{1,250})",
    re.IGNORECASE | re.MULTILINE,
)
_REFERRING_LINES = re.compile(
    r"^[ \t>|]*(?:in-reply-to|references)[ \t]*:(.{0,2000}(?:\n[ \t]+<.{0,900}){0,20})", re.IGNORECASE | re.MULTILINE
)


def returned_mail(part: Part) -> Part | None:
    """Return the mail inside a report, or None when there is only its header or less."""
    inside = (leaf for leaf in parts_shown(part) if leaf.media_type in _RETURNED_MAIL and leaf.children)
    return next((leaf.children[0] for leaf in inside), None)


def returned_values(part: Part, name: str) -> list[str]:
    """Return the values of a field of the returned mail, also when only its header came back."""
    if (mail := returned_mail(part)) is not None:
        return mail.values(name)
    headers = (part_text(leaf) for leaf in parts_shown(part) if leaf.media_type in _RETURNED_HEADER | _RETURNED_MAIL)
    return [value for text in headers for found, value in report_fields(text) if found == name.lower()]


def original_ids(part: Part) -> tuple[str, ...]:
    """Return the ids that lead to the mail a report is about, without brackets, the likeliest first.

    After its own id come those it refers to, for some providers replace the id of what they pass on but leave the
    references as they were. Last come the ids that the report itself answers to.
    """
    own = {id_ for value in part.values("Message-ID") for id_ in _in_brackets(value)}
    found = chain(_ids_of_returned(part), _ids_in_report(part), _referred(part))
    unique = dict.fromkeys(message_id for message_id in found if message_id not in own)
    return tuple(unique)[:MOST_IDS]


def _ids_of_returned(part: Part) -> Iterator[str]:
    if (mail := returned_mail(part)) is not None:
        yield from _in_brackets(" ".join(mail.values("Message-ID")))
        yield from _referred(mail)
    for leaf in parts_shown(part):
        if leaf.media_type in _RETURNED_HEADER or (leaf.media_type in _RETURNED_MAIL and not leaf.children):
            yield from _in_text(part_text(leaf))


def _ids_in_report(part: Part) -> Iterator[str]:
    yield from (message_id.strip("<> \t") for message_id in original_message_ids(part) if "@" in message_id)
    yield from _in_text(all_text(part))


def _referred(mail: Part) -> Iterator[str]:
    for name in _REFERRING_FIELDS:
        yield from reversed(list(_in_brackets(" ".join(mail.values(name)))))


def _in_text(text: str) -> Iterator[str]:
    yield from (found[1] for found in _ID_FIELD.finditer(text))
    for lines in _REFERRING_LINES.finditer(text):
        yield from reversed(list(_in_brackets(lines[1])))


def _in_brackets(value: str) -> Iterator[str]:
    return (found[1] for found in _ID.finditer(with_raw_bytes_decoded(value[:20_000])))
