"""Read the bytes of a letter for display: its headers, text, HTML and files, however odd the letter is.

A letter is cut, not parsed: its parts are slices of the received bytes, found by their boundaries. The standard
library's parser sees headers only: on a whole letter with a 20 MB drawing it takes 0.5 s and 250 MB, and it raises on
odd ones. Every header and every part is guarded on its own, so that what can be read is read.

Keeps out: where letters are kept (``maildir``) and what a letter means.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
import quopri
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Compat32
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Found = TypeVar("Found")

ODD_MAIL = (AttributeError, LookupError, TypeError, ValueError, AssertionError, RecursionError, MessageError)
"""What the standard library raises on real mail; 37 of 7 427 letters of public collections do."""

HEAD_BYTES = 256 * 1024
STRUCTURED_HEADER_LENGTH = 2000
DEEPEST_NESTING = 20
MOST_PARTS = 500
INLINE_PICTURES_BYTES = 20_000_000
INLINE_PICTURE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}

# These names are used for the smaller set but the letters hold the larger one, which contains it.
LARGER_CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949"}

ENCODED_WORD = r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?="
ENCODED_WORDS = re.compile(rf"{ENCODED_WORD}(?:\s+{ENCODED_WORD})*")
HEAD_END = re.compile(rb"\r?\n\r?\n")
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a letter that holds no further parts; ``body`` is still in its transfer encoding."""

    headers: Message
    body: memoryview


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A letter's parts, sorted into what is read (``text``, ``html``) and what is saved (``files``)."""

    headers: Message
    text: tuple[Part, ...]
    html: Part | None
    files: tuple[Part, ...]


def contents_of(received: bytes) -> Contents:
    text: list[Part] = []
    html: Part | None = None
    files: list[Part] = []
    for part in islice(_leaves(memoryview(received)), MOST_PARTS):
        kind = _reading_kind(part.headers)
        if kind == "text/plain":
            text.append(part)
        elif kind == "text/html" and html is None:
            html = part
        else:
            files.append(part)
    headers = _head_and_body(memoryview(received)).headers
    return Contents(headers=headers, text=tuple(text), html=html, files=tuple(files))


def headers_of(headers: Message) -> Iterator[tuple[str, str]]:
    """Yield every header field in order, unfolded and decoded for people."""
    for name, value in headers.raw_items():
        yield _well_formed(name), _readable_header(str(value))


def header_of(headers: Message, name: str) -> str:
    return next((value for field, value in headers_of(headers) if field.lower() == name.lower()), "")


def text_of(part: Part) -> str:
    declared = _guarded(part.headers.get_content_charset, None)
    return _decoded_text(bytes_of(part), declared or "")


def bytes_of(part: Part) -> bytes:
    """Return the part without its transfer encoding; broken encodings give as much as can be read."""
    encoding = str(part.headers.get("Content-Transfer-Encoding", "")).strip().lower()
    match encoding:
        case "base64":
            return _decoded_base64(bytes(part.body))
        case "quoted-printable":
            return quopri.decodestring(bytes(part.body))
        case _:
            return bytes(part.body)


def media_type_of(part: Part) -> str:
    declared = _guarded(part.headers.get_content_type, "")
    return declared if MEDIA_TYPE.fullmatch(declared) else "application/octet-stream"


def file_name_of(part: Part, index: int) -> str:
    """Return the sender's name for the file without folders and control characters, or one made from its place."""
    declared = _readable_header(_guarded(part.headers.get_filename, None) or "")
    name = "".join(sign for sign in re.split(r"[/\\]", declared)[-1] if sign.isprintable()).strip(". ")
    return name[-200:] or f"file-{index + 1}{mimetypes.guess_extension(media_type_of(part)) or '.bin'}"


def html_with_pictures(html: str, files: tuple[Part, ...]) -> str:
    """Put the pictures that the letter carries in place of their ``cid:`` addresses (RFC 2392).

    The letter is shown where nothing may be loaded, not even from here, so a picture has to be inside of it.
    """
    pictures = {_content_id(part): part for part in files if media_type_of(part) in INLINE_PICTURE_TYPES}
    bytes_left = INLINE_PICTURES_BYTES

    def in_place(address: re.Match[str]) -> str:
        nonlocal bytes_left
        part = pictures.get(address[1])
        if part is None or len(part.body) > bytes_left:
            return address[0]
        # A letter may name one picture a hundred thousand times.
        bytes_left -= len(part.body)
        return f"data:{media_type_of(part)};base64,{base64.b64encode(bytes_of(part)).decode('ascii')}"

    return re.sub(r"cid:([^\"'\s()<>]+)", in_place, html)


