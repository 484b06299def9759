"""Tell a mail's running text from its files, and give the files their names, types and contents.

Every part ends up as one of both, or a fault says why not. Keeps out: reading the running text (``running_text``), and
whether a file is accepted (``domain.file_kind``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from liju_contact.domain.inbound_mail import MailFile
from liju_contact.mail.reading import tnef, transfer
from liju_contact.mail.reading.faults import Faults
from liju_contact.mail.reading.file_names import made_name, name_of, named
from liju_contact.mail.reading.parameters import parameters
from liju_contact.mail.reading.part import ENCLOSED_MAIL, MOST_PARTS, Part, enclosed_bytes

_RUNNING_TEXT = {"text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp-html", "text/watch-html"}
_NOT_ENCODED = {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none"}
_TNEF_TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}
_TNEF_NAMES = {"winmail.dat", "win.dat"}
_PICTURE_REFERENCE = re.compile(rb"cid:([^\"'\s()<>]{1,500})", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,99}/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}")


@dataclass(frozen=True, slots=True)
class Choice:
    """Forms of the same text, the one to prefer first; each is a sequence of texts."""

    options: tuple[tuple["Text", ...], ...]


Text = Part | Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """``texts`` are the parts of the running text in their order."""

    texts: tuple[Text, ...]
    files: tuple[MailFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a part stands: ``is_body`` where a mail's text is expected, ``is_first`` if no other part is before it."""

    is_body: bool = False
    is_first: bool = False
    is_related: bool = False


def contents_of(mail: Part, faults: Faults) -> Contents:
    """Sort the parts of ``mail``; what could not be read of the files is added to ``faults``."""
    sorter = _Sorter(faults=faults)
    texts = tuple(sorter.texts_of(mail, _Place(is_body=True, is_first=True)))
    return Contents(texts=texts, files=tuple(sorter.files_shown_in_place()))


@dataclass(slots=True, kw_only=True)
class _Sorter:
    faults: Faults
    files: list[MailFile] = field(default_factory=list)
    content_ids: dict[int, bytes] = field(default_factory=dict)
    html: list[Part] = field(default_factory=list)

    def texts_of(self, part: Part, place: _Place) -> Iterator[Text]:
        """Yield the running text below ``part`` and collect its files."""
        self.faults.add(*part.faults)
        is_left_whole = part.media_type.startswith("multipart/") and part.faults and not part.children
        if part.media_type in ENCLOSED_MAIL or is_left_whole:
            self._add_file(part, place)
        elif part.media_type.startswith("multipart/"):
            yield from self._texts_of_multipart(part, place)
        elif _is_running_text(part, place):
            self.html += [part] if part.media_type == "text/html" else []
            yield part
        else:
            self._add_file(part, place)

    def _texts_of_multipart(self, part: Part, place: _Place) -> Iterator[Text]:
        if part.media_type == "multipart/alternative":
            body = replace(place, is_body=True)
            options = (tuple(self.texts_of(child, body)) for child in part.children)
            yield Choice(tuple(sorted(filter(None, options), key=_rank)))
            return
        if not part.children and bytes(part.body).strip():
            self.faults.add("The parts that the mail announces are not in it; what stands there is shown as text.")
            yield part
        is_related = part.media_type == "multipart/related"
        for index, child in enumerate(part.children):
            is_first = place.is_first and index == 0
            yield from self.texts_of(child, _Place(is_first=is_first, is_related=is_related))

    def _add_file(self, part: Part, place: _Place) -> None:
        number = len(self.files) + 1
        content = self.faults.guarded(lambda: _content(part, self.faults), None, "A file is kept in its encoding.")
        content = bytes(part.body) if content is None else content
        name = self.faults.guarded(lambda: name_of(part, number), made_name(part, number), "A file's name is lost.")
        if part.media_type in _TNEF_TYPES or name.lower() in _TNEF_NAMES:
            unwrapped = self._unwrapped(content)
            if unwrapped:
                self.files += unwrapped
                return
        disposition = parameters(part.value("Content-Disposition"))[0]
        is_shown = disposition == "inline" or (place.is_related and disposition != "attachment")
        is_inline = part.media_type.startswith("image/") and is_shown
        self.content_ids[len(self.files)] = part.value("Content-ID").strip(" <>").encode("utf-8", "surrogateescape")
        self.files.append(MailFile(name=name, media_type=part.media_type, content=content, is_inline=is_inline))

    def _unwrapped(self, content: bytes) -> list[MailFile]:
        """Return the files inside of a winmail.dat; none if it cannot be read, then it stays a file itself."""
        try:
            inside = tnef.files_of(content)
        except tnef.BrokenTnefError as error:
            self.faults.add(f"The file winmail.dat cannot be unpacked. {error}")
            return []
        if len(inside) > MOST_PARTS:
            self.faults.add("The file winmail.dat holds more files than are unpacked.")
            return []
        return [_tnef_file(file, len(self.files) + index) for index, file in enumerate(inside, start=1)]

    def files_shown_in_place(self) -> Iterator[MailFile]:
        """Yield the files, with the pictures marked that the HTML refers to (RFC 2392) wherever they stand."""
        unsure = any(
            self.content_ids.get(index) and _is_attached_picture(file) for index, file in enumerate(self.files)
        )
        referred = self._references() if unsure else set()
        for index, file in enumerate(self.files):
            is_referred = _is_attached_picture(file) and self.content_ids.get(index) in referred
            yield replace(file, is_inline=True) if is_referred else file

    def _references(self) -> set[bytes]:
        return {found[1] for part in self.html for found in _PICTURE_REFERENCE.finditer(_undone(part))}


def _is_attached_picture(file: MailFile) -> bool:
    return file.media_type.startswith("image/") and not file.is_inline


def _is_running_text(part: Part, place: _Place) -> bool:
    """Tell whether a part is meant to be read in place. Some senders name even the body of their mails."""
    if part.media_type not in _RUNNING_TEXT:
        return False
    disposition, params = parameters(part.value("Content-Disposition"))
    if disposition == "attachment":
        return False
    if place.is_body:
        return True
    return not params.get("filename") and (place.is_first or not part.params.get("name"))


def _rank(option: tuple[Text, ...]) -> int:
    """Order the forms of a text: plain text, then HTML, then what is rarely complete."""
    first = option[0]
    if isinstance(first, Choice):
        return 1
    return {"text/plain": 0, "text/html": 1}.get(first.media_type, 2)


def _content(part: Part, faults: Faults) -> bytes:
    if part.media_type in ENCLOSED_MAIL:
        return enclosed_bytes(part)
    content = _undone(part)
    if not content and bytes(part.body[:1000]).strip():
        faults.add(f"A file is not in the encoding that the mail names, {part.encoding}; it is kept as it came.")
        return bytes(part.body)
    if part.encoding not in transfer.ENCODINGS | _NOT_ENCODED:
        faults.add(f"A file has the unknown encoding {part.encoding}; it is kept as it came.")
    return content


def _undone(part: Part) -> bytes:
    return transfer.undo(part.body, part.encoding)


def _tnef_file(file: tnef.TnefFile, number: int) -> MailFile:
    media_type = file.media_type if _MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream"
    return MailFile(
        name=named(file.name, media_type, number), media_type=media_type, content=file.content, is_inline=False
    )
