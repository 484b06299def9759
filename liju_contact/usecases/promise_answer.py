"""Promises an answer: the first one when an inquiry comes in, and a further one when a customer turns to us again.

Counted in the working time of the team that has the inquiry.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from liju_contact.config import Settings
from liju_contact.domain.calendar import WorkingCalendar, due_at
from liju_contact.domain.catalogue import Team, Topic
from liju_contact.domain.inquiry import Inquiry, awaits_answer
from liju_contact.store.inquiries import promise_answer
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.post_letters import team_of
from liju_contact.working_calendar import calendar_of


def team_calendar(settings: Settings, team: Team) -> WorkingCalendar:
    """Return when a team works: by its own hours, else by the company's."""
    return calendar_of(team.working_hours or settings.company.working_hours)


def first_promise(deps: Deps, product: str, topic: Topic, team_id: str, now: datetime) -> datetime:
    """Return when the first answer to an inquiry comes that arrives ``now``."""
    catalogue = deps.settings.catalogue
    calendar = team_calendar(deps.settings, catalogue.find_team(team_id) or catalogue.teams[0])
    return due_at(now, catalogue.first_answer_hours(product, topic), calendar)


def renew_promise(deps: Deps, tx: Connection, inquiry: Inquiry, now: datetime) -> None:
    """Promise a further answer to a customer whose inquiry was answered or closed.

    A promise that still stands is not moved.
    """
    if awaits_answer(inquiry.state):
        return
    catalogue = deps.settings.catalogue
    topic = catalogue.find_topic(inquiry.topic) or catalogue.topics[-1]
    hours = catalogue.next_answer_hours(inquiry.product, topic)
    calendar = team_calendar(deps.settings, team_of(deps, inquiry))
    promise_answer(tx, inquiry.id, due_at(now, hours, calendar))
