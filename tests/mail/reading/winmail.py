"""Build a winmail.dat as Outlook does, to be read in tests."""

from __future__ import annotations

import struct

_RENDERING, _TITLE, _CONTENT, _PROPERTIES, _CODEPAGE, _BODY = 0x9002, 0x8010, 0x800F, 0x9005, 0x9007, 0x800C


def _attribute(level: int, attribute: int, content: bytes) -> bytes:
    checksum = sum(content) & 0xFFFF
    return struct.pack("<BII", level, attribute, len(content)) + content + struct.pack("<H", checksum)


def _padded(content: bytes) -> bytes:
    return content + b"\0" * (-len(content) % 4)


def _variable(kind: int, number: int, content: bytes) -> bytes:
    return struct.pack("<HHII", kind, number, 1, len(content)) + _padded(content)


def _properties(long_name: str, media_type: str) -> bytes:
    name = (long_name + "\0").encode("utf-16-le")
    properties = [
        struct.pack("<HHI", 0x03, 0x3705, 1),  # The method; a number.
        struct.pack("<HHHH", 0x0B, 0x7FFE, 1, 0),  # Hidden or not; two bytes and two that fill up.
        struct.pack("<HHQ", 0x40, 0x3007, 0),  # A time.
        struct.pack("<HH16sII", 0x1E, 0x8001, bytes(16), 0, 7)  # A named one, its name a number.
        + struct.pack("<II", 1, 3)
        + _padded(b"ab\0"),
        struct.pack("<HHIHH", 0x1002, 0x6001, 2, 1, 2),  # One with two values.
        _variable(0x1F, 0x3707, name),
        _variable(0x1E, 0x370E, media_type.encode() + b"\0"),
    ]
    return struct.pack("<I", len(properties)) + b"".join(properties)


def winmail(*files: tuple[str, str, str, bytes]) -> bytes:
    """Return a winmail.dat with ``files``: the short name, the long one, the media type and the content of each."""
    pieces = [
        struct.pack("<IH", 0x223E9F78, 7),
        _attribute(1, _CODEPAGE, struct.pack("<II", 936, 0)),
        _attribute(1, _BODY, b"text\0"),
    ]
    for short_name, long_name, media_type, content in files:
        pieces += [
            _attribute(2, _RENDERING, bytes(14)),
            _attribute(2, _TITLE, short_name.encode("gbk") + b"\0"),
            _attribute(2, _CONTENT, content),
            *([_attribute(2, _PROPERTIES, _properties(long_name, media_type))] if long_name else []),
        ]
    return b"".join(pieces)
