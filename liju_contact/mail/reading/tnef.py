"""The files inside of winmail.dat, the wrapping in which Outlook sends attachments to those who cannot open it (TNEF).

Only attachments are read. What the format says beyond them (the text once more as RTF, times, flags) is skipped.
Source: [MS-OXTNEF] section 2.1, "TNEF Stream"; [MS-OXPROPS] for the numbers of properties.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from liju_contact.mail.reading.charset import decode

_SIGNATURE = b"\x78\x9f\x3e\x22"
_KEY_BYTES = 2
_CHECKSUM_BYTES = 2
_LEVEL_ATTACHMENT = 2

# Attributes of the stream, by their ids. The rendering is always the first of an attachment.
_CODEPAGE = 0x9007
_RENDERING = 0x9002
_TITLE = 0x8010
_CONTENT = 0x800F
_PROPERTIES = 0x9005

# MAPI properties of an attachment.
_NAMES = (0x3707, 0x3704, 0x3001)  # The long name, the short one, and the one that is displayed.
_CONTENT_PROPERTY = 0x3701
_MEDIA_TYPE = 0x370E

# Types of properties: those of one size, and those that say their length.
_SIZES = {0x01: 0, 0x02: 2, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 2, 0x14: 8, 0x40: 8, 0x48: 16}
_TEXT, _UTF16_TEXT, _BINARY, _OBJECT = 0x1E, 0x1F, 0x102, 0x0D
_WITH_LENGTH = {_TEXT, _UTF16_TEXT, _BINARY, _OBJECT, 0}
_MANY_VALUES = 0x1000
_FIRST_NAMED = 0x8000
_ID_BYTES = 16


class BrokenTnefError(ValueError):
    """The content is no TNEF, or ends in the middle of something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TnefFile:
    """``media_type`` is empty where the sender's program did not say it."""

    name: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class _Reader:
    view: memoryview
    position: int = 0

    def take(self, count: int) -> memoryview:
        start, self.position = self.position, self.position + count
        if self.position > len(self.view):
            raise BrokenTnefError("It ends in the middle of something.")
        return self.view[start : self.position]

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "little")

    def take_padded(self, count: int) -> memoryview:
        """Take a value that is filled up to a multiple of four bytes; the last may lack its filling."""
        value = self.take(count)
        self.position = min(self.position + -count % 4, len(self.view))
        return value

    @property
    def has_more(self) -> bool:
        return self.position < len(self.view)


@dataclass(slots=True, kw_only=True)
class _Attachment:
    title: str = ""
    content: bytes = b""
    texts: dict[int, str] = field(default_factory=dict)

    def as_file(self) -> TnefFile:
        long_name, *others = (self.texts.get(number, "") for number in _NAMES)
        name = next(filter(None, (long_name, self.title, *others)), "")
        return TnefFile(name=name, media_type=self.texts.get(_MEDIA_TYPE, "").lower(), content=self.content)


def files_of(content: bytes) -> tuple[TnefFile, ...]:
    """Return the attachments in their order. Raises ``BrokenTnefError``: then the wrapping itself is all there is."""
    attachments: list[_Attachment] = []
    charset = "cp1252"
    for level, attribute, body in _attributes(content):
        if attribute == _CODEPAGE:
            charset = f"cp{_Reader(body).number(4)}"
        elif attribute == _RENDERING:
            attachments.append(_Attachment())
        elif level == _LEVEL_ATTACHMENT and attachments:
            _add(attachments[-1], attribute, body, charset)
    return tuple(attachment.as_file() for attachment in attachments)


def _attributes(content: bytes) -> Iterator[tuple[int, int, memoryview]]:
    """Yield the level, the id and the content of each attribute."""
    if not content.startswith(_SIGNATURE):
        raise BrokenTnefError("The signature is missing.")
    reader = _Reader(memoryview(content), len(_SIGNATURE) + _KEY_BYTES)
    while reader.has_more:
        level, attribute = reader.number(1), reader.number(2)
        reader.take(2)  # The type, which follows from the id.
        yield level, attribute, reader.take(reader.number(4))
        reader.take(_CHECKSUM_BYTES)


def _add(attachment: _Attachment, attribute: int, body: memoryview, charset: str) -> None:
    if attribute == _TITLE:
        attachment.title = decode(bytes(body), charset)
    elif attribute == _CONTENT:
        attachment.content = bytes(body)
    elif attribute == _PROPERTIES:
        for number, kind, value in _properties(_Reader(body)):
            if kind in {_TEXT, _UTF16_TEXT}:
                attachment.texts[number] = decode(bytes(value), "utf-16-le" if kind == _UTF16_TEXT else charset)
            elif number == _CONTENT_PROPERTY and not attachment.content:
                # An object, such as an enclosed mail, begins with the id of its class.
                attachment.content = bytes(value[_ID_BYTES:] if kind == _OBJECT else value)


def _properties(reader: _Reader) -> Iterator[tuple[int, int, memoryview]]:
    """Yield the number, the type and the value of each property; one with many values comes several times."""
    for _ in range(reader.number(4)):
        kind, number = reader.number(2), reader.number(2)
        if number >= _FIRST_NAMED:
            _skip_name(reader)
        single = kind & ~_MANY_VALUES
        if single in _WITH_LENGTH:
            for _ in range(reader.number(4)):
                yield number, single, reader.take_padded(reader.number(4))
        elif single in _SIZES:
            count = reader.number(4) if kind & _MANY_VALUES else 1
            yield number, single, reader.take_padded(count * _SIZES[single])
        else:
            raise BrokenTnefError("It has a property of an unknown type.")


def _skip_name(reader: _Reader) -> None:
    """Skip the name of a property that has no number of its own: an id, and then a number or a text."""
    reader.take(_ID_BYTES)
    is_text = reader.number(4) != 0
    if is_text:
        reader.take_padded(reader.number(4))
    else:
        reader.take(4)
