"""Tells the operator which make-up workdays are not known yet, in time to name them in the settings."""

from __future__ import annotations

from datetime import datetime

from liju_contact.config import Settings
from liju_contact.domain.errors import Fault
from liju_contact.working_calendar import years_without_make_up_days

_REMEDY = "Add the days to closed_days and open_days in config.toml, or update the program."


def check_calendars(settings: Settings, now: datetime) -> list[Fault]:
    """Return a warning for each country that shifts days and has not said which, as far as is known here.

    Promises then count on a day that the country has moved.
    """
    company, teams = settings.company, settings.catalogue.teams
    kept = dict.fromkeys([company.working_hours, *(team.working_hours or company.working_hours for team in teams)])
    unknown = {(hours.holidays, year): None for hours in kept for year in years_without_make_up_days(hours, now)}
    return [
        Fault(
            id="calendar.make_up_days",
            text=f"The make-up workdays of {year} in {country} are not known yet.",
            remedy=_REMEDY,
        )
        for country, year in unknown
    ]
