"""Undo transfer encodings: base64, quoted-printable and uuencode, with the damage that real mail has.

As much comes out as can be read. Keeps out: what the bytes mean (``charset``, ``files``).
"""

import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_ALPHABET = bytes(octet for octet in range(256) if octet not in _ALPHABET)

# What stands behind padding is one more text, if it looks like one: a list's footer in plain words is none.
_MOST_PIECES = 1000
_PADDING = re.compile(rb"=[=\s]*+")
_NOT_BASE64_LINES = re.compile(rb"[^A-Za-z0-9+/=\s]|[A-Za-z0-9+/][ \t]+[A-Za-z0-9+/]")

_SOFT_BREAK_WITH_BLANKS = re.compile(rb"=[ \t]++(?=\r?\n)")

# Half of the code for a byte, right behind a whole one, where a mail that came only in part ends within a character.
_CUT_CODE = re.compile(rb"(?<==[0-9A-F]{2})=[0-9A-F]\Z")
_TOKEN = re.compile(r"[A-Za-z0-9-]+")

# The lengths of uuencoded lines are written as one character from "!" (1) to "M" (45); "`" and " " end the file.
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n(?=[!-M][ -`]+\r?\n)", re.MULTILINE)
_UU_LINE = re.compile(rb"[!-M][ -`]{1,63}(?:\r?\n|\Z)")
_UU_END = re.compile(rb"(?:[` ]{0,2}\r?\n){0,3}end[ \t]{0,8}(?:\r?\n|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class UuFile:
    """A uuencoded file and where it stands among the bytes: from ``start`` up to, not including, ``end``."""

    name: bytes
    content: bytes
    start: int
    end: int


def name_of(encoding: str) -> str:
    """Return the bare name of a transfer encoding: ``base64`` for ``"Base64; (comment)"``, empty when there is none."""
    found = _TOKEN.search(encoding, 0, 200)
    return found[0].lower() if found else ""


def undo(body: memoryview, encoding: str) -> bytes:
    """Return the bytes that ``body`` stands for; ``encoding`` is from ``name_of``; unknown ones change nothing."""
    decoder = _DECODERS.get(encoding)
    return decoder(body) if decoder else bytes(body)


def find_uu_files(content: bytes) -> Iterator[UuFile]:
    """Yield the uuencoded files that stand between the lines of a text."""
    position = 0
    while (begin := _UU_BEGIN.search(content, position)) is not None:
        pieces: list[bytes] = []
        position = begin.end()
        while (line := _UU_LINE.match(content, position)) and (piece := _uu_line(line[0])) is not None:
            pieces.append(piece)
            position = line.end()
        ending = _UU_END.match(content, position)
        position = ending.end() if ending else position
        if pieces:
            yield UuFile(name=begin[1].strip(), content=b"".join(pieces), start=begin.start(), end=position)


def _base64(body: memoryview) -> bytes:
    padding = _PADDING.search(body)
    if padding is None or padding.end() == len(body) or _NOT_BASE64_LINES.search(body, padding.end()):
        return _one_base64(body)
    return b"".join(_one_base64(piece) for piece in _padded_pieces(body))


def _padded_pieces(body: memoryview) -> Iterator[memoryview]:
    start = 0
    for found in islice(_PADDING.finditer(body), _MOST_PIECES):
        yield body[start : found.end()]
        start = found.end()
    yield body[start:]


def _one_base64(body: memoryview) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        # The end is missing: the characters that make whole bytes still hold everything before it.
        characters = bytes(body).translate(None, _NOT_ALPHABET)
        whole = characters[: len(characters) - (len(characters) % 4 == 1)]
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _quoted_printable(body: memoryview) -> bytes:
    whole = body[:-2] if _CUT_CODE.search(body[-5:]) else body
    return binascii.a2b_qp(_SOFT_BREAK_WITH_BLANKS.sub(b"=", whole))


def _uuencoded(body: memoryview) -> bytes:
    content = bytes(body)
    return b"".join(file.content for file in find_uu_files(content)) or content


def _uu_line(line: bytes) -> bytes | None:
    """Return what one line stands for, None for a line of words that only looks like one."""
    octets = line[0] - 32
    written = line[1:].rstrip(b"\r\n")
    characters = -(-octets // 3) * 4
    # Blanks at the end are often lost on the way, and some encoders add a character to check the line with.
    if not len(written.rstrip()) - 2 <= characters <= len(written) + 4:
        return None
    return binascii.a2b_uu(line[:1] + written[: -(-octets * 4 // 3)])


_DECODERS: dict[str, Callable[[memoryview], bytes]] = {
    "base64": _base64,
    "quoted-printable": _quoted_printable,
    "x-uuencode": _uuencoded,
    "x-uue": _uuencoded,
    "uuencode": _uuencoded,
}

ENCODINGS = frozenset(_DECODERS)
"""The names of what ``undo`` undoes."""
