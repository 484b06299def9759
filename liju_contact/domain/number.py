"""Numbers as the world writes them: ``1,5``, ``1 500``, ``1.500,0``, full-width and Arabic-Indic digits, ``ca. 10``.

A number here may stand before further text, which is handed back: what that text means is ``domain.unit``'s matter.
Ranges (``8-10``), fractions and powers are not numbers; whoever asked keeps the text as it was typed.
"""

import re
from dataclasses import dataclass

LONGEST_NUMBER_TEXT = 100

_ABOUT = re.compile(
    r"(?:~|≈|≃|<=?|>=?|≤|≥|⩽|⩾|≦|≧|ca\.?|circa|approximately|approx\.?|about|around|up to|at most|at least"
    r"|maximum|max\.?|minimum|min\.?|etwa|env\.?|около|大约|大約|约|約|最大|最小) ?",
    re.IGNORECASE,
)
_ABOUT_AFTER = re.compile(r" ?(?:左右|approx\.?)\Z", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<sign>[+-]?) ?(?P<digits>[.,]?[0-9](?:[0-9., '_]*[0-9])?)\.?(?:e(?P<power>[+-]?[0-9]{1,2})(?![0-9]))?",
    re.IGNORECASE,
)
_GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")  # the second one is Indian
_EVENED = str.maketrans(
    {
        "\u2212": "-",  # minus sign
        "\u066b": ".",  # Arabic decimal separator
        "\u066c": "'",  # Arabic thousands separator
        "\u2019": "'",  # typographic apostrophe, the Swiss thousands separator
        "\u3002": ".",  # ideographic full stop
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """``rest`` is the text behind the number, stripped."""

    value: float
    is_ambiguous: bool
    rest: str


def read_number(typed: str) -> float | None:
    """Return the one number ``typed`` consists of, or None when it is anything else."""
    number = find_number(typed)
    return number.value if number is not None and not number.rest else None


def find_number(typed: str) -> Number | None:
    """Return the number at the beginning of ``typed``, behind words such as "ca." or "约"."""
    if len(typed) > LONGEST_NUMBER_TEXT:
        return None
    text = without_about(even_out(typed))
    match = _NUMBER.match(text)
    plain = _plain(match["digits"]) if match else None
    if match is None or plain is None:
        return None
    value = float(f"{match['sign']}{plain}e{match['power'] or 0}")
    return Number(value=value, is_ambiguous=_is_ambiguous(match["digits"]), rest=text[match.end() :].strip())


def even_out(typed: str) -> str:
    """Return ``typed`` with ASCII digits, ASCII for full-width characters, and plain spaces."""
    return " ".join("".join(map(_evened, typed)).split()).translate(_EVENED)


def without_about(evened: str) -> str:
    """Return ``evened`` without the words that only say "about" or "at most"."""
    about = _ABOUT.match(evened)
    return _ABOUT_AFTER.sub("", evened[about.end() :] if about else evened)


def _evened(character: str) -> str:
    """Translate one character. Superscripts stay: they are no decimals, so 10² is not read as 102."""
    if character.isdecimal():
        return str(int(character))
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    return character


def _plain(digits: str) -> str | None:
    """Return ``digits`` as float() reads it, or None when the separators make no sense together."""
    whole, decimals = _split_at_decimal_separator(digits)
    if not (decimals.isdigit() or not decimals):
        return None
    separators = set(whole) - set("0123456789")
    if len(separators) > 1:
        return None
    for separator in separators:
        if _GROUPS.fullmatch(whole.replace(separator, ",")) is None:
            return None
        whole = whole.replace(separator, "")
    return f"{whole or '0'}.{decimals or '0'}"


def _split_at_decimal_separator(digits: str) -> tuple[str, str]:
    """Split at the last point or comma, unless it separates thousands.

    It does when it occurs again, and a lone comma does when exactly three digits follow one to three others: most
    people who write 1,500 mean 1500, most who write 1.500 mean 1.5. Both are reported as ambiguous.
    """
    place = max(digits.rfind("."), digits.rfind(","))
    if place < 0 or digits.count(digits[place]) > 1:
        return digits, ""
    if digits[place] == "," and _is_ambiguous(digits):
        return digits, ""
    return digits[:place], digits[place + 1 :]


def _is_ambiguous(digits: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", digits) is not None
