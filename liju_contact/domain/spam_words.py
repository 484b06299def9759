"""What a text is made of for the learner: the search's words, pairs of them, where its links lead, and how it looks.

Digits are told by their number, never by their value. What the house learns is kept under numbers that name nobody.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from itertools import pairwise
from zlib import crc32

from liju_contact.domain.search_words import is_dense, normal_form, parts_of

MOST_CHARACTERS = 20_000
_READ_CHARACTERS = 8000
MOST_WORDS = 800
MOST_LINKS = 40
_LONGEST_WORD = 24
_LONGEST_SHAPE = 8
_FIRST_LINE = 200
_FIRST_WORDS = 30
_LETTERS_TO_TELL = 20
_HOST = r"[^\s/<>\"?#\])，。；！？、）]"
_LINK = re.compile(rf"https?://({_HOST}{{1,253}})([!#-;=?-~]*)|(?<![a-z0-9.])www\.({_HOST}{{1,250}})", re.IGNORECASE)
_LETTERS = re.compile("[a-z]+")
_DIGITS = re.compile(r"[0-9]+")
_WITHIN_PLANT = re.compile(
    r"(?:https?://)?(?<![\d.])(?:10\.\d{1,3}|127\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))"
    r"\.\d{1,3}\.\d{1,3}(?![\d.]*\d)[!#-;=?-~]*"
)
_MONEY = re.compile(r"[$£€¥]\s?\d|\d\s?[£€]")
_MUCH_MONEY = re.compile(r"[$£€¥]\s?\d{1,3}(?:,\d{3})+")
_SHOUTED = re.compile(r"\b[A-Z]{4,}\b")
_ASKS_TO_LEAVE = re.compile(r"unsub|remove|opt.?out|click|track|\?.*=", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}(?::\d+)?|0x[0-9a-f]+|[0-9]{8,10}", re.IGNORECASE)
_NUMBER = re.compile("[0-9]{1,40}")
_PRICE = re.compile(r"[$£€]\s?[0-9]{1,12}")
_UNIT = re.compile(r"[0-9](p|ppm|pm|mins?|hrs?|st|nd|k|gbp|pounds?)\b", re.IGNORECASE)
_MOST_NUMBERS = 60
_LONG_NUMBER, _LONGEST_NUMBER = 4, 12
_SHOUTED_STEPS = (1, 3, 8)


def normal_of(text: str) -> str:
    """Return the words of a text as they are read here: the normal form of its beginning."""
    return normal_form(_without_plant(text[:_READ_CHARACTERS]))


def words_to_weigh(text: str, address: str = "", *, normal: str | None = None) -> frozenset[str]:
    """Return everything the learner knows a text by, each once; ``address`` is who it says it is from.

    ``normal`` is its ``normal_of``, from whoever has it already.
    """
    text = _without_plant(text[:MOST_CHARACTERS])
    words = [_plain(word) for word in (normal_of(text) if normal is None else normal).split()[:MOST_WORDS]]
    found = set(_single(words))
    found.update(f"{one} {other}" for one, other in pairwise(words) if not (is_dense(one) or is_dense(other)))
    first = normal_form(text.partition("\n")[0][:_FIRST_LINE]).split()[:_FIRST_WORDS]
    found.update(f"^{_plain(word)}" for word in first if not is_dense(word))
    found |= _looks(text) | _link_words(text) | _number_words(text[:_READ_CHARACTERS])
    if address:
        found |= _sender_words(address)
    return frozenset(found)


def number_of(word: str) -> int:
    """Return the number a word is counted under: the tables of what was learnt hold no text of a customer."""
    return crc32(word.encode("utf-8", "replace")) + 1  # 0 counts the texts


def links_in(text: str) -> list[str]:
    """Return the hosts that links of a text lead to, in lower case and without port, as often as they occur."""
    return [_host(match[1] or match[3]) for match in _LINK.finditer(text[:MOST_CHARACTERS])][:MOST_LINKS]


def is_bare_address(host: str) -> bool:
    """Tell whether a link leads to a number in place of a name; one within a plant is no such: a controller has it."""
    if _BARE_ADDRESS.fullmatch(host) is None:
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return True


def _without_plant(text: str) -> str:
    """Leave out addresses within a plant: whoever asks about a controller names them, and links of spam look alike."""
    return _WITHIN_PLANT.sub(" ", text) if "." in text else text


def _plain(word: str) -> str:
    """Return a word with how many digits it has in place of which."""
    if word.isdigit():
        return f"#{min(len(word), 8)}"
    return _DIGITS.sub("#", word)[:_LONGEST_WORD] if not is_dense(word) else word


def _single(words: list[str]) -> list[str]:
    found: list[str] = []
    for word in words:
        if is_dense(word):
            found += parts_of(word, is_asked=False)
        else:
            found.append(word)
    return found


def _looks(text: str) -> set[str]:
    """Return what shows without reading: capitals, exclamation marks, money, links, length."""
    found = {f"*length {len(text).bit_length()}"}
    letters = sum(map(str.isalpha, text))
    if letters > _LETTERS_TO_TELL:
        found.add(f"*capitals {min(6, 10 * sum(map(str.isupper, text)) // letters)}")
    if count := text.count("!"):
        found.add(f"*! {min(4, count)}")
    if "!!" in text:
        found.add("*!!")
    if _MONEY.search(text):
        found.add("*money")
    if _MUCH_MONEY.search(text):
        found.add("*much money")
    if "%" in text:
        found.add("*%")
    if "@" in text:
        found.add("*@")
    shouted = len(_SHOUTED.findall(text))
    return found | {f"*shouted {step}" for step in _SHOUTED_STEPS if shouted >= step}


def _number_words(text: str) -> set[str]:
    """Return how numbers are made: how long they are, how the long ones begin, and what unit or currency is at them.

    The first digits of a long number say what it is (a mobile telephone, a dear one, a code), and nobody's number.
    """
    numbers = _NUMBER.findall(text)[:_MOST_NUMBERS]
    found = {f"#n{min(_LONGEST_NUMBER, len(number))}" for number in numbers}
    for number in numbers:
        if len(number) >= _LONG_NUMBER:
            found |= {f"#{min(_LONGEST_NUMBER, len(number))}:{number[0]}", f"#:{number[:2]}", f"#:{number[:3]}"}
    digits = sum(map(len, numbers))
    found |= {f"*digits {digits.bit_length()}", f"*digits in {min(9, 20 * digits // max(1, len(text)))}"}
    found.add(f"*signs {min(20, len(text) // 10)}")
    found.update(f"#{_DIGITS.sub('#', price)}" for price in _PRICE.findall(text)[:_MOST_NUMBERS])
    found.update(f"#{unit.lower()}" for unit in _UNIT.findall(text)[:_MOST_NUMBERS])
    return found


def _link_words(text: str) -> set[str]:
    matches = list(_LINK.finditer(text))[:MOST_LINKS]
    found = {f"*links {min(5, len(matches))}"}
    for match in matches:
        host = _host(match[1] or match[3])
        if is_bare_address(host):
            found.add("*bare address")
        elif "." in host and not host[-1].isdigit():
            found |= {f"@{host}", f"@{_registered(host)}"}
        if match[2] and _ASKS_TO_LEAVE.search(match[2]):
            found.add("*asking link")
    return found


def _host(written: str) -> str:
    return written.lower().partition(":")[0].removeprefix("www.").rstrip(".,;")


def _registered(host: str) -> str:
    return ".".join(host.split(".")[-2:])


def _sender_words(address: str) -> set[str]:
    domain = address.rpartition("@")[2].lower()
    shape = _LETTERS.sub("a", _DIGITS.sub("0", address.rpartition("@")[0].lower()))[:_LONGEST_SHAPE]
    return {f"~{domain}", f"~{_registered(domain)}", f"~.{domain.rpartition('.')[2]}", f"~{shape}@"}
