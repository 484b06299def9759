"""A received mail as it is meant to look: its HTML made harmless, with its own pictures in their places."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape

from liju_contact.domain.status_links import without_status_keys
from liju_contact.mail.reading import charset, transfer
from liju_contact.mail.reading.faults import Faults
from liju_contact.mail.reading.files import Text, contents_of
from liju_contact.mail.reading.html_shown import harmless_html
from liju_contact.mail.reading.part import ENCLOSED_MAIL, Part, cut
from liju_contact.mail.reading.running_text import declared_charset

LONGEST_SHOWN = 500_000
"""Characters of HTML. A newsletter has some 100 000, and what is beyond stands in the source."""

_MOST_PICTURES_BYTES = 8_000_000
_MOST_ENCODED_BYTES = 12_000_000
_CUT = "<p>[…]</p>"
# By their first bytes, whatever the mail says they are; a browser shows these and runs nothing in them.
_PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}


def shown_html(received: bytes) -> str | None:
    """Return a harmless fragment, None for a mail that has no HTML to read. Raises nothing for what it contains."""
    mail = cut(received)
    texts = contents_of(mail, Faults()).texts
    parts = [part for text in texts for part in _richest(text)]
    if not any(part.media_type == "text/html" for part in parts):
        return None
    pictures = _pictures(mail)
    return "<hr>".join(_fragment(part, pictures) for part in parts)


def _richest(text: Text) -> list[Part]:
    """Return the form of a text that has HTML in it, else the one that is preferred."""
    if isinstance(text, Part):
        return [text]
    options = [[part for inner in option for part in _richest(inner)] for option in text.options]
    has_html = (option for option in options if any(part.media_type == "text/html" for part in option))
    return next(has_html, options[0] if options else [])


def _fragment(part: Part, pictures: dict[str, str]) -> str:
    content = transfer.undo(part.body[:_MOST_ENCODED_BYTES], part.encoding)
    text = charset.decode(content[: 4 * LONGEST_SHOWN], declared_charset(part, content))
    ending = _CUT if len(text) > LONGEST_SHOWN else ""
    if part.media_type == "text/html":
        return harmless_html(text[:LONGEST_SHOWN], pictures) + ending
    return f"<pre>{escape(without_status_keys(text[:LONGEST_SHOWN]))}</pre>{ending}"


def _pictures(mail: Part) -> dict[str, str]:
    """Return the pictures that the mail refers to by their Content-ID, as ``data:``, up to a total size."""
    found: dict[str, str] = {}
    room = _MOST_PICTURES_BYTES
    for part in _leaves(mail):
        id_ = part.value("Content-ID").strip(" <>")
        if not id_ or not id_.isascii() or id_ in found or len(part.body) > 2 * room:
            continue
        content = transfer.undo(part.body, part.encoding)
        kind = next((kind for start, kind in _PICTURES.items() if content.startswith(start)), "")
        if kind and len(content) <= room:
            room -= len(content)
            found[id_] = f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
    return found


def _leaves(part: Part) -> Iterator[Part]:
    if part.media_type in ENCLOSED_MAIL:
        return
    if not part.children:
        yield part
    for child in part.children:
        yield from _leaves(child)
