"""What search makes of text: a normal form in which spellings meet, and the words that are indexed.

The normal form is folded (case, width, accents, vowel points, alef forms: whoever types *muller* finds *Müller*, and
the other way round) and holds words only, one space between them. A run in a script that puts no spaces between words
(Han, kana, Hangul, Thai …) is one word of it; such a run is indexed as its characters and its overlapping pairs,
everything else as it stands. A word is found by asking for its pairs and then for the word itself in the normal form,
so both databases need nothing but a set of words and a look for a piece of text.

What is written with separators is indexed without them as well: ``LJ-7K3F-9Q2X`` as ``lj7k3f9q2x``, a phone number as
its digits and as the ends of these. ``words_of`` depends on nothing but the document: SQLite's index can only forget
words that it is told once more. Whoever changes what this module makes of a text has to say ``search rebuild``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache, lru_cache
from operator import add
from typing import NamedTuple

LONGEST_WORD = 64
LONGEST_DOCUMENT = 1_000_000  # characters
WORDS_BYTES = 500_000  # PostgreSQL takes 1 MB of distinct words, SQLite any number
_MOST_BYTES_PER_CHARACTER = 20  # four in UTF-8; a character of a dense run stands alone and in two pairs, each marked
_SHORT, _READ_KEPT = 120, 4096  # characters; names, countries, tags and facts come again and again
_SHORTEST_PHONE, _LONGEST_PHONE = 7, 15  # digits; ITU-T E.164 allows 15

# Han, kana, Hangul, Bopomofo, Thai, Lao, Myanmar, Khmer: words stand side by side, or carry their particles joined on.
DENSE = (
    "\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3105-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
# Accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic, and characters that nobody sees.
_NOT_TOLD_APART = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+"
)
_LETTERS_WITH_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})
_OTHER_DIGITS = re.compile(r"(?![0-9])\d")
_NO_WORD_ASCII = re.compile(r"[^0-9a-z]+")
_BLANK_WITHIN = re.compile(rf"(?<=[{DENSE}])\s++(?=[{DENSE}])")
_CHANGE_OF_SCRIPT = re.compile(rf"(?<=[{DENSE}])(?=[^{DENSE}\s])|(?<=[^{DENSE}\s])(?=[{DENSE}])")
_IS_DENSE = re.compile(f"[{DENSE}]")
# Possessive, so that a long run of letters without a separator is read once.
_SEPARATED = re.compile(r"(?<![0-9a-z])[0-9a-z]++(?:[-\u2010\u2013./][0-9a-z]++)++")
_PHONE = re.compile(r"(?<![0-9a-z])\+?+\(?+[0-9]++\)?+(?:[ .\-\u2010\u2013/]{0,3}+\(?+[0-9]++\)?+){0,11}+(?![0-9a-z])")
_DIGITS = re.compile("[0-9]+")


class PieceKind(StrEnum):
    """What a piece of an inquiry's text is; staff are told beside the hit."""

    MESSAGE = "message"
    NOTE = "note"
    FILE = "file"
    SUBJECT = "subject"
    PERSON = "person"
    COMPANY = "company"
    TAG = "tag"
    INQUIRY = "inquiry"  # reference, phone, country, technical data


# The words of some pieces are indexed a second time behind a mark of their own, so that ``company:`` is a word, too.
MARKS = {PieceKind.COMPANY: "\ue001", PieceKind.PERSON: "\ue002", PieceKind.FILE: "\ue003"}
_MARKS = frozenset(MARKS.values())


class Piece(NamedTuple):
    kind: PieceKind
    text: str


# What is short and named comes first: should there ever be more text than a document holds, it is in it.
BY_WEIGHT = (
    PieceKind.INQUIRY,
    PieceKind.COMPANY,
    PieceKind.PERSON,
    PieceKind.TAG,
    PieceKind.FILE,
    PieceKind.SUBJECT,
    PieceKind.MESSAGE,
    PieceKind.NOTE,
)


def fold(text: str) -> str:
    """Return what spellings of one text have in common; it may be longer or shorter."""
    if text.isascii():
        return text.lower()
    bare = _NOT_TOLD_APART.sub("", unicodedata.normalize("NFKD", text).casefold())
    bare = _NOT_TOLD_APART.sub("", unicodedata.normalize("NFKD", bare))  # a folded letter may bring an accent along
    folded = unicodedata.normalize("NFKC", bare.translate(_LETTERS_WITH_STROKES))
    return _OTHER_DIGITS.sub(lambda digit: str(unicodedata.digit(digit[0])), folded)


def normal_form(text: str) -> str:
    """Return the words of a text, folded, with one space between two."""
    return _normal(fold(text))


def _normal(folded: str) -> str:
    if folded.isascii():
        return _NO_WORD_ASCII.sub(" ", folded).strip()
    joined = _BLANK_WITHIN.sub("", folded)  # mail programs break Chinese lines wherever they are full
    words = _no_word().sub(" ", joined)
    return _CHANGE_OF_SCRIPT.sub(" ", words).strip()