class _Cautious(Compat32):
    """Give the standard library header values that it can take apart: of a sane length, and of text throughout.

    It needs seconds for a Content-Type of 24 KB of semicolons (python/cpython#87075), and it blanks out file names that
    were sent as bare UTF-8.
    """

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        is_structured = name.lower().startswith("content-")
        return name, value[:STRUCTURED_HEADER_LENGTH] if is_structured else value

    def header_fetch_parse(self, name: str, value: str) -> str:
        del name  # All headers are treated alike.
        return _decoded_text(value.encode("utf-8", "surrogateescape"), "")


def _leaves(letter: memoryview, depth: int = 0) -> Iterator[Part]:
    part = _head_and_body(letter)
    boundary = _guarded(part.headers.get_boundary, None)
    pieces = _pieces(part.body, boundary) if boundary and depth < DEEPEST_NESTING else []
    if not pieces or _guarded(part.headers.get_content_maintype, "") != "multipart":
        yield part
        return
    for piece in pieces:
        yield from _leaves(piece, depth + 1)


def _head_and_body(letter: memoryview) -> Part:
    if bytes(letter[:2]).lstrip(b"\r").startswith(b"\n"):
        return Part(headers=Message(), body=letter[bytes(letter[:2]).index(b"\n") + 1 :])
    end = HEAD_END.search(letter, 0, HEAD_BYTES)
    head_end, body_start = end.span() if end else (min(len(letter), HEAD_BYTES),) * 2
    headers = BytesHeaderParser(policy=_Cautious()).parsebytes(bytes(letter[:head_end]))
    return Part(headers=headers, body=letter[body_start:] if headers.keys() else letter)


def _pieces(body: memoryview, boundary: str) -> list[memoryview]:
    """Cut a multipart body at its delimiter lines; what stands before the first and after the last is left out.

    Source: RFC 2046 section 5.1.1. The line break before a delimiter belongs to the delimiter.
    """
    # The expression starts with a plain string and not with the line break, which makes the search fifty times as fast.
    delimiter = re.compile(re.escape(b"--" + boundary.encode("utf-8", "surrogateescape")) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    pieces: list[memoryview] = []
    start = None
    for found in islice(delimiter.finditer(body), MOST_PARTS):
        if found.start() and body[found.start() - 1] != ord("\n"):
            continue
        if start is not None:
            pieces.append(_between_line_breaks(body[start : found.start()]))
        start = found.end()
        if found[1]:
            return pieces
    return pieces if start is None else [*pieces, _between_line_breaks(body[start:])]


def _between_line_breaks(piece: memoryview) -> memoryview:
    first = re.match(rb"\r?\n", piece)
    last = re.search(rb"\r?\n\Z", piece[-2:])
    inner = piece[: len(piece) - len(last[0])] if last else piece
    return inner[len(first[0]) :] if first else inner


def _reading_kind(headers: Message) -> str:
    """Return ``text/plain`` or ``text/html`` for a part that is meant to be read in place, else nothing."""
    is_saved = _guarded(headers.get_content_disposition, None) == "attachment" or _guarded(headers.get_filename, None)
    kind = _guarded(headers.get_content_type, "text/plain")
    if kind.startswith("multipart/"):
        # The announced parts were not found, so whatever stands there is shown.
        return "text/plain"
    return kind if kind in {"text/plain", "text/html"} and not is_saved else ""


def _content_id(part: Part) -> str:
    return str(part.headers.get("Content-ID", "")).strip().strip("<>")


def _decoded_base64(encoded: bytes) -> bytes:
    try:
        return binascii.a2b_base64(encoded)
    except binascii.Error:
        # The end is missing or doubled: the alphabet's characters that make whole groups still hold the beginning.
        characters = re.sub(rb"[^A-Za-z0-9+/]", b"", encoded)
        return binascii.a2b_base64(characters[: len(characters) // 4 * 4])


def _readable_header(value: str) -> str:
    """Unfold and decode one header value; what cannot be decoded stays as it came."""
    unfolded = re.sub(r"[\r\n]+", "", value)
    raw_text = _decoded_text(unfolded.encode("utf-8", "surrogateescape"), "")
    return ENCODED_WORDS.sub(lambda words: _guarded(lambda: _decoded_words(words[0]), words[0]), raw_text)


def _decoded_words(words: str) -> str:
    """Decode neighbouring encoded words together, because some senders cut a character in two (RFC 2047 section 5)."""
    return "".join(
        chunk if isinstance(chunk, str) else _decoded_text(chunk, charset or "")
        for chunk, charset in decode_header(words)
    )


def _decoded_text(octets: bytes, declared: str) -> str:
    for charset in (LARGER_CHARSETS.get(declared.lower(), declared), "utf-8", "gb18030"):
        try:
            return _well_formed(octets.decode(charset))
        except (LookupError, ValueError):
            continue
    return octets.decode("latin-1")


def _well_formed(text: str) -> str:
    """Replace lone surrogates, which some charsets let through and no page can be written with."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _guarded(read: Callable[[], Found], otherwise: Found) -> Found:
    try:
        return read()
    except ODD_MAIL:
        return otherwise
