"""Read the words of a mail that a machine wrote, well enough to search them: what is long is cut, what is odd stays.

Text for people to read is made elsewhere with more care.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from liju_contact.mail.reading import charset, transfer
from liju_contact.mail.reading.message_signs import parts_shown
from liju_contact.mail.reading.part import Part

MOST_BYTES = 200_000  # What a server has to say stands at the beginning; the returned mail follows.

_BLOCK_TAG = re.compile(
    r"</?(?:blockquote|br|div|h[1-6]|li|p|pre|table|td|th|title|tr|ul)\b[^<>]*>", re.IGNORECASE | re.ASCII
)
_TAG = re.compile(r"<[!/a-z][^<>@]*>", re.IGNORECASE | re.ASCII)


def part_text(part: Part) -> str:
    """Return the beginning of one part as text, markup included."""
    encoding = transfer.name_of(part.value("Content-Transfer-Encoding"))
    content = transfer.undo(part.body[:MOST_BYTES], encoding)
    return charset.decode(content, part.params.get("charset", ""))


def without_markup(text: str) -> str:
    """Return HTML as plain text. Addresses in angle brackets stay, for servers forget to escape them."""
    return html.unescape(_TAG.sub("", _BLOCK_TAG.sub("\n", text)))


def texts_shown(part: Part) -> Iterator[str]:
    """Yield the text parts as plain text, in order, ``MOST_BYTES`` of them in all."""
    room = MOST_BYTES
    for leaf in parts_shown(part):
        if room > 0 and _is_text(leaf):
            text = part_text(leaf)[:room]
            room -= len(text)
            yield without_markup(text) if leaf.media_type == "text/html" else text


def all_text(part: Part) -> str:
    return "\n".join(texts_shown(part))


def _is_text(leaf: Part) -> bool:
    """Tell text parts. A multipart without parts has lost its boundary, and its body is all there is."""
    return leaf.media_type in {"text/plain", "text/html", "text/enriched"} or leaf.media_type.startswith("multipart/")
