"""One technical fact a customer gave: kept exactly as typed, with a canonical value and doubts beside it.

Nothing here refuses: an odd value is worth a question, not a lost inquiry.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from liju_contact.domain.detail_field import DETAIL_FIELDS, DetailField, DetailKind, Range
from liju_contact.domain.doubt import Doubt
from liju_contact.domain.number import even_out, find_number
from liju_contact.domain.quantity import Quantity, read_quantity
from liju_contact.domain.unit import UNITS

__all__ = [
    "DETAIL_FIELDS",
    "Detail",
    "DetailField",
    "DetailKind",
    "Doubt",
    "Range",
    "compare_details",
    "quantity_of",
    "read_detail",
]

_LONGEST_WORD = 40
_YEAR_FIRST = re.compile(r"([0-9]{4}) ?[-/.年] ?([0-9]{1,2}) ?[-/.月] ?([0-9]{1,2}) ?日?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.]) ?([0-9]{1,2})\2 ?([0-9]{4})")
_MONTHS = 12
_YES = frozenset({"1", "y", "yes", "true", "on", "x", "是", "要"})
_NO = frozenset({"0", "n", "no", "false", "off", "否", "不要"})
_COUNTERS = frozenset(
    {"h", "hr", "hrs", "hour", "hours", "小时", "set", "sets", "unit", "units", "pc", "pcs", "piece", "pieces"}
    | {"no", "nos", "boiler", "boilers", "台", "套", "个"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """``field`` and ``unit`` are ids (``unit`` is "" where there is none).

    ``canonical`` is a number in canonical units, an ISO date, the id of a choice, "yes" or "no"; None where the text
    could not be read, and always for free text.
    """

    field: str
    typed: str
    unit: str = ""
    canonical: float | str | None = None
    doubts: tuple[Doubt, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            "field": self.field,
            "typed": self.typed,
            "unit": self.unit,
            "canonical": self.canonical,
            "doubts": [doubt.value for doubt in self.doubts],
        }

    @classmethod
    def from_json(cls, row: Mapping[str, object]) -> Self:
        """Read a stored row, also one of an older or newer program: what is missing or unknown is left out."""
        canonical, doubts = row.get("canonical"), row.get("doubts")
        codes = doubts if isinstance(doubts, (list, tuple)) else ()
        return cls(
            field=str(row.get("field") or ""),
            typed=str(row.get("typed") or ""),
            unit=str(row.get("unit") or ""),
            canonical=canonical if isinstance(canonical, (int, float, str)) else None,
            doubts=tuple(doubt for doubt in Doubt if doubt.value in codes),
        )


def read_detail(
    field: DetailField, typed: str, unit: str, today: date, limits: Mapping[str, Range] | None = None
) -> Detail:
    """Read what somebody typed into ``field`` with ``unit`` selected beside it ("" means the field's first).

    ``limits`` are a product line's typical ranges by field id, in canonical units; they also widen what is possible.
    ``today`` is the date where the inquiry arrives.
    """
    if not typed.strip():
        return Detail(field=field.id, typed=typed, unit=unit)
    detail = _read_alone(field, typed, unit, today)
    return _with_range_doubts(detail, field, (limits or {}).get(field.id))


def compare_details(details: Iterable[Detail]) -> tuple[Detail, ...]:
    """Return the details with the doubts that only two of them together show."""
    details = tuple(details)
    canonical = {detail.field: detail.canonical for detail in details}
    supply, back = canonical.get("supply_temperature"), canonical.get("return_temperature")
    if not isinstance(supply, (int, float)) or not isinstance(back, (int, float)) or back < supply:
        return details
    return tuple(
        _with_doubt(detail, Doubt.IMPOSSIBLE_PAIR) if detail.field == "return_temperature" else detail
        for detail in details
    )


def quantity_of(detail: Detail) -> Quantity:
    """Return the quantity in a detail, for ``quantity.both_ways``."""
    canonical = detail.canonical if isinstance(detail.canonical, (int, float)) else None
    return Quantity(typed=detail.typed, unit=detail.unit, canonical=canonical, doubts=detail.doubts)


def _read_alone(field: DetailField, typed: str, unit: str, today: date) -> Detail:
    match field.kind:
        case DetailKind.QUANTITY:
            return _read_quantity(field, typed, unit)
        case DetailKind.NUMBER:
            return _read_count(field, typed)
        case DetailKind.DATE:
            return _read_date(field, typed, today)
        case DetailKind.CHOICE:
            return Detail(field=field.id, typed=typed, canonical=_find_choice(field, typed))
        case DetailKind.FLAG:
            return Detail(field=field.id, typed=typed, canonical=_yes_or_no(typed))
        case DetailKind.TEXT:
            return Detail(field=field.id, typed=typed)


def _read_quantity(field: DetailField, typed: str, unit: str) -> Detail:
    selected, first = unit or field.units[0], UNITS[field.units[0]]
    if selected not in UNITS or UNITS[selected].dimension is not first.dimension:
        return Detail(field=field.id, typed=typed, unit=selected, doubts=(Doubt.UNKNOWN_UNIT,))
    quantity = read_quantity(typed, selected)
    doubts = quantity.doubts
    return Detail(field=field.id, typed=typed, unit=quantity.unit, canonical=quantity.canonical, doubts=doubts)


def _read_count(field: DetailField, typed: str) -> Detail:
    number = find_number(typed)
    if number is None or number.rest.casefold().rstrip(".") not in {"", *_COUNTERS}:
        return Detail(field=field.id, typed=typed, doubts=(Doubt.NOT_A_NUMBER,))
    doubts = (Doubt.AMBIGUOUS_NUMBER,) if number.is_ambiguous else ()
    return Detail(field=field.id, typed=typed, canonical=number.value, doubts=doubts)


def _with_range_doubts(detail: Detail, field: DetailField, limit: Range | None) -> Detail:
    value = detail.canonical
    if not isinstance(value, float):
        return detail
    typical = limit or field.typical
    if field.possible and not _is_within(value, field.possible) and not (limit and _is_within(value, limit)):
        return _with_doubt(detail, Doubt.IMPOSSIBLE)
    if typical and value < typical[0]:
        return _with_doubt(detail, Doubt.BELOW_TYPICAL)
    if typical and value > typical[1]:
        return _with_doubt(detail, Doubt.ABOVE_TYPICAL)
    return detail


def _read_date(field: DetailField, typed: str, today: date) -> Detail:
    meant = _find_date(even_out(typed)) if len(typed) <= _LONGEST_WORD else None
    if meant is None:
        return Detail(field=field.id, typed=typed, doubts=(Doubt.NOT_A_DATE,))
    doubts = (Doubt.DATE_PAST,) if meant < today else ()
    return Detail(field=field.id, typed=typed, canonical=meant.isoformat(), doubts=doubts)


def _find_date(evened: str) -> date | None:
    if match := _YEAR_FIRST.fullmatch(evened):
        year, month, day = map(int, match.groups())
    elif match := _YEAR_LAST.fullmatch(evened):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if match[2] != "." and first != second and max(first, second) <= _MONTHS:
            return None  # 05/06/2026 is May in some countries and June in the others.
        day, month = (second, first) if second > _MONTHS else (first, second)
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _find_choice(field: DetailField, typed: str) -> str | None:
    word = typed[:_LONGEST_WORD].strip().casefold()
    return next((choice for choice in field.choices if choice.casefold() == word), None)


def _yes_or_no(typed: str) -> str | None:
    word = typed[:_LONGEST_WORD].strip().casefold()
    if word in _YES:
        return "yes"
    return "no" if word in _NO else None


def _with_doubt(detail: Detail, doubt: Doubt) -> Detail:
    return detail if doubt in detail.doubts else replace(detail, doubts=(*detail.doubts, doubt))


def _is_within(value: float, bounds: Range) -> bool:
    return bounds[0] <= value <= bounds[1]
