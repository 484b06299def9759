"""A physical quantity as a customer gives it: the text, its unit, and a canonical value where there is one.

The text is never changed and never refused. A unit inside the text ("10 t/h" while kW is selected) is what counts.
"""

import unicodedata
from dataclasses import dataclass

from liju_contact.domain.doubt import Doubt
from liju_contact.domain.number import LONGEST_NUMBER_TEXT, even_out, find_number, read_number, without_about
from liju_contact.domain.unit import UNITS, Dimension, Unit, canonical_unit, convert, find_unit

__all__ = [
    "UNITS",
    "Dimension",
    "Doubt",
    "Quantity",
    "Unit",
    "both_ways",
    "convert",
    "format_rounded",
    "read_number",
    "read_quantity",
]

_SHOWN_DIGITS = 3
_TOO_LONG_TO_WRITE_OUT = 1e15
_COUNTERPARTS = {"kW": "t_h", "MW": "t_h", "bar": "MPa", "C": "F", "m": "ft"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """``unit`` is the id of the unit that counts; ``canonical`` is in the canonical unit of its dimension."""

    typed: str
    unit: str
    canonical: float | None
    doubts: tuple[Doubt, ...] = ()


def read_quantity(typed: str, unit: str) -> Quantity:
    """Read ``typed`` with ``unit`` (an id) as the one selected beside it."""
    selected = UNITS.get(unit)
    if selected is None:
        return Quantity(typed=typed, unit=unit, canonical=None, doubts=(Doubt.UNKNOWN_UNIT,))
    number = find_number(typed)
    if number is None:
        return Quantity(typed=typed, unit=unit, canonical=None, doubts=(Doubt.NOT_A_NUMBER,))
    meant = find_unit(number.rest, selected.dimension) if number.rest else selected
    if meant is None:
        return Quantity(typed=typed, unit=unit, canonical=None, doubts=(_doubt_about(number.rest),))
    canonical = convert(number.value, meant, canonical_unit(meant.dimension))
    doubts = (Doubt.AMBIGUOUS_NUMBER,) if number.is_ambiguous else ()
    return Quantity(typed=typed, unit=meant.id, canonical=canonical, doubts=doubts)


def both_ways(quantity: Quantity, counterpart: str | None = None) -> tuple[str, str | None]:
    """Return the quantity as typed with its unit, and converted: ("10 t/h", "7000 kW").

    ``counterpart`` is the id of the unit to convert to; without it, the canonical one, or where that was typed the
    usual other one. The second is None when the text had no canonical value.
    """
    unit = UNITS.get(quantity.unit)
    if unit is None:
        return f"{quantity.typed} {quantity.unit}".strip(), None
    typed = quantity.typed if _names_a_unit(quantity.typed) else f"{quantity.typed} {unit.symbol}"
    if quantity.canonical is None:
        return typed, None
    canonical = canonical_unit(unit.dimension)
    other = UNITS[counterpart or _COUNTERPARTS.get(unit.id, canonical.id)]
    return typed, f"{format_rounded(convert(quantity.canonical, canonical, other))} {other.symbol}"


def format_rounded(value: float) -> str:
    """Write ``value`` with three significant digits, without an exponent where that stays readable."""
    rounded = float(f"{value:.{_SHOWN_DIGITS}g}") + 0.0  # plus zero turns -0.0 into 0.0
    if abs(rounded) >= _TOO_LONG_TO_WRITE_OUT:
        return f"{rounded:g}"
    return f"{rounded:.12f}".rstrip("0").rstrip(".")


def _doubt_about(rest: str) -> Doubt:
    """Tell a range or remark with further numbers from a unit that is not one of this field's."""
    return Doubt.NOT_A_NUMBER if any(character.isdigit() for character in even_out(rest)) else Doubt.UNKNOWN_UNIT


def _names_a_unit(typed: str) -> bool:
    if len(typed) > LONGEST_NUMBER_TEXT:
        return True
    text = unicodedata.normalize("NFKC", without_about(even_out(typed)))  # ℃ becomes °C, for example
    return any(character.isalpha() or character in "°%" for character in text)
