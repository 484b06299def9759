"""Read the header fields at the beginning of a mail or part, and find where its body begins.

Keeps out: what the fields mean, and decoding their values (``header``).
"""

import re
from dataclasses import dataclass

HEAD_BYTES = 1_048_576
MOST_FIELDS = 10_000
"""Real heads stay below 100 kB and 500 fields; what is beyond both limits is not needed to read a mail."""

LONGEST_FIELD = 131_072

# A field with its continuation lines. A line of blanks alone is not one of them, see ``_goes_on_behind``.
_FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:([^\n]*+(?:\n[ \t]++[^\s][^\n]*+)*+)(?:\n|\Z)")
_FIELD_NAME = re.compile(rb"[!-9;-~]++[ \t]*+:")
_LINE = re.compile(rb"[^\n]*+(?:\n|\Z)")
_BLANK_LINE = re.compile(rb"[ \t\r]*+(?:\n|\Z)")
_BLANK_LINES_BEFORE_FIELD = re.compile(rb"(?:\xef\xbb\xbf)?+(?:[ \t\r]*+\n)*+(?=>?From |[!-9;-~]++[ \t]*+:)")
_MBOX_LINE = re.compile(rb">?From [^\n]*+\n")
_END_OF_HEAD = re.compile(rb"\n\r*+\n")
_KNOWN_FIELD = re.compile(
    rb"(?:From|To|Cc|Subject|Date|Received|Message-ID|MIME-Version|Reply-To|In-Reply-To|References|Sender|Return-Path"
    rb"|Delivered-To|List-[A-Za-z]++|Content-[A-Za-z-]++|X-[!-9;-~]++)[ \t]*+:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Values are unfolded, with bytes that are not ASCII as surrogate escapes; ``end`` is where the body begins."""

    fields: tuple[tuple[str, str], ...]
    end: int
    faults: tuple[str, ...]


def skip_to_fields(source: bytes, start: int, end: int) -> int:
    """Return where the fields of a mail begin: behind blank lines, a byte order mark, and the first line of an mbox."""
    blank = _BLANK_LINES_BEFORE_FIELD.match(source, start, end)
    start = blank.end() if blank else start
    mbox = _MBOX_LINE.match(source, start, end)
    return mbox.end() if mbox else start


def begins_with_field(body: memoryview) -> bool:
    return _FIELD_NAME.match(body) is not None


def read(source: bytes, start: int, end: int) -> Head:
    """Read the head between two offsets. Linear in its length."""
    fields: list[tuple[str, str]] = []
    faults: list[str] = []
    position, is_closed = start, False
    while position < end and not is_closed:
        if position - start > HEAD_BYTES or len(fields) >= MOST_FIELDS:
            faults.append("The header is longer than any real one; the fields at its end are left out.")
            position = _skip_head(source, position, end)
            break
        if found := _FIELD.match(source, position, end):
            fields.append((found[1].decode("ascii"), _unfolded(found[2])))
            position = found.end()
        elif blank := _BLANK_LINE.match(source, position, end):
            is_closed = not _goes_on_behind(source, blank, end)
            position = blank.end()
        elif fields and (line := _broken_line(source, position, end)):
            name, value = fields[-1]
            fields[-1] = (name, value + line.decode("ascii", "surrogateescape").rstrip())
            position += len(line)
        else:
            break
    if not is_closed and not faults and not _has_known_field(fields):
        # A text without a head begins with something like "Note: ...".
        return Head(fields=(), end=start, faults=())
    return Head(fields=tuple(fields), end=position, faults=tuple(faults))


def _unfolded(value: bytes) -> str:
    if b"\n" in value:
        value = value.replace(b"\r\n", b"").replace(b"\n", b"")
    return value[:LONGEST_FIELD].strip().decode("ascii", "surrogateescape")


def _skip_head(source: bytes, position: int, end: int) -> int:
    found = _END_OF_HEAD.search(source, position, end)
    return found.end() if found else end


def _goes_on_behind(source: bytes, blank: re.Match[bytes], end: int) -> bool:
    """Tell whether a line of blanks is a badly folded one: it holds a blank, and a known field follows it."""
    return blank[0][:1] in {b" ", b"\t"} and _KNOWN_FIELD.match(source, blank.end(), end) is not None


def _broken_line(source: bytes, position: int, end: int) -> bytes:
    """Return a line that lost its indent, if it stands between fields; nothing if the body begins with it."""
    line = _LINE.match(source, position, end)
    if line is None or not _KNOWN_FIELD.match(source, line.end(), end):
        return b""
    return line[0]


def _has_known_field(fields: list[tuple[str, str]]) -> bool:
    return any(_KNOWN_FIELD.match(f"{name}:".encode()) for name, _ in fields)
