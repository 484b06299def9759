"""A kept letter as the post office shows it: what ``mail.reading`` reads of any mail, and its HTML with its pictures.

Keeps out: taking mail apart (``mail.reading``), where letters are kept (``maildir``), and what a letter means.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from liju_contact.domain.inbound_mail import MailFile
from liju_contact.mail.reading import charset, files, transfer
from liju_contact.mail.reading.faults import Faults
from liju_contact.mail.reading.header import mailboxes, readable
from liju_contact.mail.reading.part import Part, cut
from liju_contact.mail.reading.running_text import RunningText

INLINE_PICTURES_BYTES = 20_000_000
INLINE_PICTURE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}

_PICTURE_ADDRESS = re.compile(r"cid:([^\"'\s()<>]{1,500})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """``text`` is all of the running text, made from the HTML where a letter has no other."""

    mail: Part
    text: str
    files: tuple[MailFile, ...]
    html: Part | None


def contents_of(received: bytes) -> Contents:
    """Read a letter, however odd it is."""
    mail = cut(received)
    faults = Faults()
    found = files.contents_of(mail, faults)
    running = RunningText(faults=faults, first_number=len(found.files) + 1)
    text = running.read(found.texts)
    html = next((part for part in _parts_of(found.texts) if part.media_type == "text/html"), None)
    return Contents(mail=mail, text=text, files=(*found.files, *running.uu_files), html=html)


def people_in(mail: Part, name: str) -> str:
    """Return whom a header field names, as people write it; a field that names nobody stays as it is."""
    found = mailboxes(mail.value(name))
    people = (f"{one.name} <{one.address}>" if one.name else one.address for one in found)
    return ", ".join(people) or readable(mail.value(name))


def html_of(contents: Contents) -> str:
    """Return the HTML as the sender wrote it, with the pictures that the letter carries put in place; or nothing.

    The letter is shown where nothing may be loaded, not even from here, so a picture has to be inside of it.
    """
    html = contents.html
    if html is None:
        return ""
    text = charset.decode(transfer.undo(html.body, html.encoding), html.params.get("charset", ""))
    return _with_pictures(text, _pictures_of(contents.mail))


def _parts_of(texts: Sequence[files.Text]) -> Iterator[Part]:
    for text in texts:
        if isinstance(text, Part):
            yield text
        else:
            yield from _parts_of([*chain.from_iterable(text.options)])


def _pictures_of(mail: Part) -> dict[str, Part]:
    """Return the pictures below a part by their Content-IDs (RFC 2392)."""
    if mail.media_type in INLINE_PICTURE_TYPES:
        return {mail.value("Content-ID").strip(" <>"): mail}
    return {name: picture for part in mail.children for name, picture in _pictures_of(part).items()}


def _with_pictures(html: str, pictures: dict[str, Part]) -> str:
    bytes_left = INLINE_PICTURES_BYTES

    def in_place(address: re.Match[str]) -> str:
        nonlocal bytes_left
        picture = pictures.get(address[1])
        if picture is None or len(picture.body) > bytes_left:
            return address[0]
        # A letter may name one picture a hundred thousand times.
        bytes_left -= len(picture.body)
        content = transfer.undo(picture.body, picture.encoding)
        return f"data:{picture.media_type};base64,{base64.b64encode(content).decode('ascii')}"

    return _PICTURE_ADDRESS.sub(in_place, html)
