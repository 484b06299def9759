"""Text from outside as a cell of a CSV file: no spreadsheet program may take it for a formula.

A cell that begins with ``= + - @``, also full-width, also behind blanks or characters nobody sees, gets an apostrophe
in front. So does such a beginning behind a semicolon, a tab or a line break inside a cell: where a program takes one of
these for what parts cells, a cell begins there. Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SIGN = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
# Blanks, and what nobody sees.
_UNSEEN = " \"'\x0b\x0c\x1c-\x1f\x85\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
_BEGINS = re.compile(f"[\t\r\n{_UNSEEN}]*{_SIGN}")
# Each separator by itself: behind two tabs a cell begins as well.
_PARTED = re.compile(f"([;\t\r\n])(?=[{_UNSEEN}]*{_SIGN})")
# What ``safe_cell`` may have to do with, in cells that stand one a line.
_SUSPICIOUS = re.compile(f"[;\t\r\n](?:[\t\r\n{_UNSEEN}]*{_SIGN}|(?<=\n)[\t\r\n])")
_LED_BY_CONTROL = ("\t", "\r", "\n")
_ONLY_A_NUMBER = re.compile(r"[+\d\s().\-/]+")


def are_safe(texts: Iterable[str | None]) -> bool:
    """Tell whether ``safe_cell`` would leave all of these as they are; now and then it says no where they are safe.

    One look at a row in place of one at each of its cells: a line break stands for the beginning of each.
    """
    return _SUSPICIOUS.search("\n" + "\n".join(filter(None, texts))) is None


def safe_cell(text: str) -> str:
    """Return ``text`` so that it is shown and never computed."""
    inside = _PARTED.sub(r"\1'", text)
    return f"'{inside}" if _BEGINS.match(text) or text.startswith(_LED_BY_CONTROL) else inside


def safe_number_text(text: str) -> str:
    """Return a phone number so that it stays a text with all its zeros."""
    if not text:
        return ""
    return f"'{text}" if _ONLY_A_NUMBER.fullmatch(text) else safe_cell(text)
