"""Read the running text of a mail from the parts that hold it: plain text where there is any, else HTML.

Keeps out: which parts those are (``files``), and what of the text is a quote (``domain.visible_text``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from liju_contact.domain.inbound_mail import MailFile
from liju_contact.domain.text import is_blank
from liju_contact.mail.reading import charset, transfer
from liju_contact.mail.reading.faults import Faults
from liju_contact.mail.reading.file_names import named
from liju_contact.mail.reading.files import Choice, Text
from liju_contact.mail.reading.flowed import unflow
from liju_contact.mail.reading.html_text import LONGEST_READ, html_to_text
from liju_contact.mail.reading.part import Part

LONGEST_TEXT = 1_000_000
"""Characters; a long novel. The received bytes are kept anyway."""

# Enough for the longest text in any charset, and for that in quoted-printable, which writes a byte with three.
_MOST_BYTES = 4 * LONGEST_TEXT
_MOST_ENCODED_BYTES = 3 * _MOST_BYTES

_MOST_UU_FILES = 100
_HTML_TYPES = {"text/html", "text/x-amp-html", "text/watch-html"}
_META_CHARSET = re.compile(rb"<meta\b[^<>]{0,200}?\bcharset\s*=\s*[\"']?\s*([a-z0-9_:.-]{1,40})", re.IGNORECASE)
_META_WITHIN_BYTES = 4096
_CUT = "The text is longer than is read; it is shown up to there."


@dataclass(slots=True, kw_only=True)
class RunningText:
    """Reads texts one after the other; ``uu_files`` are the files that were uuencoded between their lines."""

    faults: Faults
    first_number: int
    uu_files: list[MailFile] = field(default_factory=list)

    def read(self, texts: Sequence[Text]) -> str:
        """Return all of the running text, with a blank line between its parts."""
        pieces: list[str] = []
        for text in texts:
            piece = self._one(text).rstrip()
            if not is_blank(piece) and not (pieces and _is_same(pieces[-1], piece)):
                pieces.append(piece.lstrip("\n"))
        whole = "\n\n".join(pieces)
        if len(whole) > LONGEST_TEXT:
            self.faults.add(_CUT)
        return whole[:LONGEST_TEXT]

    def _one(self, text: Text) -> str:
        if isinstance(text, Choice):
            # The mere blank text that some senders put beside their HTML is no form of it.
            options = (self.read(option) for option in text.options)
            return next((option for option in options if option), "")
        return self.faults.guarded(lambda: self._part(text), "", "A part of the text cannot be read.")

    def _part(self, part: Part) -> str:
        content = transfer.undo(part.body[:_MOST_ENCODED_BYTES], part.encoding)
        if len(content) > _MOST_BYTES or len(part.body) > _MOST_ENCODED_BYTES:
            self.faults.add(_CUT)
            # A character that is cut in two at the end would make the charset doubtful.
            content = content[: content.rfind(b"\n", 0, _MOST_BYTES) + 1 or _MOST_BYTES]
        declared = declared_charset(part, content)
        if part.media_type in _HTML_TYPES:
            html = charset.decode(content, declared)
            if len(html) > LONGEST_READ:
                self.faults.add(_CUT)
            return html_to_text(html)
        text = charset.decode(self._without_uu_files(content), declared)
        if part.params.get("format", "").lower() == "flowed":
            return unflow(text, delsp=part.params.get("delsp", "").lower() == "yes")
        return text

    def _without_uu_files(self, content: bytes) -> bytes:
        """Take the uuencoded files out of a text; what stands around them stays."""
        pieces, position = [], 0
        for file in islice(transfer.find_uu_files(content), _MOST_UU_FILES):
            pieces.append(content[position : file.start])
            position = file.end
            number = self.first_number + len(self.uu_files)
            name = named(charset.decode(file.name, ""), "", number)
            media_type = "application/octet-stream"
            self.uu_files.append(MailFile(name=name, media_type=media_type, content=file.content, is_inline=False))
        return b"".join([*pieces, content[position:]]) if pieces else content


def declared_charset(part: Part, content: bytes) -> str:
    """Return the charset that a text names: in its field, or, for HTML, inside of it."""
    declared = part.params.get("charset", "")
    return declared or _meta_charset(content) if part.media_type in _HTML_TYPES else declared


def _meta_charset(html: bytes) -> str:
    found = _META_CHARSET.search(html, 0, _META_WITHIN_BYTES)
    return found[1].decode("ascii") if found else ""


def _is_same(one: str, other: str) -> bool:
    """Tell whether two parts say the same: some senders put a text and its HTML one after the other."""
    return one.split() == other.split()
