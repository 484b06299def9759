"""Tells the operator which make-up workdays are not known yet, in time to name them in the settings."""

from __future__ import annotations

from datetime import datetime

from liju_contact.config import Settings
from liju_contact.domain.errors import Fault
from liju_contact.working_calendar import years_without_make_up_days

_REMEDY = "Add the days to closed_days and open_days in config.toml, or update the program."


def check_calendars(settings: Settings, now: datetime) -> list[Fault]:
    """Return a warning for each team whose country shifts days and has not said which, as far as is known here.

    Promises then count on a day that the country has moved.
    """
    owners = {"company": settings.company.working_hours}
    owners |= {team.id: team.working_hours for team in settings.catalogue.teams if team.working_hours}
    told: dict[str, Fault] = {}
    for owner, hours in owners.items():
        for year in years_without_make_up_days(hours, now):
            text = f"The make-up workdays of {year} in {hours.holidays} are not known yet (first met for {owner})."
            told.setdefault(f"{hours.holidays} {year}", Fault(id="calendar.make_up_days", text=text, remedy=_REMEDY))
    return list(told.values())
