"""Cut a mail into its parts: slices of the received bytes, found by their boundaries.

The cutter goes on where a strict parser would give up: missing boundaries, missing blank lines, any line ends. It takes
time that is linear in the size of the mail, whatever the mail contains. Keeps out: what the parts mean (``files``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from liju_contact.mail.reading import head, transfer
from liju_contact.mail.reading.parameters import parameters

DEEPEST_NESTING = 20
"""Real mail reaches 6 levels; each level is searched for boundaries once more."""

MOST_PARTS = 1000
"""The largest digests of mailing lists have some 200 parts."""

ENCLOSED_MAIL = {"message/rfc822", "message/global", "message/news"}

_MEDIA_TYPE = re.compile(r"\s*([a-z0-9!#$&^_.+-]{1,100})\s*/\s*([a-z0-9!#$&^_.+-]{1,100})", re.IGNORECASE | re.ASCII)
_DELIMITER_END = re.compile(rb"(--)?[ \t\r]*+(?:\n|\Z)")
_LINE_BREAK_BEFORE = re.compile(rb"\r{0,2}\n\Z")
_LIKELY_DELIMITER = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r?\nContent-[a-z-]{1,40}:", re.IGNORECASE | re.MULTILINE)
_LIKELY_WITHIN_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part, as it was sent.

    ``fields`` are the header fields in their order: name as written, value unfolded and not decoded further (bytes that
    are not ASCII appear as surrogate escapes). ``media_type`` is lower case and always has the form ``type/subtype``;
    ``params`` are those of Content-Type, lower-case names, values decoded. ``body`` is in its transfer encoding.
    ``children`` are the parts of a multipart, or the one mail inside a ``message/rfc822``. ``faults`` are sentences
    about what of this part, without its children, could not be cut.
    """

    fields: tuple[tuple[str, str], ...]
    media_type: str
    params: dict[str, str] = field(default_factory=dict)
    body: memoryview
    children: tuple[Part, ...] = ()
    faults: tuple[str, ...] = ()
    _values: dict[str, list[str]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        # Two dozen look-ups follow for each mail.
        for name, value in self.fields:
            self._values.setdefault(name.lower(), []).append(value)

    def values(self, name: str) -> list[str]:
        """Return the values of every field called ``name`` (any case), topmost first."""
        return [*self._values.get(name.lower(), ())]

    def value(self, name: str) -> str:
        """Return the first value of the field called ``name``, empty when there is none."""
        return next(iter(self._values.get(name.lower(), ())), "")

    @property
    def encoding(self) -> str:
        """The bare name of the transfer encoding, in lower case."""
        return transfer.name_of(self.value("Content-Transfer-Encoding"))


def cut(received: bytes) -> Part:
    """Cut a whole mail. Raises nothing, whatever the bytes are."""
    if b"\n" not in received:
        received = received.replace(b"\r", b"\n")
    return _Cutter().mail(received, 0, len(received), 0)


def enclosed_bytes(part: Part) -> bytes:
    """Return the mail inside of a ``message/rfc822``, whole and as it was sent.

    Such a part must not be encoded (RFC 2046 section 5.2.1), but some are, and some only say so.
    """
    only_says_so = part.encoding == "base64" and head.begins_with_field(part.body)
    return transfer.undo(part.body, "" if only_says_so else part.encoding)


@dataclass(slots=True)
class _Cutter:
    """Cuts ``source`` between two offsets, because only ``bytes`` can be searched at full speed and without copies."""

    parts_left: int = MOST_PARTS

    def mail(self, source: bytes, start: int, end: int, depth: int) -> Part:
        return self._part(source, head.skip_to_fields(source, start, end), end, depth)

    def _part(self, source: bytes, start: int, end: int, depth: int, default_type: str = "text/plain") -> Part:
        self.parts_left -= 1
        found = head.read(source, start, end)
        media_type, params = _content_type(found.fields, default_type)
        part = Part(
            fields=found.fields,
            media_type=media_type,
            params=params,
            body=memoryview(source)[found.end : end],
            faults=found.faults,
        )
        if not (media_type.startswith("multipart/") or media_type in ENCLOSED_MAIL):
            return part
        if depth == DEEPEST_NESTING or not self.parts_left:
            fault = "A part holds more than is taken apart; it is kept as one file."
            return replace(part, faults=(*part.faults, fault))
        return replace(part, children=self._children(part, source, found.end, end, depth))

    def _children(self, part: Part, source: bytes, start: int, end: int, depth: int) -> tuple[Part, ...]:
        if part.media_type in ENCLOSED_MAIL:
            if part.encoding in transfer.ENCODINGS:
                source = enclosed_bytes(part)
                start, end = 0, len(source)
            return (self.mail(source, start, end, depth + 1),)
        pieces = _pieces_of(source, start, end, part.params.get("boundary", ""))
        if not pieces and part.encoding in transfer.ENCODINGS:
            source = transfer.undo(part.body, part.encoding)
            pieces = _pieces_of(source, 0, len(source), part.params.get("boundary", ""))
        return tuple(self._cut_pieces(part, source, pieces, depth))

    def _cut_pieces(self, part: Part, source: bytes, pieces: list[tuple[int, int]], depth: int) -> Iterator[Part]:
        default_type = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        for start, end in pieces:
            if not self.parts_left:
                yield _rest(memoryview(source)[start : pieces[-1][1]])
                return
            yield self._part(source, start, end, depth + 1, default_type)


def _rest(body: memoryview) -> Part:
    fault = f"The mail has more than {MOST_PARTS} parts; the rest is kept as one file."
    return Part(fields=(), media_type="application/octet-stream", body=body, faults=(fault,))


def _content_type(fields: tuple[tuple[str, str], ...], default_type: str) -> tuple[str, dict[str, str]]:
    """Return the media type and its parameters, from the first of the Content-Type fields that names one."""
    values = [value for name, value in fields if name.lower() == "content-type" and value]
    if not values:
        return default_type, {}
    named = next(((value, found) for value in values if (found := _MEDIA_TYPE.match(value))), None)
    if named:
        value, found = named
        return f"{found[1]}/{found[2]}".lower(), parameters(value)[1]
    main, params = parameters(values[0])
    # "Content-Type: text" was once usual (RFC 1049), and some say "html" or a file's ending.
    match main:
        case "" | "text" | "plain":
            return "text/plain", params
        case "multipart":
            return "multipart/mixed", params
        case "html":
            return "text/html", params
        case _:
            return "application/octet-stream", params


def _pieces_of(source: bytes, start: int, end: int, boundary: str) -> list[tuple[int, int]]:
    """Return where the parts of a multipart body lie; where its boundary is wrong, look for one that fits."""
    pieces = _pieces(source, start, end, boundary.encode("utf-8", "surrogateescape")) if boundary else []
    if pieces:
        return pieces
    likely = _LIKELY_DELIMITER.search(source, start, min(end, start + _LIKELY_WITHIN_BYTES))
    return _pieces(source, start, end, likely[1]) if likely else []


def _pieces(source: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """Cut at the delimiter lines; what stands before the first and after the closing one is left out.

    Parts may follow a closing delimiter, where a multipart and the one inside of it have the same boundary.
    Source: RFC 2046 section 5.1.1. The line break before a delimiter belongs to the delimiter.
    """
    pieces: list[tuple[int, int]] = []
    opened = -1
    for place, after, is_closing in _delimiters(source, start, end, b"--" + boundary):
        if opened >= 0:
            pieces.append((opened, max(opened, _before_line_break(source, place))))
        opened = -1 if is_closing else after
    return pieces if opened < 0 else [*pieces, (opened, end)]


def _delimiters(source: bytes, start: int, end: int, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield where each delimiter line begins and ends and whether it closes. A longer boundary is another one."""
    after = start
    while (place := source.find(delimiter, after, end)) >= 0:
        after = place + len(delimiter)
        ending = _DELIMITER_END.match(source, after, end)
        if ending and (place == start or source[place - 1] == ord("\n")):
            after = ending.end()
            yield place, after, ending[1] is not None


def _before_line_break(source: bytes, place: int) -> int:
    found = _LINE_BREAK_BEFORE.search(source, max(0, place - 3), place)
    return found.start() if found else place
