"""The one filter for every string that comes from outside, and what counts as blank.

It takes away only what cannot be stored or sent (NUL, lone surrogates) and evens out line ends. Everything else a
person typed stays exactly as it is, bidi controls and emoji included: those are isolated where they are shown.
"""

import re

_LINE_BREAKS_AND_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

# White space, controls, what Unicode 15 calls Default_Ignorable_Code_Point, and the blank Braille cell (U+2800).
_INVISIBLE = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u2800"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)


def clean_text(value: str) -> str:
    r"""Return ``value`` without NUL, with lone surrogates as U+FFFD and every line end as ``\n``.

    Two surrogates that belong together become the character they mean.
    """
    value = value.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    if _is_encodable(value):
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean_line(value: str) -> str:
    """Return ``value`` cleaned and on one line: each run of line breaks, tabs and other controls becomes one space."""
    return _LINE_BREAKS_AND_CONTROLS.sub(" ", clean_text(value)).strip()


def is_blank(value: str) -> bool:
    """Tell whether a reader would see nothing at all: also true for zero-width and other invisible characters."""
    return _INVISIBLE.fullmatch(value) is not None


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
