"""Text from outside as a cell of a CSV file: no spreadsheet program may take it for a formula.

A cell that begins with ``= + - @``, also full-width, also behind blanks or characters nobody sees, gets an apostrophe
in front. So does such a beginning behind a semicolon, a tab or a line break inside a cell: where a program takes one of
these for what parts cells, a cell begins there. Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_BLANK = "[\\s\"'\\u00ad\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2064\\ufeff\\u3000]*"
_FORMULA = re.compile(f"((?:^|[;\\t\\r\\n])){_BLANK}[=+\\-@\uff1d\uff0b\uff0d\uff20]")
_BEGINS = re.compile(f"{_BLANK}[=+\\-@\uff1d\uff0b\uff0d\uff20]")
# Begins with a set of characters, which is what a search is quick for.
_SUSPICIOUS = re.compile(f"[;\\t\\r\\n](?:{_BLANK}[=+\\-@\uff1d\uff0b\uff0d\uff20]|(?<=\\n)[\\t\\r\\n])")
_LED_BY_CONTROL = ("\t", "\r", "\n")
_ONLY_A_NUMBER = re.compile(r"[+\d\s().\-/]+")


def are_safe(texts: Iterable[str | None]) -> bool:
    """Tell whether ``safe_cell`` would leave all of these as they are; now and then it says no where they are safe.

    One look at a row in place of one at each of its cells: a line break stands for the beginning of each.
    """
    return _SUSPICIOUS.search("\n" + "\n".join(filter(None, texts))) is None


def safe_cell(text: str) -> str:
    """Return ``text`` so that it is shown and never computed."""
    if not _FORMULA.search(text) and not text.startswith(_LED_BY_CONTROL):
        return text
    inside = _FORMULA.sub(_parted, text)
    return f"'{inside}" if _BEGINS.match(text) or text.startswith(_LED_BY_CONTROL) else inside


def safe_number_text(text: str) -> str:
    """Return a phone number so that it stays a text with all its zeros."""
    return f"'{text}" if text and _ONLY_A_NUMBER.fullmatch(text) else safe_cell(text)


def _parted(match: re.Match[str]) -> str:
    return f"{match[1]}'{match[0][len(match[1]) :]}" if match[1] else match[0]
