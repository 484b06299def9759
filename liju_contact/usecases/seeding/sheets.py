"""The technical facts of invented inquiries: what fits a product line, read once as the form would read it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta

from liju_contact.domain.catalogue import ProductLine
from liju_contact.domain.detail import DETAIL_FIELDS, Detail, compare_details, read_detail
from liju_contact.domain.quantity import format_rounded
from liju_contact.domain.unit import UNITS, canonical_unit, convert
from liju_contact.usecases.seeding.language import Dice, drawn

_KILOWATTS = (700, 1400, 2800, 2100, 4200, 1050, 7000, 350, 5600, 10_500, 480, 240, 14_000, 3500, 120, 8400, 70, 21_000)
_WATER_UNITS = ("kW", "MW", "wan_kcal_h", "kcal_h", "MMBtu_h")
_STEAM_UNITS = ("t_h", "kg_h", "BHP", "lb_h", "kW")
_TEMPERATURES = (
    (80, 60),
    (85, 60),
    (60, 50),
    (75, 50),
    (90, 70),
    (95, 70),
    (65, 55),
    (90, 65),
    (55, 45),
    (70, 90),
    (45, 40),
)
_TYPED: dict[str, tuple[tuple[str, str], ...]] = {
    "quantity": (("1", ""), ("2", ""), ("3", ""), ("2 sets", ""), ("4", ""), ("6", ""), ("1台", ""), ("20", "")),
    "pressure": (
        ("1.0", "MPa"),
        ("10", "bar"),
        ("1.25", "MPa"),
        ("0.7", "MPa"),
        ("8", "bar"),
        ("1.6", "MPa"),
        ("150", "psi"),
        ("7", "bar"),
        ("13", "bar"),
        ("2.5", "MPa"),
        ("10", "kgf_cm2"),
        ("0.4", "MPa"),
        ("16", "bar"),
        ("100", "psi"),
        ("60", "MPa"),
    ),
    "steam_temperature": (
        ("184", "C"),
        ("170", "C"),
        ("194", "C"),
        ("204", "C"),
        ("250", "C"),
        ("350", "C"),
        ("366", "F"),
    ),
    "feedwater_temperature": (("20", "C"), ("105", "C"), ("60", "C"), ("80", "C"), ("15", "C"), ("220", "F")),
    "fuel_analysis": (
        ("CH4 96 %, C2H6 2 %, N2 1 %", ""),
        ("见附件", ""),
        ("Hu 36 MJ/m³", ""),
        ("CH4 60 %, CO2 38 %, H2S 800 ppm", ""),
        ("Diesel EN 590", ""),
        ("Low sulphur HFO, 380 cSt", ""),
    ),
    "emission_limit": (
        ("NOx 30 mg/m³", ""),
        ("NOx < 80 mg/m³", ""),
        ("GB 13271-2014", ""),
        ("NOx 50 mg", ""),
        ("EU MCP directive", ""),
        ("none", ""),
    ),
    "altitude": (
        ("50", "m"),
        ("10", "m"),
        ("400", "m"),
        ("1500", "m"),
        ("2200", "m"),
        ("3650", "m"),
        ("5000", "ft"),
        ("900", "m"),
        ("4300", "m"),
    ),
    "ambient_temperature": (("-10", "C"), ("35", "C"), ("5", "C"), ("-25", "C"), ("45", "C"), ("-40", "C")),
    "port": (
        ("Shanghai", ""),
        ("Ningbo", ""),
        ("Jebel Ali", ""),
        ("Karachi", ""),
        ("Callao", ""),
        ("Mombasa", ""),
        ("Haiphong", ""),
        ("Chattogram", ""),
        ("Tanjung Priok", ""),
        ("Novorossiysk", ""),
        ("Almaty station", ""),
        ("Santos", ""),
    ),
    "site_visit": (("no", ""), ("yes", "")),
    "running_hours": (("12000", ""), ("3500", ""), ("28,000", ""), ("800", ""), ("45 000 h", ""), ("60000", "")),
}
_CHOICES = {
    "project": ("new", "replacement", "retrofit"),
    "fuel": (
        "natural_gas",
        "light_oil",
        "lpg",
        "biomass",
        "electricity",
        "biogas",
        "heavy_oil",
        "coal",
        "waste_heat",
        "hydrogen",
        "other",
    ),
    "power_supply": (
        "380V-50Hz",
        "400V-50Hz",
        "415V-50Hz",
        "220V-60Hz",
        "440V-60Hz",
        "480V-60Hz",
        "460V-60Hz",
        "600V-60Hz",
        "other",
    ),
    "incoterm": ("FOB", "CIF", "EXW", "CFR", "DAP", "FCA", "DDP", "CPT", "CIP"),
}
_SERIALS = 5000
_GIVEN_SHARE = 0.5
_LATEST_DAYS = 300


class Sheets:
    """Gives the ``details`` of an inquiry as the text of its JSON; every value was read by ``read_detail`` once."""

    def __init__(self, lines: Iterable[ProductLine], dice: Dice, today: date) -> None:
        self.serials = tuple(f"LJ{2004 + int(22 * dice())}{int(99_999 * dice()):05d}" for _ in range(_SERIALS))
        self.models = tuple(
            f"{kind}{size}-{form}"
            for size in (1, 2, 4, 6, 10, 15)
            for kind in ("WNS", "LJV", "CWNS", "SZS")
            for form in "QY"
        )
        self.part_numbers = tuple(f"{int(90 * dice()) + 10}-{int(9000 * dice()) + 1000}" for _ in range(_SERIALS))
        self._fields = {line.id: self._read_line(line, today) for line in lines}

    def of(self, line_id: str, on: date, dice: Dice) -> str:
        """Return some of the facts ``line_id`` asks for."""
        pools = self._fields[line_id]
        given = [drawn(pool, dice) if pool else _needed_by(on, dice) for pool in pools if dice() < _GIVEN_SHARE]
        return f"[{', '.join(given)}]"

    def _read_line(self, line: ProductLine, today: date) -> list[tuple[str, ...]]:
        """Return per field the texts to draw from; supply and return temperature are drawn together."""
        pools = []
        for field in line.detail_fields:
            if field == "supply_temperature":
                pools.append(_temperatures(line, today))
            elif field == "needed_by":
                pools.append(())
            elif field != "return_temperature" or "supply_temperature" not in line.detail_fields:
                typed = self._typed(field, line)
                pools.append(
                    tuple(_json(read_detail(DETAIL_FIELDS[field], *pair, today, line.limits)) for pair in typed)
                )
        return pools

    def _typed(self, field: str, line: ProductLine) -> list[tuple[str, str]]:
        known = {"serial_number": self.serials, "model": self.models, "part_number": self.part_numbers, **_CHOICES}
        if field == "capacity":
            return _capacities(line)
        if field in known:
            return [(text, "") for text in known[field]]
        return list(_TYPED.get(field, (("80", "C"),)))


def _capacities(line: ProductLine) -> list[tuple[str, str]]:
    low, high = line.limits.get("capacity", (0, 1e9))
    units = _STEAM_UNITS if line.drawing == "steam" else _WATER_UNITS
    usual = [kilowatts for kilowatts in _KILOWATTS if low <= kilowatts <= high]
    typed = []
    for unit_id in units:
        unit = UNITS[unit_id]
        typed += [(format_rounded(convert(value, canonical_unit(unit.dimension), unit)), unit_id) for value in usual]
    return typed


def _temperatures(line: ProductLine, today: date) -> tuple[str, ...]:
    low, high = line.limits.get("supply_temperature", (0, 1000))
    pairs = []
    for supply, back in _TEMPERATURES:
        if low <= supply <= high:
            fields = (("supply_temperature", supply), ("return_temperature", back))
            read = [read_detail(DETAIL_FIELDS[field], str(value), "C", today, line.limits) for field, value in fields]
            pairs.append(", ".join(map(_json, compare_details(read))))
    return tuple(pairs)


def _needed_by(on: date, dice: Dice) -> str:
    day = (on + timedelta(days=30 + int(_LATEST_DAYS * dice()))).isoformat()
    return f'{{"field": "needed_by", "typed": "{day}", "unit": "", "canonical": "{day}", "doubts": []}}'


def _json(detail: Detail) -> str:
    return json.dumps(detail.to_json(), ensure_ascii=False)
