"""What the values of header fields say: text, ids, dates; addresses and parameters come from rooms of their own.

Every function takes a value as ``Part.fields`` holds it, cares for damage and never raises.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from liju_contact.mail.reading.addresses import mailboxes
from liju_contact.mail.reading.encoded_words import LONGEST_VALUE, readable
from liju_contact.mail.reading.parameters import parameters

__all__ = ["date_of", "mailboxes", "message_ids", "parameters", "readable", "unique"]

# A date has some 30 characters, with a comment 60.
_LONGEST_DATE = 200

# RFC 5322 allows 998 characters in a line, and an id cannot be folded.
_LONGEST_ID = 998

_IN_BRACKETS = re.compile(r"<([^<>]++)")
_BLANKS = re.compile(r"\s+")

# What ``parsedate_tz`` and ``datetime`` raise for dates that are none.
_NO_DATE = (ValueError, IndexError, TypeError, OverflowError, AttributeError)


def message_ids(value: str) -> tuple[str, ...]:
    """Return the Message-IDs in ``value`` without brackets, in their order, each once.

    Some senders forget the brackets, and some fold inside of an id: then every word with an "@" counts.
    """
    value = readable(value[:LONGEST_VALUE])
    found = [_BLANKS.sub("", match[1]) for match in _IN_BRACKETS.finditer(value)]
    found = found or [word.strip(",;>\"'") for word in value.split() if "@" in word]
    return unique(word for word in found if 0 < len(word) <= _LONGEST_ID)


def date_of(value: str) -> datetime | None:
    """Return a date as aware UTC; a date without a zone is taken for UTC, as RFC 5322 does with ``-0000``."""
    written = readable(value[:_LONGEST_DATE])
    try:
        parsed = parsedate_tz(written)
        if parsed is None:
            return _iso_date(written)
        zone = timezone(timedelta(seconds=parsed[9] or 0))
        return datetime(*parsed[:6], tzinfo=zone).astimezone(UTC)
    except _NO_DATE:
        return None


def _iso_date(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
