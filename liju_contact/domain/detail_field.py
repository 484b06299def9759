"""Which technical facts a customer may give: the built-in registry, from which product lines choose by id.

``typical`` asks, ``possible`` warns; both in canonical units and inclusive. They are wide, for all products together: a
product line narrows ``typical`` in the settings (a vacuum hot-water boiler stays below 95 °C, say).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

Range = tuple[float, float]

_POWER_UNITS = ("t_h", "kg_h", "kW", "MW", "BHP", "kcal_h", "wan_kcal_h", "MMBtu_h", "lb_h")
_PRESSURE_UNITS = ("bar", "MPa", "psi", "kPa", "kgf_cm2")
_TEMPERATURE_UNITS = ("C", "F")
_FUELS = (
    "natural_gas",
    "lpg",
    "light_oil",
    "heavy_oil",
    "biogas",
    "biomass",
    "coal",
    "electricity",
    "hydrogen",
    "waste_heat",
    "other",
)
_POWER_SUPPLIES = (
    "380V-50Hz",
    "400V-50Hz",
    "415V-50Hz",
    "220V-60Hz",
    "440V-60Hz",
    "460V-60Hz",
    "480V-60Hz",
    "600V-60Hz",
    "other",
)
_INCOTERMS_2020 = ("EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF")


class DetailKind(StrEnum):
    QUANTITY = "quantity"
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailField:
    """``units`` are unit ids, the first one preselected; ``max_length`` is what a form lets somebody type."""

    id: str
    kind: DetailKind
    units: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    typical: Range | None = None
    possible: Range | None = None
    max_length: int = 100


def _temperature(field_id: str, *, typical: Range, possible: Range) -> DetailField:
    return DetailField(
        id=field_id, kind=DetailKind.QUANTITY, units=_TEMPERATURE_UNITS, typical=typical, possible=possible
    )


def _choice(field_id: str, choices: tuple[str, ...]) -> DetailField:
    return DetailField(id=field_id, kind=DetailKind.CHOICE, choices=choices)


def _text(field_id: str, max_length: int) -> DetailField:
    return DetailField(id=field_id, kind=DetailKind.TEXT, max_length=max_length)


_ALL_FIELDS = (
    DetailField(id="quantity", kind=DetailKind.NUMBER, typical=(1, 12), possible=(1, 10_000)),
    _choice("project", ("new", "retrofit", "replacement")),
    # 0.05 to 75 t/h of steam; the largest boilers ever built give about 3000 t/h.
    DetailField(
        id="capacity", kind=DetailKind.QUANTITY, units=_POWER_UNITS, typical=(35, 52_500), possible=(0.01, 3_000_000)
    ),
    DetailField(id="pressure", kind=DetailKind.QUANTITY, units=_PRESSURE_UNITS, typical=(0, 40), possible=(0, 1000)),
    _temperature("steam_temperature", typical=(100, 450), possible=(0, 1000)),
    _temperature(
        "supply_temperature", typical=(40, 150), possible=(-30, 374)
    ),  # 374 °C: above, there is no liquid water
    _temperature("return_temperature", typical=(15, 120), possible=(-30, 374)),
    _temperature("feedwater_temperature", typical=(4, 140), possible=(-30, 374)),
    _choice("fuel", _FUELS),
    _text("fuel_analysis", 2000),
    _text("emission_limit", 500),
    DetailField(id="altitude", kind=DetailKind.QUANTITY, units=("m", "ft"), typical=(-50, 4500), possible=(-500, 9000)),
    _temperature("ambient_temperature", typical=(-45, 55), possible=(-90, 100)),
    _choice("power_supply", _POWER_SUPPLIES),
    _choice("incoterm", _INCOTERMS_2020),
    _text("port", 200),
    DetailField(id="needed_by", kind=DetailKind.DATE),
    DetailField(id="site_visit", kind=DetailKind.FLAG),
    _text("serial_number", 200),
    _text("model", 200),
    _text("part_number", 500),
    DetailField(id="running_hours", kind=DetailKind.NUMBER, typical=(0, 200_000), possible=(0, 1_000_000)),
)
DETAIL_FIELDS: Mapping[str, DetailField] = MappingProxyType({field.id: field for field in _ALL_FIELDS})
