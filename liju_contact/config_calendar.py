"""Reads when a team works out of the settings: its clock, its week, its holidays, and its own days off and on."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from liju_contact.config_source import Section
from liju_contact.domain.calendar import Opening, WorkingHours
from liju_contact.working_calendar import HOME, knows_country

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NO_HOLIDAYS = "none"
_USUAL_OPENING = (time(8, 30), time(17, 30))
_HOURS = 'must be two times, the earlier first, like ["08:30", "17:30"].'
USUAL = WorkingHours(
    zone=ZoneInfo("Asia/Shanghai"),
    week=(*[_USUAL_OPENING] * 5, None, None),
    holidays=HOME,
)


def read_working_hours(section: Section, base: WorkingHours = USUAL) -> WorkingHours:
    """Read the keys of a calendar, each of which may be left out for what ``base`` says."""
    closed, opened = _days(section, "closed_days"), _days(section, "open_days")
    if both := sorted(closed & opened):
        section.fault("open_days", f"names a day that closed_days names too: {both[0]}.")
    return WorkingHours(
        zone=_zone(section, base.zone),
        week=_week(section, base.week),
        holidays=_holidays(section, base.holidays),
        closed_days=(base.closed_days - opened) | closed,
        open_days=(base.open_days - closed) | opened,
    )


def _zone(section: Section, usual: ZoneInfo) -> ZoneInfo:
    name = section.text("time_zone", default=usual.key)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        section.fault("time_zone", f'is not a known time zone: {name!r}. Write one like "Asia/Shanghai".')
        return usual


def _week(section: Section, usual: tuple[Opening | None, ...]) -> tuple[Opening | None, ...]:
    """Read the hours of all working days alike, or a table with those of each day that is worked."""
    if isinstance(section.values.get("working_hours"), dict):
        return _week_of_table(section)
    worked = [day for day, opening in zip(_WEEKDAYS, usual, strict=True) if opening]
    chosen = section.texts("working_days", default=tuple(worked))
    if not chosen or not set(chosen) <= set(_WEEKDAYS):
        section.fault("working_days", f"must name one or more of {', '.join(_WEEKDAYS)}.")
        chosen = tuple(worked)
    first = next(filter(None, usual))
    if "working_hours" in section.values:
        opening = _opening(section, "working_hours", section.texts("working_hours", default=_texts(first)))
        return tuple(opening if day in chosen else None for day in _WEEKDAYS)
    section.seen.add("working_hours")
    return tuple((was or first) if day in chosen else None for day, was in zip(_WEEKDAYS, usual, strict=True))


def _week_of_table(section: Section) -> tuple[Opening | None, ...]:
    """Read ``working_hours = { mon = ["08:30", "17:30"], sat = ["09:00", "12:00"] }``: other days are off."""
    if "working_days" in section.values:
        section.texts("working_days")
        section.fault("working_days", "is said by working_hours already, which names each day.")
    table = section.section("working_hours")
    if not table.values or not set(table.values) <= set(_WEEKDAYS):
        section.fault("working_hours", f"must name one or more of {', '.join(_WEEKDAYS)}.")
        return USUAL.week
    return tuple(_opening(table, day, table.texts(day)) if day in table.values else None for day in _WEEKDAYS)


def _opening(section: Section, key: str, texts: tuple[str, ...]) -> Opening:
    try:
        opens, closes = (time.fromisoformat(text) for text in texts)
    except ValueError:
        opens = closes = time()
    if opens.tzinfo or closes.tzinfo or opens >= closes:  # the zone has a setting of its own
        section.fault(key, _HOURS)
        return _USUAL_OPENING
    return opens, closes


def _texts(opening: Opening) -> tuple[str, str]:
    opens, closes = opening
    return opens.isoformat("minutes"), closes.isoformat("minutes")


def _holidays(section: Section, usual: str) -> str:
    code = section.text("holidays", default=usual or _NO_HOLIDAYS)
    if code == _NO_HOLIDAYS:
        return ""
    if code != HOME and not knows_country(code):
        section.fault("holidays", f'must be the code of a country, like "CN", or "{_NO_HOLIDAYS}"; it is {code!r}.')
        return ""
    return code


def _days(section: Section, key: str) -> frozenset[date]:
    days = set()
    for text in section.texts(key):
        try:
            days.add(date.fromisoformat(text))
        except ValueError:
            section.fault(key, f'must be days like "2027-02-11"; one is {text!r}.')
    return frozenset(days)
