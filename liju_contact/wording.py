"""What a reader reads: the program's own words, dates, numbers and country names in the reader's language.

Shared by ``web`` and ``mail``, so that a page and a letter call the same thing the same. Codes of ``domain`` come in,
sentences go out; the operator's own labels are in the settings and not here. Catalogues are read from their ``.po``
source at start.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from liju_contact.domain.detail import DETAIL_FIELDS, Detail, DetailKind, quantity_of
from liju_contact.domain.quantity import both_ways
from liju_contact.vocabulary import CHOICES, DOUBTS, FIELDS

TRANSLATIONS = Path(__file__).parent / "translations"
SOURCE_LANGUAGE = "en"
# Territories of CLDR that nobody writes to: outlying parts, aggregates, pseudo-territories.
_NO_COUNTRIES = frozenset(
    {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB", "AQ", "BV", "HM", "TF", "GS", "UM", "CP", "AC", "DG", "TA", "EA", "IC"}
    | {"CQ"}  # Sark, which CLDR names in English alone so far
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """One technical fact as people read it; ``counterpart`` is the same in the other usual unit, or empty."""

    field: str
    label: str
    given: str
    counterpart: str
    is_doubtful: bool


class Wording:
    """One language's words. Made once per language by ``wording_in``; holds nothing of any request."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self.translations = _translations(language)
        self.gettext = self.translations.gettext
        self.ngettext = self.translations.ngettext

    @cached_property
    def own_name(self) -> str:
        """What this language calls itself."""
        return _OWN_NAMES.get(self.language) or self.locale.get_display_name(self.locale) or self.language

    @cached_property
    def countries(self) -> tuple[tuple[str, str], ...]:
        """Return code and name of every country, in this language's order."""
        names = {
            code: name
            for code, name in self.locale.territories.items()
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES  # noqa: PLR2004  # ISO 3166-1 alpha-2
        }
        return tuple(sorted(names.items(), key=lambda item: self._sort_key(item[1])))

    @cached_property
    def country_names(self) -> dict[str, str]:
        return dict(self.countries)

    def country(self, code: str) -> str:
        return self.country_names.get(code, code)

    def field_label(self, field: str) -> str:
        return self.gettext(FIELDS[field])

    def choice(self, field: str, choice: str) -> str:
        """Return the word for a choice; what is the same in every language (FOB, 380V-50Hz) is its own word."""
        message = CHOICES.get((field, choice))
        return self.gettext(message) if message else choice.replace("V-", " V / ").replace("Hz", " Hz")

    def doubt(self, detail: Detail) -> str:
        """Return the question to ask about a doubtful detail."""
        given = both_ways(quantity_of(detail))[0]
        return self.gettext(DOUBTS[detail.doubts[0]]) % {"label": self.field_label(detail.field), "given": given}

    def sheet_line(self, detail: Detail) -> SheetLine:
        field = DETAIL_FIELDS.get(detail.field)
        given, counterpart = self._given(detail, field.kind if field else DetailKind.TEXT)
        return SheetLine(
            field=detail.field,
            label=self.field_label(detail.field) if field else detail.field,
            given=given,
            counterpart=counterpart,
            is_doubtful=bool(detail.doubts),
        )

    def given(self, detail: Detail) -> str:
        """Return what the customer gave, as a line of the sheet has it."""
        field = DETAIL_FIELDS.get(detail.field)
        return self._given(detail, field.kind if field else DetailKind.TEXT)[0]

    def date_time(self, at: datetime, zone: tzinfo) -> str:
        """Return date and time on the clock of ``zone``, with its offset, because readers are all over the world."""
        return _date_time(at.replace(second=0, microsecond=0), zone, self.language)

    def moment(self, at: datetime, zone: tzinfo) -> Markup:
        """Return a time as a page writes it: for readers, and for a script that knows the reader's own zone."""
        return _moment(at.replace(second=0, microsecond=0), zone, self.language)

    def brief_moment(self, at: datetime, zone: tzinfo, today: date) -> Markup:
        """Return a time as a narrow column has room for it: the hour today, else the day; all of it on pointing."""
        return _brief_moment(at.replace(second=0, microsecond=0), zone, today, self.language)

    def month(self, day: date) -> str:
        """Return the month a day is in, with its year."""
        return format_date(day, _MONTH.get(self.language, "LLL y"), locale=self.locale)

    def month_on_axis(self, day: date, *, is_first: bool) -> str:
        """Return a month as an axis has room for it: the year stands at the first one and at each January alone."""
        if is_first or day.month == 1:
            return format_date(day, _MONTH_ON_AXIS.get(self.language, "LLL yy"), locale=self.locale)
        return format_date(day, "LLL", locale=self.locale)

    def date(self, day: date) -> str:
        return format_date(day, _DATE.get(self.language, "medium"), locale=self.locale)

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.locale)

    def duration(self, seconds: int) -> str:
        """Return how long something lasts, in whole minutes or hours and never less than it does."""
        minutes = -(-max(seconds, 1) // 60)
        if minutes < _MINUTES_TOLD:
            return format_timedelta(timedelta(minutes=minutes), "minute", _NO_LARGER_UNIT, locale=self.locale)
        hours = -(-minutes // 60)
        return format_timedelta(timedelta(hours=hours), "hour", _NO_LARGER_UNIT, locale=self.locale)

    def points(self, points: float) -> str:
        """Return points with their sign and one decimal place."""
        return format_decimal(points, "+0.0;-0.0", locale=self.locale)

    def file_size(self, bytes_count: int) -> str:
        """Return a size in the decimal units that browsers and mail programs show."""
        for unit, bytes_per_unit in (("MB", 1_000_000), ("kB", 1000)):
            if bytes_count >= _ROUNDS_UP * bytes_per_unit:
                return f"{format_decimal(bytes_count / bytes_per_unit, '0.#', locale=self.locale)} {unit}"
        return f"{bytes_count} B"

    def _given(self, detail: Detail, kind: DetailKind) -> tuple[str, str]:
        if kind is DetailKind.QUANTITY:
            given, counterpart = both_ways(quantity_of(detail))
            return given, counterpart or ""
        if kind is DetailKind.CHOICE and isinstance(detail.canonical, str):
            return self.choice(detail.field, detail.canonical), ""
        if kind is DetailKind.DATE and isinstance(detail.canonical, str):
            return self.date(date.fromisoformat(detail.canonical)), ""
        if kind is DetailKind.FLAG:
            words = {"yes": self.gettext("Yes"), "no": self.gettext("No")}
            return words.get(str(detail.canonical), detail.typed), ""
        return detail.typed, ""

    def _sort_key(self, name: str) -> tuple[str, str]:
        """Sort Chinese by its pinyin order as GB 2312 has it, everything else by its letters without accents."""
        if self.language.startswith("zh"):
            return name.translate(_SOUNDS_LIKE).encode("gb18030").hex(), name
        return name.casefold().translate(_WITHOUT_ACCENTS), name


_MINUTES_TOLD = 90  # beyond that nobody counts in minutes
_NO_LARGER_UNIT = 1_000_000
_ROUNDS_UP = 0.99995  # from here on one decimal place would show 1000 of the next smaller unit
# GB 2312 has only its common characters in pinyin order; countries that begin with a rare one go by a common one.
_SOUNDS_LIKE = str.maketrans("瑙梵斐", "脑饭匪")
_WITHOUT_ACCENTS = str.maketrans("åçéíôãü", "aceioau")
# CLDR's "中文 (简体)" is right and nobody says it.
_DATE = {"en": "d MMM y"}
_BRIEF_DAY = {"en": "d MMM", "zh_Hans": "M月d日"}
_BRIEF_DATE = {"en": "d MMM y", "zh_Hans": "y/M/d"}
_MONTH = {"zh_Hans": "y年M月"}
_MONTH_ON_AXIS = {"en": "LLL yyyy", "zh_Hans": "yy年M月"}
_OWN_NAMES = {"zh_Hans": "简体中文"}
_BY_LAW = {"CN": ("Asia/Shanghai",)}  # Xinjiang's own clock is a custom
_DAY_BEFORE_TIME = {"en": "EEE d MMM y, ", "zh_Hans": "y年M月d日 EEE "}


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, language: str) -> str:
    """Write a day out; a page and its letters say the same few days many times."""
    return format_date(day, pattern, locale=language)


def _date_time(minute: datetime, zone: tzinfo, language: str) -> str:
    local = minute.astimezone(zone)
    day = _day(local.date(), _DAY_BEFORE_TIME.get(language, "d MMM y, "), language)
    return f"{day}{local:%H:%M} (UTC{f'{local:%z}'.removesuffix('00')})"


@lru_cache(maxsize=4096)
def _moment(minute: datetime, zone: tzinfo, language: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(minute.isoformat(), _date_time(minute, zone, language))


def _brief_moment(minute: datetime, zone: tzinfo, today: date, language: str) -> Markup:
    local = minute.astimezone(zone)
    day = local.date()
    if day == today:
        text = f"{local:%H:%M}"
    else:
        pattern = _BRIEF_DAY if day.year == today.year else _BRIEF_DATE
        text = _day(day, pattern.get(language, "d MMM y"), language)
    whole = _date_time(minute, zone, language)
    title, shown = escape(whole), escape(text)
    # Put together by hand: Markup's own format takes five times as long, and a list has fifty of these.
    return Markup(f'<time class="brief" datetime="{minute.isoformat()}" title="{title}">{shown}</time>')  # noqa: S704  # escaped above


@lru_cache(maxsize=512)
def zone_of_country(country: str, year: int, otherwise: tzinfo) -> tzinfo:
    """Return the clock that all of a country goes by in a year, summer and winter; ``otherwise`` where it has several.

    Germany has two zones by name and one clock; Brazil has several clocks, and nobody can tell which is the customer's.
    """
    names: Iterable[str] = _BY_LAW.get(country) or get_global("territory_zones").get(country, ())
    try:
        zones = [ZoneInfo(name) for name in names]
    except (ZoneInfoNotFoundError, ValueError):  # the system knows less of the world than CLDR does
        return otherwise
    offsets = {tuple(datetime(year, month, 1, tzinfo=UTC).astimezone(z).utcoffset() for month in (1, 7)) for z in zones}
    return zones[0] if len(offsets) == 1 else otherwise


@lru_cache(maxsize=8)
def wording_in(language: str) -> Wording:
    return Wording(language)


def _translations(language: str) -> gettext.NullTranslations:
    """Return the catalogue of ``language``, compiled in memory: no binary file that could be older than its source."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
