"""A seeded mutator: the same mail written in other ways that mean the same.

Only well-formed mails are changed (``pieces``): of anything else nobody can say that it still means the same.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.mail.reading.pieces import (
    CHARSET,
    CHARSETS,
    LONGEST_LINE,
    NAMED,
    SINGLE,
    SINGLE_IN_PARTS,
    Mail,
    Piece,
    content_of,
    encoded,
    holds,
    name_of,
    text_of,
)

_ENCODINGS = ("7bit", "8bit", "base64", "quoted-printable")
_FOLDABLE = (b"to", b"cc", b"subject", b"references", b"in-reply-to", b"content-type")
_BLANK_FOR_ANOTHER = (b"subject", b"references", b"in-reply-to")


def other_line_ends(mail: Mail, _dice: Random) -> Mail:
    return replace(mail, line_end=b"\n" if mail.line_end == b"\r\n" else b"\r\n")


def other_charset(mail: Mail, dice: Random) -> Mail:
    """Write every running text in another charset that can hold it, with the right label."""

    def change(piece: Piece) -> Piece:
        text = text_of(piece, mail.line_end)
        options = [label for label, codec in CHARSETS.items() if text is not None and holds(codec, text)]
        if text is None or not options:
            return piece
        label = dice.choice(options)
        kind = CHARSET.sub(b"", piece.field(b"content-type")) or b"text/plain"
        labelled = piece.with_field(b"Content-Type", kind.rstrip(b"; ") + b'; charset="%b"' % label.encode())
        octets, fitting = text.encode(CHARSETS[label]), dice.sample(_ENCODINGS, k=len(_ENCODINGS))
        return next(filter(None, (encoded(labelled, octets, mail.line_end, encoding) for encoding in fitting)))

    return replace(mail, root=_each_leaf(mail.root, change))


def other_encoding(mail: Mail, dice: Random) -> Mail:
    """Write every part that is no mail in itself in another transfer encoding."""

    def change(piece: Piece) -> Piece:
        octets = None if piece.media_type.startswith("message/") else content_of(piece, mail.line_end)
        encoding = dice.choice(_ENCODINGS)
        return (octets is not None and encoded(piece, octets, mail.line_end, encoding)) or piece

    return replace(mail, root=_each_leaf(mail.root, change))


def nested(mail: Mail, dice: Random) -> Mail | None:
    """Put the whole content into a multipart/mixed of its own, as gateways and mailing lists do."""
    root = mail.root
    own = tuple(field for field in root.fields if name_of(field).startswith(b"content-"))
    if root.media_type == "multipart/report" or any(map(NAMED.search, own)):
        return None  # A report must not be nested (RFC 6522 section 3), and what has a name may then be a file.
    boundary = b"=_%032x" % dice.getrandbits(128)
    rest = tuple(field for field in root.fields if field not in own)
    outer = Piece(fields=rest, boundary=boundary, inner=(replace(root, fields=own),), behind=(b"",))
    return replace(mail, root=outer.with_field(b"Content-Type", b'multipart/mixed;\n boundary="%b"' % boundary))


def folded(mail: Mail, dice: Random) -> Mail:
    """Fold the long fields anew, at about half of the places where they can be folded."""

    def change(field: bytes) -> bytes:
        name, _, value = field.replace(b"\n", b"").partition(b":")
        if name.lower() not in _FOLDABLE or b"  " in value.strip() or b"\t" in value:
            return field
        words = value.split()
        blanks = (b"\n ", b"\n\t", b" ") if name.lower() in _BLANK_FOR_ANOTHER else (b"\n ", b" ")
        return name + b": " + b"".join(word + dice.choice(blanks) for word in words[:-1]) + b"".join(words[-1:])

    return replace(mail, root=_each_head(mail.root, change))


def unfolded(mail: Mail, _dice: Random) -> Mail:
    """Write every field on one line that may be so long."""

    def change(field: bytes) -> bytes:
        return field.replace(b"\n", b"") if len(field) <= LONGEST_LINE else field

    return replace(mail, root=_each_head(mail.root, change))


def reordered(mail: Mail, dice: Random) -> Mail:
    """Shuffle the fields that stand in no order, and write all names in another case."""
    fields = list(mail.root.fields)
    places = [index for index, field in enumerate(fields) if name_of(field) in (*SINGLE, *SINGLE_IN_PARTS)]
    for place, source in zip(places, dice.sample(places, k=len(places)), strict=True):
        fields[place] = mail.root.fields[source]
    shuffled = replace(mail.root, fields=tuple(fields))
    case = dice.choice([bytes.upper, bytes.lower, bytes.title])

    def change(field: bytes) -> bytes:
        name, colon, value = field.partition(b":")
        return case(name) + colon + value

    return replace(mail, root=_each_head(shuffled, change))


def other_subject(mail: Mail, dice: Random) -> Mail | None:
    """Write a plain subject in encoded words (RFC 2047), as programs do that make no difference."""
    subject = mail.root.field(b"subject")
    if not subject.isascii() or not subject or b"=?" in subject or b"\t" in subject:
        return None
    pieces = [subject[start : start + 40] for start in range(0, len(subject), 40)]
    words = [dice.choice((_in_base64, _in_quoted_printable))(piece) for piece in pieces]
    return replace(mail, root=mail.root.with_field(b"Subject", b"\n ".join(words)))


def _in_base64(words: bytes) -> bytes:
    return b"=?UTF-8?B?" + base64.b64encode(words) + b"?="


def _in_quoted_printable(words: bytes) -> bytes:
    return b"=?utf-8?q?" + b"".join(b"=%02X" % octet for octet in words) + b"?="


def stacked(mail: Mail, dice: Random) -> Mail | None:
    """Do three of the others, one after another."""
    for change in dice.sample([*MUTATIONS.values()][:-1], k=3):
        mail = change(mail, dice) or mail
    return mail


MUTATIONS: dict[str, Callable[[Mail, Random], Mail | None]] = {
    change.__name__: change
    for change in (
        other_line_ends,
        other_charset,
        other_encoding,
        nested,
        folded,
        unfolded,
        reordered,
        other_subject,
        stacked,
    )
}
"""Each returns the same mail written in another way, or None where it does not apply."""


def _each_leaf(piece: Piece, change: Callable[[Piece], Piece]) -> Piece:
    return (
        replace(piece, inner=tuple(_each_leaf(inner, change) for inner in piece.inner))
        if piece.boundary
        else change(piece)
    )


def _each_head(piece: Piece, change: Callable[[bytes], bytes]) -> Piece:
    inner = tuple(_each_head(inner, change) for inner in piece.inner)
    return replace(piece, fields=tuple(map(change, piece.fields)), inner=inner)
