"""What makes a password of the desk acceptable, and the ones this program makes up itself.

Long rather than odd (NIST SP 800-63B section 3.1.1): no rule about digits or capitals, but none of what everybody tries
first, and nothing that follows from who somebody is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from liju_contact.domain.text import clean_text

SHORTEST = 10
LONGEST = 1000
RANDOM_BYTES = 10  # 80 bit: what nobody guesses, and four groups that can be read out on the phone

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without what looks alike: 0 and o, 1, i and l
_GROUP = 4
_LENGTH = 16
_FEWEST_DIFFERENT = 5
_SHORTEST_WORD = 3
_SHORTEST_RUN = 4
_RUNS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1b2c3d4e5f6g7h8i9",
    "a1s2d3f4g5h6j7k8l9",
    "qazwsxedcrfvtgbyhnujm",
)
# What the commonest passwords of known leaks consist of, in English and in Chinese, and this trade.
_COMMON_WORDS = (
    *("password", "passwort", "passw0rd", "passwd", "pa55word", "letmein", "welcome", "iloveyou", "iloveu", "admin"),
    *("administrator", "root", "login", "master", "monkey", "dragon", "football", "baseball", "superman", "sunshine"),
    *("princess", "whatever", "trustno1", "starwars", "michael", "jordan", "shadow", "computer", "internet", "secret"),
    *("changeme", "default", "qwerty", "abc123", "123abc", "test", "guest", "hello", "summer", "winter", "spring"),
    *("autumn", "monday", "friday", "woaini", "wodemima", "mima", "woaiwojia", "nihao", "zhongguo", "aini1314"),
    *("5201314", "1314520", "1314", "520", "iloveyou1314", "boiler", "boilers", "liju", "steam", "contact", "inquiry"),
)
_WORD = re.compile(r"[^\W_]+")
_LOOKALIKES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s", "!": "i"})


class Weakness(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    PERSONAL = "personal"
    COMMON = "common"


def normalise(password: str) -> str:
    """Return the password as it is hashed, the same from every keyboard.

    NFKC, as NIST SP 800-63B section 3.1.1.2 advises: an input method in full-width mode, or one that composes accents
    in its own way, types the same password. Blanks at its ends belong to it.
    """
    return unicodedata.normalize("NFKC", clean_text(password))


def weakness_of(password: str, *, personal: Iterable[str]) -> Weakness | None:
    """Return what is wrong with a new password; ``personal`` is what others know of its owner: address, name."""
    password = normalise(password)
    if len(password) < SHORTEST:
        return Weakness.TOO_SHORT
    if len(password) > LONGEST:
        return Weakness.TOO_LONG
    folded = password.casefold()
    if _is_little(_without(folded, _runs_in(folded))) or _is_little(_left_of(folded)):
        return Weakness.COMMON
    if _is_little(_without(_left_of(folded), _words_of(personal))):
        return Weakness.PERSONAL
    return None


def make_password(random_bytes: bytes) -> str:
    """Return a one-time password such as ``k7f3-9q2x-hm4d-w8ta`` for ``RANDOM_BYTES`` random bytes."""
    number = int.from_bytes(random_bytes, "big")
    characters = []
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        characters.append(_ALPHABET[place])
    return _grouped("".join(characters), _GROUP)


def make_recovery_code(random_bytes: bytes) -> str:
    """Return a code such as ``k7f39-q2xhm`` for seven random bytes: 49 bit, each of which works once."""
    number = int.from_bytes(random_bytes, "big")
    characters = []
    for _ in range(10):
        number, place = divmod(number, len(_ALPHABET))
        characters.append(_ALPHABET[place])
    return _grouped("".join(characters), 5)


def read_recovery_code(typed: str) -> str:
    """Return a code as ``make_recovery_code`` spells it, however somebody copied it from paper."""
    bare = "".join(_WORD.findall(unicodedata.normalize("NFKC", typed[:100]).casefold()))
    return _grouped(bare, 5)


def _grouped(characters: str, size: int) -> str:
    return "-".join(characters[start : start + size] for start in range(0, len(characters), size))


def _words_of(personal: Iterable[str]) -> list[str]:
    """Return whole texts and the words in them, longest first."""
    texts = {normalise(text).casefold() for text in personal}
    texts |= {text.partition("@")[0] for text in texts}
    words = texts | {"".join(_letters(text)) for text in texts}
    words |= {word for text in texts for word in _WORD.findall(text)}
    return sorted((word for word in words if len(word) >= _SHORTEST_WORD or not word.isascii()), key=len, reverse=True)


def _left_of(folded: str) -> str:
    """Return what is left without the words everybody uses, also where digits stand for letters."""
    plain = folded.translate(_LOOKALIKES)
    words = sorted(_COMMON_WORDS, key=len, reverse=True)
    lookalikes = [word.translate(_LOOKALIKES) for word in words]
    left = [_without(folded, words), _without(plain, lookalikes)]
    left = [_without(rest, _runs_in(rest)) for rest in left]
    return min(left, key=lambda rest: len(set(_letters(rest))))


def _without(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, "") if word else text
    return text


def _runs_in(text: str) -> list[str]:
    """Return the pieces of a text that go along a keyboard, the alphabet or the digits, longest first."""
    rows = [row for run in _RUNS for row in (run, run[::-1])]
    found = []
    start = 0
    while start <= len(text) - _SHORTEST_RUN:
        length = max((_length_in(text, start, row) for row in rows), default=0)
        if length >= _SHORTEST_RUN:
            found.append(text[start : start + length])
        start += max(length if length >= _SHORTEST_RUN else 1, 1)
    return sorted(found, key=len, reverse=True)


def _length_in(text: str, start: int, row: str) -> int:
    """Return how many characters from ``start`` on stand one after another in ``row``."""
    if text[start : start + _SHORTEST_RUN] not in row:
        return 0
    length = _SHORTEST_RUN
    while start + length < len(text) and text[start : start + length + 1] in row:
        length += 1
    return length


def _is_little(rest: str) -> bool:
    """Tell whether what is left is too little to guess at; the same letter many times is one."""
    return len(set(_letters(rest))) < _FEWEST_DIFFERENT


def _letters(text: str) -> list[str]:
    return [character for character in text if character.isalnum()]
