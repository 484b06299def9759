"""Read bounces of before RFC 3464, and of servers that never heard of it, with the patterns of flufl.bounce.

Its patterns take time with the square of a line's length and of a run without spaces, and its way from bytes to a
message goes through the standard library's parser, which can do the same. So the message is built here from the parts,
in its plainest form: texts decoded, lines broken, everything bounded.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from email.errors import MessageError
from email.message import Message
from typing import cast

from flufl.bounce import all_failures

from liju_contact.mail.reading.machine_text import part_text
from liju_contact.mail.reading.part import Part

MOST_CHARACTERS = 64_000
MOST_DEPTH = 8
LONGEST_LINE = 500

_FIELDS_READ = ("From", "X-Mailer", "X-Failed-Recipients", "Content-Description")
_LONG_LINE = re.compile(rf"([^\n]{{{LONGEST_LINE}}})(?=[^\n])")
_LONG_RUN = re.compile(r"(\S{250})(?=\S)")
_BLANKS = re.compile(r"[ \t]{9,}")
# What the standard library's email package is known to raise on odd mail (ValueError includes all Unicode errors).
_FAULTS_OF_ODD_MAIL = (MessageError, AttributeError, LookupError, TypeError, ValueError, AssertionError, RecursionError)
# It reports every exception with a traceback before it raises it again; what matters of that is decided here.
logging.getLogger("flufl.bounce").addFilter(lambda _: False)


def older_failures(part: Part) -> tuple[list[str], list[str]]:
    """Return the addresses that failed and those that are delayed, in alphabetical order."""
    room = [MOST_CHARACTERS]
    try:
        delayed, failed = all_failures(_message(part, room, MOST_DEPTH))
    except _FAULTS_OF_ODD_MAIL:
        return [], []
    return _sorted_text(failed), _sorted_text(delayed)


def _message(part: Part, room: list[int], depth: int) -> Message:
    """Build a message as the parser would have; ``room`` counts down the characters it may still hold.

    Where a gateway put the whole content into a multipart of its own, the message is as it was before that.
    """
    content = part.children[0] if part.media_type == "multipart/mixed" and len(part.children) == 1 else part
    message = Message()
    message["Content-Type"] = _media_type(content)
    for name in _FIELDS_READ:
        if value := part.value(name):
            message[name] = _bounded(value[:LONGEST_LINE])
    if content.children:
        children = content.children if depth else ()
        message.set_payload([_message(child, room, depth - 1) for child in children])
        return message
    text = _bounded(part_text(content)[: room[0]])
    room[0] -= len(text)
    message.set_payload(text)
    return message


def _media_type(part: Part) -> str:
    """Return the type, except of machine-readable reports: those were read before, and better."""
    is_report = part.media_type in {"message/delivery-status", "message/disposition-notification"}
    return "text/plain" if is_report else part.media_type


def _bounded(text: str) -> str:
    """Return the text in ASCII, as these patterns expect it, without long lines, runs and rows of blanks."""
    plain = text.encode("ascii", "replace").decode("ascii")
    return _LONG_LINE.sub(r"\1\n", _LONG_RUN.sub(r"\1 ", _BLANKS.sub(" " * 8, plain)))


def _sorted_text(addresses: Iterable[object]) -> list[str]:
    texts = (cast("bytes", address).decode("ascii", "replace").strip() for address in addresses)
    return sorted({text for text in texts if "@" in text})
