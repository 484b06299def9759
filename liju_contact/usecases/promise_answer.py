"""Whether a customer waits for an answer, and until when: promised, renewed when they turn to us again, and put back.

Counted in the working time of the team that has the inquiry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from liju_contact.config import Settings
from liju_contact.domain.calendar import WorkingCalendar, due_at
from liju_contact.domain.catalogue import Team, Topic
from liju_contact.domain.event import promised_anew
from liju_contact.domain.inquiry import Inquiry, InquiryState, awaits_answer
from liju_contact.store.inquiries import change_columns, promise_answer
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


def renew_promise(deps: Deps, tx: Connection, inquiry: Inquiry, now: datetime) -> datetime:
    """Promise a further answer to a customer whose inquiry was answered or closed; returns until when.

    A promise that still stands is not moved.
    """
    if awaits_answer(inquiry.state):
        return inquiry.answer_due_at
    promise = promise_from(deps, inquiry, now)
    promise_answer(tx, inquiry.id, promise)
    return promise


def promise_from(deps: Deps, inquiry: Inquiry, start: datetime) -> datetime:
    """Return by when somebody who has asked again at ``start`` has a further answer."""
    catalogue = deps.settings.catalogue
    topic = catalogue.find_topic(inquiry.topic) or catalogue.topics[-1]
    calendar = team_calendar(deps.settings, team_of(deps, inquiry))
    return due_at(start, catalogue.next_answer_hours(inquiry.product, topic), calendar)


def set_waiting(
    tx: Connection, inquiry: Inquiry, state: InquiryState, promise: datetime, *, now: datetime
) -> dict[str, dict[str, str]]:
    """Write state and promise; returns what an event says of both, before and after."""
    change_columns(tx, inquiry.id, {"state": state.value, "answer_due_at": promise}, now)
    return {
        "state": {"before": inquiry.state.value, "after": state.value},
        "answer_due_at": {"before": inquiry.answer_due_at.isoformat(), "after": promise.isoformat()},
    }


def promise_moved(facts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return what an event says of a promise that ``set_waiting`` has begun, by what that returned."""
    before, after = (datetime.fromisoformat(facts["answer_due_at"][key]) for key in ("before", "after"))
    return promised_anew(before, after)


def put_waiting_back(tx: Connection, inquiry: Inquiry, facts: Mapping[str, Any], *, now: datetime) -> None:
    """Write the old state and promise where those of ``set_waiting`` still stand."""
    state, promise = facts["state"], facts["answer_due_at"]
    if (inquiry.state.value, inquiry.answer_due_at.isoformat()) == (state["after"], promise["after"]):
        before = datetime.fromisoformat(promise["before"])
        change_columns(tx, inquiry.id, {"state": state["before"], "answer_due_at": before}, now)
