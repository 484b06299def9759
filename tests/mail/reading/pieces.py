"""The mails of the public sets, and a cutter for those that are well formed: into pieces and together again.

It knows nothing of the reader's cutter, so that each can be held against the other.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from functools import cache
from itertools import pairwise
from typing import Any

from tests.corpora import cases, content

MAIL_SETS = ("bounce_flufl", "mail_cpython", "mail_helpdesk", "mail_mimekit", "mail_roundup", "mail_rubymail")
"""The small ones; ``spamassassin`` has 2 999 mails."""

REPLY_SETS = ("reply_discourse", "reply_github", "reply_talon", "reply_zapier")

CHARSETS = {
    "us-ascii": "ascii",
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
    "windows-1251": "cp1251",
    "koi8-r": "koi8-r",
    "gb2312": "gbk",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc-jp": "euc-jp",
    "iso-2022-jp": "iso2022_jp",
    "ks_c_5601-1987": "cp949",
}
"""Label and codec: mail names the smaller set and means the larger one."""

LONGEST_LINE = 998
_FIELD = re.compile(rb"[!-9;-~]+:.*")
_FOLDED = re.compile(rb"[ \t]+[^\s]")
NAMED = re.compile(rb"\bname\b|\bfilename\b|\battachment\b", re.IGNORECASE)
CHARSET = re.compile(rb"""\s*;\s*charset\s*=\s*("[^"]*"|'[^']*'|[^;\s]*)""", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_NO_QUOTED_PRINTABLE = re.compile(rb"=(?![0-9A-F]{2}|\n)|[ \t](?=\n|\Z)")
SINGLE = (b"from", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"mime-version")
SINGLE_IN_PARTS = (b"content-type", b"content-transfer-encoding", b"content-disposition")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part: its fields with their folds, and a body, or with a boundary the parts inside. Lines end with LF."""

    fields: tuple[bytes, ...]
    body: bytes = b""
    boundary: bytes = b""
    before: tuple[bytes, ...] = ()
    inner: tuple[Piece, ...] = ()
    behind: tuple[bytes, ...] = ()

    def field(self, name: bytes) -> bytes:
        """Return the value of the first field of a name in lower case, on one line."""
        found = (field.partition(b":")[2] for field in self.fields if name_of(field) == name)
        return next(found, b"").replace(b"\n", b"").strip()

    def with_field(self, name: bytes, value: bytes) -> Piece:
        kept = [field for field in self.fields if name_of(field) != name.lower()]
        return replace(self, fields=(*kept, name + b": " + value))

    @property
    def media_type(self) -> str:
        return message_from_bytes(b"\n".join([*self.fields, b"", b""])).get_content_type()


@dataclass(frozen=True, slots=True)
class Mail:
    root: Piece
    line_end: bytes

    def __bytes__(self) -> bytes:
        return b"\n".join(_lines_of(self.root)).replace(b"\n", self.line_end)


@cache
def mails(corpus: str) -> dict[str, bytes]:
    """Return the mails of a set by their ids; the bodies of a reply set become mails."""
    return {case["id"]: _mail(corpus, case) for case in cases(corpus)}


def _mail(corpus: str, case: dict[str, Any]) -> bytes:
    if "message" in case["files"]:
        return content(corpus, case)
    role = "html" if "html" in case["files"] else "body"
    kind = b"html" if role == "html" else b"plain"
    head = b"From: Ana <ana@there.example>\nSubject: Re: boilers\nMIME-Version: 1.0\n"
    label = b"Content-Type: text/%b; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" % kind
    return head + label + content(corpus, case, role).replace(b"\r\n", b"\n")


def taken_apart(raw: bytes) -> Mail | None:
    """Return a well-formed mail in its pieces, None for any other."""
    line_end = b"\r\n" if b"\r" in raw else b"\n"
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    is_even = raw.count(line_end) == raw.count(b"\n") == len(lines) - 1 and raw.count(b"\r") in {0, len(lines) - 1}
    root = _piece(lines) if is_even else None
    if root is None or _has_twice(root, SINGLE) or not root.field(b"from"):
        return None
    mail = Mail(root, line_end)
    return mail if bytes(mail) == raw else None


def _piece(lines: list[bytes]) -> Piece | None:
    fields: list[bytes] = []
    for index, line in enumerate(lines):
        if not line:
            return _with_body(Piece(fields=tuple(fields)), lines[index + 1 :])
        if _FIELD.fullmatch(line):
            fields.append(line)
        elif fields and _FOLDED.match(line):
            fields[-1] += b"\n" + line
        else:
            return None
    return None


def _with_body(piece: Piece, lines: list[bytes]) -> Piece | None:
    if _has_twice(piece, SINGLE_IN_PARTS):
        return None
    if not piece.media_type.startswith("multipart/"):
        return replace(piece, body=b"\n".join(lines))
    boundary = str(message_from_bytes(b"\n".join([*piece.fields, b"", b""])).get_boundary("")).encode()
    marks = [index for index, line in enumerate(lines) if line.rstrip() in {b"--" + boundary, b"--" + boundary + b"--"}]
    closing = [index for index in marks if lines[index].rstrip().endswith(boundary + b"--")]
    if not boundary or len(marks) < 2 or closing != marks[-1:]:
        return None
    inner = [_piece(lines[start + 1 : stop]) for start, stop in pairwise(marks)]
    whole = tuple(each for each in inner if each is not None)
    before, behind = tuple(lines[: marks[0]]), tuple(lines[marks[-1] + 1 :])
    found = replace(piece, boundary=boundary, before=before, inner=whole, behind=behind)
    return found if len(whole) == len(inner) else None


def leaves_of(mail: Mail) -> Iterator[tuple[Piece, int, int]]:
    """Yield the parts without parts inside, and where the body of each begins and ends among the bytes of the mail."""
    raw, position = bytes(mail), 0
    for leaf in _leaves(mail.root):
        head = mail.line_end.join([field.replace(b"\n", mail.line_end) for field in leaf.fields] + [b"", b""])
        body = leaf.body.replace(b"\n", mail.line_end)
        start = raw.index(head + body, position) + len(head)
        position = start + len(body)
        yield leaf, start, position


def _leaves(piece: Piece) -> Iterator[Piece]:
    if not piece.boundary:
        yield piece
    for inner in piece.inner:
        yield from _leaves(inner)


def _has_twice(piece: Piece, names: tuple[bytes, ...]) -> bool:
    found = [name for name in map(name_of, piece.fields) if name in names]
    return len(found) != len(set(found))


def name_of(field: bytes) -> bytes:
    return field.partition(b":")[0].lower()


def _lines_of(piece: Piece) -> list[bytes]:
    if not piece.boundary:
        return [*piece.fields, b"", piece.body]
    lines = [*piece.fields, b"", *piece.before]
    for inner in piece.inner:
        lines += [b"--" + piece.boundary, *_lines_of(inner)]
    return [*lines, b"--" + piece.boundary + b"--", *piece.behind]


def text_of(piece: Piece, line_end: bytes) -> str | None:
    """Return a running text whose label is right; None for what is no such text or not as it says."""
    if piece.media_type not in {"text/plain", "text/html"} or any(map(NAMED.search, piece.fields)):
        return None
    octets = content_of(piece, line_end)
    try:
        text = (octets or b"").decode(charset_of(piece))
        is_something_else = not text.isascii() and charset_of(piece) != "utf-8" and _is_utf8(octets or b"")
    except (LookupError, ValueError):
        return None
    return None if octets is None or is_something_else or _CONTROLS.search(text) else text


def charset_of(piece: Piece) -> str:
    label = CHARSET.search(piece.field(b"content-type"))
    written = label[1].strip(b"\"'").decode("ascii", "replace").lower() if label else "ascii"
    return CHARSETS.get(written, written)


def _is_utf8(octets: bytes) -> bool:
    return octets.decode("utf-8", "ignore").encode() == octets


def holds(codec: str, text: str) -> bool:
    """Tell whether a charset has all of a text; not so that it could be UTF-8 under a wrong label."""
    try:
        octets = text.encode(codec)
        return octets.decode(codec) == text and (octets.isascii() or codec == "utf-8" or not _is_utf8(octets))
    except UnicodeEncodeError:
        return False


def content_of(piece: Piece, line_end: bytes) -> bytes | None:
    match piece.field(b"content-transfer-encoding").lower():
        case b"" | b"7bit" | b"8bit" | b"binary":
            return piece.body.replace(b"\n", line_end)
        case b"base64":
            joined = b"".join(piece.body.split())
            return binascii.a2b_base64(joined) if _BASE64.fullmatch(joined) else None
        case b"quoted-printable" if not _NO_QUOTED_PRINTABLE.search(piece.body):
            return binascii.a2b_qp(piece.body.replace(b"\n", line_end))
    return None


def encoded(piece: Piece, octets: bytes, line_end: bytes, encoding: str) -> Piece | None:
    """Return the part with its content in an encoding, None where that cannot hold it."""
    if encoding != "base64" and b"utf-16" in piece.field(b"content-type"):
        return None  # Its line ends are none on the way.
    match encoding:
        case "base64":
            body = base64.encodebytes(octets)
        case "quoted-printable":
            is_text = octets.count(line_end) == octets.count(b"\n") and octets.count(b"\r") in {0, octets.count(b"\n")}
            body = binascii.b2a_qp(octets.replace(line_end, b"\n") if is_text else octets, istext=is_text)
        case _:
            body = octets.replace(line_end, b"\n")
    encoded = replace(piece, body=body).with_field(b"Content-Transfer-Encoding", encoding.encode())
    is_sendable = (body.isascii() or encoding == "8bit") and b"\0" not in body and b"\r" not in body
    is_short = max(map(len, body.split(b"\n"))) <= LONGEST_LINE
    return encoded if is_sendable and is_short and content_of(encoded, line_end) == octets else None
