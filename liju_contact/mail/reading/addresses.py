"""The mailboxes of an address field (RFC 5322 section 3.4), in the forms that senders and their programs make of it.

The value is read from left to right once, and words are decoded only after the field is taken apart: an encoded word
may hold commas. Keeps out: whether an address can receive mail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from liju_contact.domain.inbound_mail import Mailbox
from liju_contact.domain.text import clean_line
from liju_contact.mail.reading.encoded_words import LONGEST_VALUE, readable, with_raw_bytes_decoded

# RFC 5321 allows 320 characters; signed bounce addresses are longer than they should be.
_LONGEST_ADDRESS = 1000

# A "<" that is not closed ends with the mailbox; a quote or bracket that is not closed is a character like others.
# Each repetition is possessive: what it took it never gives back, which keeps hostile values linear.
_TOKEN = re.compile(
    r"""
    (?P<blank> \s++ )
  | (?P<coded> =\?[^?\s]{1,60}\?[bBqQ]\?[^?]*+\?= )
  | (?P<quoted> "(?:[^"\\]|\\.)*+" )
  | < (?P<angle> [^<>]*+ ) >
  | < (?P<unclosed> [^<>,;]*+ )
  | (?P<comment> \( )
  | (?P<literal> \[[^\[\]]{0,100}\] )
  | (?P<end> [,;:] )
  | (?P<atom> [^\s"<(\[,;:=\\]++ | \\. | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)
_INNER_COMMENT = re.compile(r"\([^()]*+\)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BLANKS = re.compile(r"\s+")
_ROUTE = re.compile(r"@[^:]*+:")


@dataclass(slots=True, kw_only=True)
class _Pending:
    """What has been read of one mailbox. ``written`` holds its tokens outside of brackets, each blank as one space."""

    written: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None
    has_at: bool = False

    def write(self, sign: str) -> None:
        if sign.startswith("@") and self.written and self.written[-1] == " ":
            # ``hans @ example.de`` is one word.
            self.written.pop()
        if sign != " " or (self.written and not self.written[-1].endswith("@")):
            self.written.append(sign)
        self.has_at = self.has_at or "@" in sign


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Return the mailboxes that ``value`` names, in order. What names none is left out; never raises."""
    pending = [*_pending(with_raw_bytes_decoded(value[:LONGEST_VALUE]))]
    read = tuple(mailbox for each in pending for mailbox in _mailboxes_of(each))
    return read or (_local_user(pending[0]) if len(pending) == 1 else ())


def _pending(value: str) -> Iterator[_Pending]:
    """Yield what stands between the separators of a value; the last is always yielded."""
    pending = _Pending()
    position, comments_close = 0, True
    while token := _TOKEN.match(value, position):
        position = token.end()
        kind = token.lastgroup
        if kind == "comment" and comments_close and (closing := _closing(value, position)):
            pending.comments.append(value[position : closing - 1])
            position = closing
        elif kind in {"angle", "unclosed"}:
            if pending.angle is not None:
                # A comma is missing.
                yield pending
                pending = _Pending()
            pending.angle = token[kind]
        elif kind == "end" and not _is_part_of_name(token[0], pending):
            yield pending
            pending = _Pending()
        else:
            comments_close = comments_close and kind != "comment"
            pending.write(" " if kind == "blank" else token[0])
    yield pending


def _is_part_of_name(separator: str, pending: _Pending) -> bool:
    """Tell whether a comma belongs to a name that lacks its quotes: ``Müller, Hans <hans@example.de>``."""
    return separator == "," and pending.angle is None and not pending.has_at


def _closing(value: str, position: int) -> int:
    """Return the place behind the bracket that closes a comment, or 0; comments nest."""
    depth = 1
    for found in _PARENTHESIS.finditer(value, position):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return 0


def _mailboxes_of(pending: _Pending) -> Iterator[Mailbox]:
    if pending.angle is not None:
        address = _address(pending.angle)
        if address:
            yield Mailbox(name=_name(pending.written) or _comment(pending), address=address)
        return
    # Without brackets each word with an "@" is an address, and only a comment can hold a name: ``a@b.de (Hans)``.
    for address in filter(None, (_address(word) for word in _words(pending) if "@" in word.strip("@"))):
        yield Mailbox(name=_comment(pending), address=address)


def _words(pending: _Pending) -> list[str]:
    return ["".join(tokens) for is_gap, tokens in groupby(pending.written, key=" ".__eq__) if not is_gap]


def _address(written: str) -> str:
    """Return the bare address. Blanks and controls in it come from folding and never belong to it."""
    address = clean_line(written)
    # Between quotes blanks do belong to it.
    address = address if address.startswith('"') else _BLANKS.sub("", _INNER_COMMENT.sub("", address))
    address = address.removeprefix("mailto:").strip("'<>")
    route = _ROUTE.match(address)
    address = address[route.end() :] if route else address
    return address if len(address) <= _LONGEST_ADDRESS else ""


def _name(written: list[str]) -> str:
    unquoted = (_unquoted(word) if word.startswith('"') else word for word in written)
    return readable(_BLANKS.sub(" ", "".join(unquoted)).strip(" ,")).strip()


def _comment(pending: _Pending) -> str:
    return readable(" ".join(_ESCAPED.sub(r"\1", comment) for comment in pending.comments)).strip()


def _unquoted(word: str) -> str:
    return _ESCAPED.sub(r"\1", word[1:-1]) if len(word) > 1 else ""


def _local_user(pending: _Pending) -> tuple[Mailbox, ...]:
    """Read a field that is one bare word, such as ``MAILER-DAEMON``."""
    words = _words(pending)
    is_bare = len(words) == 1 and len(words[0]) <= _LONGEST_ADDRESS and not re.search(r'["=@<(,]', words[0])
    return (Mailbox(name=_comment(pending), address=clean_line(words[0])),) if is_bare else ()
