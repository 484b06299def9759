"""Tells whether lines of a mail are an attribution: what a mail program writes above the letter it quotes.

Such a line is known by what it carries, not by one pattern for each language: a date, a time, an address, a verb like
"wrote", and a colon at its end. A sentence of the writer rarely has enough of them. What the verdict means for the
text below is decided in ``visible_text``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from liju_contact.domain.reply_words import VERB_BETWEEN, VERBS_LAST, phrases

MAX_LENGTH = 500
_MAX_LINES = 6
_OPENING_LENGTH = 30  # "poniedziałek, 23" and "Le lundi 5": the date begins within these characters.
_LABEL_LENGTH = 80
_NAME_TO_COLON = 200

# Marks of writing direction, joiners and other characters without a shape, which programs put around names.
INVISIBLE = dict.fromkeys(map(ord, "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"))
INVISIBLE |= dict.fromkeys(range(0x2066, 0x206A))

_COLONS = frozenset(":\uff1a")
_END = re.compile(r"[:\uff1a][\s*_>-]*$|(?<!-)-{2,}$")
_SENTENCE_END = re.compile(r"[^\W\d_]{4,}[.!?]$|[\u3002\uff01\uff1f]$")
_DATE_END = re.compile(r"(?:[\d,\u3001\uff0c]|[ap]\.?m\.?|uhr)$", re.IGNORECASE)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    r"(?<!\d)\d{4}(?!\d)"
    r"|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)"
    r"|\d\s?[\u6708\uc6d4]"  # A month in Chinese, Japanese or Korean.
)
_MONTH_AND_DAY = re.compile(rf"\b(?:{_MONTHS})[a-z]{{0,6}}\.?\s\d{{1,2}}\b|\b\d{{1,2}}\s(?:{_MONTHS})", re.IGNORECASE)
_TIME = re.compile(
    r"(?<![\d.])\d{1,2}[:.h]\d{2}(?![\d.]*\d)"
    r"|(?<!\d)\d{1,2}:\d{2}"
    r"|\d{1,2}\s?[\u65f6\u6642\u70b9\u9ede\uc2dc]"  # An hour in Chinese, Japanese or Korean.
    r"|\d\s?[ap]\.?m\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"""(?<![^\s<>()\[\]"',;:])[^\s<>()\[\]"',;:@]+@[^\s<>()\[\]"',;:@]+""")
_NAMED_ADDRESS = re.compile(r"""[^<>@(]{1,80}[<(\[]\s*(?:mailto:)?[^\s<>()@]+@[^\s<>()@]+""", re.IGNORECASE)
_WRITER = re.compile(r"[^<>@(]{1,60}<[^\s<>()@]+@[^\s<>()@]+>")
_SHARED_OPENING = re.compile(r"(?<![\s-])[\s-]+(?:On|Am|Le|El|Em|Il|Op|Den|Dnia|W dniu)\s(?=.{0,25}\d)")

# "The inspector wrote:" is a sentence, "Ann Smith wrote:" may be a mail program's.
_ARTICLES = frozenset(
    phrases("""
    the | a | an | our | my | your | his | her | their | this | that | he | she | they | we | it | i | who | to | and
    der | die | das | den | dem | ein | eine | unser | unsere | mein | meine | ihr | er | sie | wir | an
    le | la | les | un | une | notre | mon | votre | il | elle | on | el | los | las | una | mi | su | nuestro | nuestra
    lo | gli | mio | nostro | os | uma | nosso | nossa | meu | het | een | onze | mijn
    """)
)


class Strength(Enum):
    """How sure an attribution is."""

    SURE = "sure"
    LABEL = "label"  # "Ann wrote:" above a quote, which the writer may have typed.


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """An attribution that ends on a known line; ``column`` is where it begins within its first line."""

    first: int
    column: int = 0
    strength: Strength


def may_end(line: str) -> bool:
    """Tell quickly whether a stripped, non-empty line can be the last of an attribution."""
    last = line[-1]
    if last in _COLONS:
        return True
    return (last in "->*_" or ord(last) in INVISIBLE) and any(character.isalnum() for character in line[:80])


def find_ending_at(lines: list[str], last: int, floor: int, *, above_quote: bool) -> Attribution | None:
    """Return the attribution that ends on line ``last`` and begins at or after ``floor``.

    ``lines`` are stripped; ``above_quote`` says that quoted lines follow. At most six lines are joined. A date is
    looked for above, because the last line alone, "Ann Smith <ann@example.com> wrote:", may be only its end.
    """
    if len(lines[last]) > MAX_LENGTH:
        return None
    named = _is_named(lines[last])
    for first, text in _joined_upwards(lines, last, floor):
        if named and first < last and not _DATE_END.search(lines[first]):
            break
        column = _shared_column(text, len(lines[first])) if above_quote else 0
        if column or _is_dated(text, above_quote=above_quote) or (named and _DATE.search(text)):
            named_above = first > floor and not column and _opens_with_name(lines[first - 1], text)
            return Attribution(first=first - named_above, column=column, strength=Strength.SURE)
    return _find_without_date(lines, last, floor, named=named, above_quote=above_quote)


def is_attribution(text: str) -> bool:
    """Tell whether ``text``, lines joined by spaces, is surely an attribution; what follows it is not looked at."""
    return len(text) <= MAX_LENGTH and (_is_dated(text, above_quote=False) or _is_named(text))


def _find_without_date(
    lines: list[str], last: int, floor: int, *, named: bool, above_quote: bool
) -> Attribution | None:
    if named:
        return Attribution(first=last, strength=Strength.SURE)
    for first, text in _joined_upwards(lines, last, max(floor, last - 1)):
        if _is_named(text):
            return Attribution(first=first, strength=Strength.SURE)
    is_label = above_quote and _is_label(lines[last])
    return Attribution(first=last, strength=Strength.LABEL) if is_label else None


def _joined_upwards(lines: list[str], last: int, floor: int) -> Iterator[tuple[int, str]]:
    """Yield each line from ``last`` upwards with the text from there to ``last`` on one line.

    A line that ends a sentence or has a closing colon is not part of it, nor is a blank one but above a wrapped "<".
    """
    joined = ""
    for first in range(last, max(last - _MAX_LINES, floor - 1), -1):
        line = lines[first]
        if not line:
            if first == last or not lines[first + 1].startswith("<"):
                return
            continue
        if len(line) + len(joined) > MAX_LENGTH:
            return
        if first < last and (line[-1] in _COLONS or _SENTENCE_END.search(line)):
            return
        joined = f"{line} {joined}" if joined else line
        yield first, joined


def _opens_with_name(above: str, text: str) -> bool:
    """Tell whether the line above a dated attribution is its writer: "Ann <ann@example.com>" above the date."""
    return "@" in above and "@" not in text and len(above) <= _LABEL_LENGTH and bool(_WRITER.fullmatch(above))


def _shared_column(text: str, length: int) -> int:
    """Return where a dated attribution begins on a first line of ``length`` that has other text before it, else 0."""
    for opening in reversed(list(_SHARED_OPENING.finditer(text, 0, length))):
        if _is_dated(text[opening.start() :].lstrip(" -"), above_quote=False):
            return opening.start()
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """What a candidate carries; ``plain`` means that nothing marks it as a sentence of the writer's own."""

    date: bool
    time: bool
    address: bool
    address_last: bool
    verb_last: bool
    verb_between: bool
    plain: bool

    @classmethod
    def of(cls, body: str) -> "_Marks":
        folded = body.casefold()
        addresses = list(_ADDRESS.finditer(body)) if "@" in body else []
        words = _without_addresses(body)
        before, after = _around_verb(folded)
        return cls(
            date=(_DATE.search(words) or _MONTH_AND_DAY.search(words)) is not None,
            time=_TIME.search(words) is not None,
            address=bool(addresses),
            address_last=bool(addresses) and not body[addresses[-1].end() :].strip(" >)]\"'"),
            verb_last=after == "",
            verb_between=bool(after),
            plain=_ARTICLES.isdisjoint(before.split()[-3:]) and _ARTICLES.isdisjoint((after or "").split()[:3]),
        )


def _around_verb(folded: str) -> tuple[str, str | None]:
    """Return what stands before and after the verb; ``after`` is None without a verb, and empty when it comes last."""
    if folded.endswith(VERBS_LAST):
        verb = max((verb for verb in VERBS_LAST if folded.endswith(verb)), key=len)
        return folded[: -len(verb)], ""
    between = VERB_BETWEEN.search(folded)
    return (folded[: between.start()], folded[between.end() :]) if between else (folded, None)


def _is_dated(text: str, *, above_quote: bool) -> bool:
    """Tell whether a date opens the line and the rest of it belongs to an attribution."""
    body, ended = _body(text)
    if not any(character.isdigit() for character in _without_addresses(body)[:_OPENING_LENGTH]):
        return False
    marks = _Marks.of(body)
    if not (marks.date or marks.time):
        return False
    if marks.address_last and marks.date and (above_quote or (ended and marks.time)):
        return True
    if not ended or not (marks.verb_last or marks.verb_between):
        return False
    return marks.address or above_quote or (marks.date and marks.time and marks.plain)


def _is_named(text: str) -> bool:
    """Tell whether the line opens with a name and its address, or says who wrote when: "Ann wrote on 5 May, 10:00:"."""
    body, ended = _body(text)
    if not ended or len(body) > _NAME_TO_COLON:
        return False
    marks = _Marks.of(body)
    if not (marks.verb_last or marks.verb_between):
        return False
    named = _NAMED_ADDRESS.match(body) if marks.address else None
    if named:
        return _ARTICLES.isdisjoint(named[0].casefold().split())
    return marks.verb_between and marks.date and marks.time and marks.plain


def _without_addresses(body: str) -> str:
    """Return ``body`` without its addresses, whose digits are no date."""
    return _ADDRESS.sub("@", body) if "@" in body else body


def _is_label(line: str) -> bool:
    body, ended = _body(line)
    before, after = _around_verb(body.casefold())
    return ended and len(body) <= _LABEL_LENGTH and after == "" and _ARTICLES.isdisjoint(before.split()[-3:])


def _body(text: str) -> tuple[str, bool]:
    """Return ``text`` without ornaments and closing colon, and whether it had one."""
    clean = text if text.isascii() else text.translate(INVISIBLE).replace("\xa0", " ")
    clean = clean.lstrip(" >*_-")
    end = _END.search(clean)
    return (clean[: end.start()] if end else clean).rstrip(" *_\t"), end is not None
