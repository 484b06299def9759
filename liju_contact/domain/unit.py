"""Units of the trade and the many ways customers write them.

``canonical = value * factor + offset``; the canonical unit of a dimension has factor 1 and offset 0. Steam flow stands
for heat: 1 t/h is taken as 0.7 MW, as boiler makers do, whatever pressure and feed-water temperature. Pressures are
gauge pressures; ``bar(a)`` and ``psi(a)`` are turned into them.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

_ATMOSPHERE_BAR = 1.01325
_PSI_BAR = 0.0689475729
_TON_PER_HOUR_KW = 700.0
_SIGNIFICANT_DIGITS = 9  # of stored canonical values: hides binary rounding, keeps everything a person typed


class Dimension(StrEnum):
    POWER = "power"
    PRESSURE = "pressure"
    TEMPERATURE = "temperature"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    symbol: str
    dimension: Dimension
    factor: float
    offset: float = 0.0


_ALL_UNITS = (
    Unit("kW", "kW", Dimension.POWER, 1.0),
    Unit("MW", "MW", Dimension.POWER, 1000.0),
    Unit("t_h", "t/h", Dimension.POWER, _TON_PER_HOUR_KW),
    Unit("kg_h", "kg/h", Dimension.POWER, _TON_PER_HOUR_KW / 1000),
    Unit("lb_h", "lb/h", Dimension.POWER, _TON_PER_HOUR_KW * 0.45359237 / 1000),
    Unit("BHP", "BHP", Dimension.POWER, 9.8095),
    Unit("kcal_h", "kcal/h", Dimension.POWER, 0.001163),
    Unit("wan_kcal_h", "10⁴ kcal/h", Dimension.POWER, 11.63),
    Unit("MMBtu_h", "MMBtu/h", Dimension.POWER, 293.07107),
    Unit("bar", "bar", Dimension.PRESSURE, 1.0),
    Unit("bar_a", "bar(a)", Dimension.PRESSURE, 1.0, -_ATMOSPHERE_BAR),
    Unit("mbar", "mbar", Dimension.PRESSURE, 0.001),
    Unit("MPa", "MPa", Dimension.PRESSURE, 10.0),
    Unit("kPa", "kPa", Dimension.PRESSURE, 0.01),
    Unit("psi", "psi", Dimension.PRESSURE, _PSI_BAR),
    Unit("psi_a", "psi(a)", Dimension.PRESSURE, _PSI_BAR, -_ATMOSPHERE_BAR),
    Unit("kgf_cm2", "kgf/cm²", Dimension.PRESSURE, 0.980665),
    Unit("C", "°C", Dimension.TEMPERATURE, 1.0),
    Unit("F", "°F", Dimension.TEMPERATURE, 5 / 9, -160 / 9),
    Unit("m", "m", Dimension.LENGTH, 1.0),
    Unit("ft", "ft", Dimension.LENGTH, 0.3048),
)
UNITS: Mapping[str, Unit] = MappingProxyType({unit.id: unit for unit in _ALL_UNITS})

# Beside the id and the symbol. Spelled as ``_key`` leaves them: lower case, no spaces, dots, brackets or degree signs.
_SPELLINGS = {
    "kW": "kws kwth kilowatt kilowatts 千瓦 квт",
    "MW": "mws mwth megawatt megawatts 兆瓦 мвт",
    "t_h": "t th tph t/hr t/hour ton tons tonne tonnes ton/h tons/h ton/hr tons/hr ton/hour tons/hour tonne/h tonnes/h"
    " tonnes/hour tonperhour tonsperhour tonneperhour tonnesperhour mt/h 吨 噸 吨/h 吨/时 吨/小时 每小时吨 吨每小时"
    " 蒸吨 蒸吨/h 蒸吨/时 蒸吨/小时 т/ч",
    "kg_h": "kg kgh kgph kgs/h kg/hr kgs/hr kg/hour kgperhour 公斤/时 公斤/小时 公斤/h 千克/小时 кг/ч",
    "lb_h": "lb lbs pph lb/hr lbs/h lbs/hr lb/hour lbs/hour lbsperhour",
    "BHP": "hp boilerhp boilerhorsepower 马力 锅炉马力",
    "kcal_h": "kcal kcal/hr kcal/hour 大卡 大卡/时 大卡/小时 大卡/h 千卡/小时",
    "wan_kcal_h": "万大卡 万大卡/时 万大卡/小时 万大卡/h 万千卡/小时 万kcal 万kcal/h",
    "MMBtu_h": "mmbtu mmbtuh mmbtu/hr mmbtu/hour",
    "bar": "bars barg 巴 бар",  # noqa: RUF001  # Russian for bar
    "bar_a": "barabs barabsolute",
    "mbar": "mbars 毫巴",
    "MPa": "mpag 兆帕 мпа",
    "kPa": "kpag 千帕 кпа",
    "psi": "psig lb/in2 lbs/in2",
    "psi_a": "psiabs",
    "kgf_cm2": "kg kgf kgf/cm2g kg/cm2 kg/cm2g kgs/cm2 公斤 公斤力 公斤/cm2 公斤/平方厘米 кгс/см2",  # noqa: RUF001  # Russian for kgf/cm²
    "C": "degc degreec degreesc celsius degcelsius degreescelsius 度 摄氏度",
    "F": "degf degreef degreesf fahrenheit degfahrenheit degreesfahrenheit 华氏度",
    "m": "meter meters metre metres masl mamsl 米 м",
    "ft": "feet foot ftasl 英尺",
}


def convert(value: float, from_unit: Unit, to_unit: Unit) -> float:
    """Convert between two units of one dimension.

    Raises: ValueError for units of different dimensions.
    """
    if from_unit.dimension is not to_unit.dimension:
        raise ValueError(f"{from_unit.symbol} cannot become {to_unit.symbol}.")
    canonical = value * from_unit.factor + from_unit.offset
    return float(f"{(canonical - to_unit.offset) / to_unit.factor:.{_SIGNIFICANT_DIGITS}g}")


def canonical_unit(dimension: Dimension) -> Unit:
    return next(unit for unit in _ALL_UNITS if unit.dimension is dimension and (unit.factor, unit.offset) == (1.0, 0.0))


def find_unit(spelling: str, dimension: Dimension) -> Unit | None:
    """Return the unit of this dimension that was written: "kg" is a flow among powers, a pressure among pressures."""
    return _BY_SPELLING.get((dimension, _key(spelling)))


def _key(spelling: str) -> str:
    even = unicodedata.normalize("NFKC", spelling).casefold()
    key = "".join(character for character in even if character not in " .()[]°·⋅^")
    return key.removesuffix("蒸汽").removesuffix("steam").removesuffix("of")


_BY_SPELLING = {
    (unit.dimension, _key(spelling)): unit
    for unit in _ALL_UNITS
    for spelling in (unit.id, unit.symbol, *_SPELLINGS.get(unit.id, "").split())
}
