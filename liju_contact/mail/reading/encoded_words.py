"""Header text for people: encoded words (RFC 2047) as senders really write them, and bare 8-bit bytes.

Keeps out: the structure of fields (``parameters``, ``addresses``).
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from liju_contact.domain.text import clean_line
from liju_contact.mail.reading.charset import decode
from liju_contact.mail.reading.transfer import undo

LONGEST_VALUE = 65_536
"""Characters that are read of one header value: 1 500 recipients or 800 References, and hostile ones stay cheap."""

_WORD_START = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """An encoded word, or plain text where ``charset`` is empty."""

    payload: str
    charset: str = ""
    is_base64: bool = False


def readable(value: str) -> str:
    """Return a header value on one line, decoded; what cannot be decoded stays as it came. Never raises."""
    value = value[:LONGEST_VALUE]
    if "=?" not in value:
        if value.isascii() and value.isprintable():
            return value.strip()
        return clean_line(with_raw_bytes_decoded(value))
    runs = groupby(_without_gaps([*_words(value)]), key=lambda word: word.charset)
    return clean_line("".join(_decoded(charset, [*words]) for charset, words in runs))


def with_raw_bytes_decoded(value: str) -> str:
    """Return ``value`` with its surrogate escapes, which are bytes that are not ASCII, as the characters they mean."""
    return value if value.isascii() else decode(_octets(value), "")


def _octets(value: str) -> bytes:
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # Surrogates that are no escapes never come out of received bytes.
        return value.encode("utf-8", "replace")


def _words(value: str) -> Iterator[_Word]:
    position = 0
    # A word ends at the first "?=" behind its encoding, because question marks inside of words occur.
    while (start := _WORD_START.search(value, position)) and (end := value.find("?=", start.end())) >= 0:
        yield _Word(payload=value[position : start.start()])
        # RFC 2231 allows a language behind the charset.
        charset = start[1].partition("*")[0].lower()
        yield _Word(payload=value[start.end() : end], charset=charset, is_base64=start[2] in "bB")
        position = end + 2
    yield _Word(payload=value[position:])


def _without_gaps(words: list[_Word]) -> Iterator[_Word]:
    """Leave out the blanks between two encoded words (RFC 2047 section 6.2); words and texts alternate."""
    for place, word in enumerate(words):
        is_between = 0 < place < len(words) - 1 and not word.charset
        if not is_between or word.payload.strip():
            yield word


def _decoded(charset: str, words: list[_Word]) -> str:
    """Decode neighbouring words of one charset together, because senders cut characters in two (against RFC 2047)."""
    if not charset:
        return "".join(with_raw_bytes_decoded(word.payload) for word in words)
    whole = "".join(word.payload for word in words)
    if all(word.is_base64 for word in words) and _is_one_base64(whole, words):
        return decode(_from_base64(whole), charset)
    return decode(b"".join(_word_octets(word) for word in words), charset)


def _is_one_base64(whole: str, words: list[_Word]) -> bool:
    """Tell whether the sender encoded first and cut afterwards, so that no word makes sense alone."""
    is_cut_unevenly = any(len(word.payload) % 4 for word in words[:-1])
    return is_cut_unevenly and len(whole) % 4 == 0 and "=" not in whole[:-2]


def _word_octets(word: _Word) -> bytes:
    return _from_base64(word.payload) if word.is_base64 else binascii.a2b_qp(_octets(word.payload), header=True)


def _from_base64(payload: str) -> bytes:
    return undo(memoryview(_octets(payload)), "base64")
