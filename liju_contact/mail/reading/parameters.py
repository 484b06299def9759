"""Values with parameters, as in Content-Type and Content-Disposition: RFC 2045 and RFC 2231, and what is sent instead.

Keeps out: what the parameters mean (``part``, ``files``).
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from liju_contact.mail.reading.charset import decode
from liju_contact.mail.reading.encoded_words import LONGEST_VALUE, readable

# Each repetition is possessive: what it took it never gives back, which keeps hostile values linear.
_MAIN = re.compile(r"[\s;]*+([^\s;=\"(]++)(?!\s*+=)")
_SEPARATORS = re.compile(r"[;\s]*+")
_PARAMETER = re.compile(r"""([^\s=;"()]++) \s*+=\s*+ (?: "((?:[^"\\]|\\.)*+)" | ("?[^;]*+) )""", re.VERBOSE | re.DOTALL)
_NAME = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_BARE_TOKEN = re.compile(r"[^\s(]*")
_ESCAPED = re.compile(r"\\([\"\\])")

# Only these hold blanks and brackets when a sender forgot the quotes.
_FILE_NAMES = {"name", "filename"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """One ``name*1*=`` of a parameter that is sent in pieces (RFC 2231); ``is_percent_encoded`` is the last star."""

    number: int
    is_percent_encoded: bool
    value: str


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return what stands first, in lower case, and the parameters: names in lower case, values decoded.

    Of two parameters with one name the first counts, and one in the form of RFC 2231 before one that is not.
    """
    value = value[:LONGEST_VALUE]
    main = _MAIN.match(value)
    plain: dict[str, str] = {}
    pieces: dict[str, list[_Piece]] = {}
    for name, written in _written(value, main.end() if main else 0):
        found = _NAME.fullmatch(name)
        if found and (found[2] or found[3]):
            piece = _Piece(number=int(found[2] or 0), is_percent_encoded=bool(found[3]), value=written)
            pieces.setdefault(found[1], []).append(piece)
        else:
            plain.setdefault(name, written)
    decoded = {name: readable(written) for name, written in plain.items()}
    return main[1].lower() if main else "", decoded | {name: _joined(found) for name, found in pieces.items()}


def _written(value: str, position: int) -> list[tuple[str, str]]:
    """Return the parameters as they are written, without their quotes."""
    found: list[tuple[str, str]] = []
    while (separators := _SEPARATORS.match(value, position)) and (position := separators.end()) < len(value):
        parameter = _PARAMETER.match(value, position)
        if parameter is None:
            # Whatever stands here, the next semicolon is a new beginning.
            position = value.find(";", position) + 1 or len(value)
            continue
        position = parameter.end()
        name = parameter[1].lower()
        found.append((name, _unquoted(name, parameter[2], parameter[3])))
    return found


def _unquoted(name: str, quoted: str | None, bare: str) -> str:
    if quoted is not None:
        return _ESCAPED.sub(r"\1", quoted)
    bare = bare.strip().strip("\"'")
    if name.partition("*")[0] in _FILE_NAMES:
        return bare
    token = _BARE_TOKEN.match(bare)
    return token[0] if token else ""


def _joined(pieces: list[_Piece]) -> str:
    """Put a parameter's pieces together and decode them: ``utf-8'en'%E4%BD%A0``, where any of it may be missing."""
    pieces.sort(key=lambda piece: piece.number)
    if not any(piece.is_percent_encoded for piece in pieces):
        return readable("".join(piece.value for piece in pieces))
    charset, first = _charset_and_rest(pieces[0].value)
    values = [first, *(piece.value for piece in pieces[1:])]
    octets = b"".join(_octets(piece, value) for piece, value in zip(pieces, values, strict=True))
    return readable(decode(octets, charset))


def _charset_and_rest(value: str) -> tuple[str, str]:
    match value.split("'", 2):
        case [charset, _, rest]:
            return charset, rest
        case _:
            return "", value


def _octets(piece: _Piece, value: str) -> bytes:
    octets = value.encode("utf-8", "surrogateescape")
    return unquote_to_bytes(octets) if piece.is_percent_encoded else octets