def is_dense(word: str) -> bool:
    """Tell whether a word of the normal form is a run without spaces."""
    return _IS_DENSE.match(word) is not None


def document_of(pieces: Iterable[Piece]) -> str:
    """Return the normal form of an inquiry: a piece a line, a space around each, and what is written with separators.

    The pieces come in the order of ``BY_WEIGHT``: what does not fit any more is left out.
    """
    lines, joined, room = list[str](), dict[str, None](), LONGEST_DOCUMENT
    for kind, text in pieces:
        words, forms = (_read_short if len(text) <= _SHORT else _read)(text[:room])
        room -= len(text)
        if words:
            lines.append(f" {words} ")
            if mark := MARKS.get(kind):
                lines.append(f" {marked(words, mark)} ")
        joined.update(forms)
        if room <= 0:
            break
    return "\n".join([*lines, f" {' '.join(joined)} "] if joined else lines)


def _read(text: str) -> tuple[str, dict[str, None]]:
    """Return the normal form of a piece, and what in it is written with separators."""
    folded = fold(text)
    return _normal(folded), dict.fromkeys(joined_forms(folded))


_read_short = lru_cache(maxsize=_READ_KEPT)(_read)


def marked(words: str, mark: str) -> str:
    """Return words of the normal form as those of one kind of piece."""
    return " ".join(f"{mark}{word}" for word in words.split())


def words_of(document: str) -> list[str]:
    """Return the distinct words that a document is indexed by, as many as the index takes."""
    if len(document) * _MOST_BYTES_PER_CHARACTER <= WORDS_BYTES:
        return list(dict.fromkeys(_words(document)))
    room, kept = WORDS_BYTES, list[str]()
    for word in dict.fromkeys(_words(document)):
        room -= len(word.encode())
        if room < 0:
            break
        kept.append(word)
    return kept


def _words(document: str) -> Iterator[str]:
    for word in dict.fromkeys(document.split()):
        if word.isascii():
            yield word[:LONGEST_WORD]
        else:
            yield from parts_of(word, is_asked=False)


def parts_of(word: str, *, is_asked: bool) -> Iterator[str]:
    """Yield what a word of the normal form is indexed by, or the fewest of these to ask for."""
    mark, bare = (word[0], word[1:]) if word[0] in _MARKS else ("", word)
    if not is_dense(bare):
        yield mark + bare[:LONGEST_WORD]
        return
    characters = [mark + character for character in bare] if mark else bare
    if not is_asked or len(bare) == 1:
        yield from characters
    yield from map(add, characters, bare[1:])


def joined_forms(folded: str) -> Iterator[str]:
    """Yield what is written with separators without them: references, serial numbers, phone numbers."""
    for match in _SEPARATED.finditer(folded):
        joined = _NO_WORD_ASCII.sub("", match[0])
        is_name = set(match[0]).isdisjoint("./") or any(character.isdigit() for character in joined)
        if is_name and len(joined) <= LONGEST_WORD:
            yield joined
    if _DIGITS.search(folded) is None:
        return
    for match in _PHONE.finditer(folded):
        yield from _phone_forms(_DIGITS.findall(match[0]))


def phone_in(folded: str) -> list[tuple[str, str]]:
    """Return what looks like a phone number in a search, each as it stands and as the digits it is indexed by.

    One that is followed by a star is only how a word begins.
    """
    found = ((match, "".join(_DIGITS.findall(match[0])).lstrip("0")) for match in _PHONE.finditer(folded))
    return [
        (match[0], digits)
        for match, digits in found
        if _SHORTEST_PHONE <= len(digits) <= _LONGEST_PHONE and not folded.startswith("*", match.end())
    ]


def _phone_forms(groups: list[str]) -> Iterator[str]:
    """Yield the digits from each group to each later one, and the ends of the whole: nobody types all of a number."""
    whole = "".join(groups).lstrip("0")
    if not _SHORTEST_PHONE <= len(whole) <= _LONGEST_PHONE:
        return
    yield whole
    yield from (whole[at:] for at in range(1, len(whole) - _SHORTEST_PHONE + 1))
    for first in range(len(groups)):
        for last in range(first + 1, len(groups) + 1):
            digits = "".join(groups[first:last]).lstrip("0")
            if len(digits) >= _SHORTEST_PHONE:
                yield digits


@cache
def _no_word() -> re.Pattern[str]:
    r"""Return what separates words: neither letters and digits nor the marks that some scripts write vowels with.

    Python's ``\w`` knows letters and digits only. The scripts behind U+FFFF that have such marks are not in use, and
    one of them in the pattern would make it ten times as slow.
    """
    marks = (chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith("M"))
    return re.compile(rf"(?:(?![{''.join(marks)}])[\W_])+")
