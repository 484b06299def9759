"""Whether a customer waits for an answer, and until when: renewed when they turn to us again, changed and put back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from liju_contact.domain.calendar import due_at
from liju_contact.domain.inquiry import Inquiry, InquiryState, awaits_answer
from liju_contact.store.inquiries import change_columns, promise_answer
from liju_contact.usecases.deps import Deps


def renew_promise(deps: Deps, tx: Connection, inquiry: Inquiry, now: datetime) -> None:
    """Promise an answer to a customer whose inquiry was answered or closed.

    A promise that still stands is not moved.
    """
    if not awaits_answer(inquiry.state):
        promise_answer(tx, inquiry.id, promise_from(deps, inquiry, now))


def promise_from(deps: Deps, inquiry: Inquiry, start: datetime) -> datetime:
    """Return by when somebody who has asked at ``start`` has an answer."""
    topic = deps.settings.catalogue.find_topic(inquiry.topic) or deps.settings.catalogue.topics[-1]
    return due_at(start, topic.answer_hours, deps.settings.company.working_hours)


def set_waiting(
    tx: Connection, inquiry: Inquiry, state: InquiryState, promise: datetime, *, now: datetime
) -> dict[str, dict[str, str]]:
    """Write state and promise; returns what an event says of both, before and after."""
    change_columns(tx, inquiry.id, {"state": state.value, "answer_due_at": promise}, now)
    return {
        "state": {"before": inquiry.state.value, "after": state.value},
        "answer_due_at": {"before": inquiry.answer_due_at.isoformat(), "after": promise.isoformat()},
    }


def put_waiting_back(tx: Connection, inquiry: Inquiry, facts: Mapping[str, Any], *, now: datetime) -> None:
    """Write the old state and promise where those of ``set_waiting`` still stand."""
    state, promise = facts["state"], facts["answer_due_at"]
    if (inquiry.state.value, inquiry.answer_due_at.isoformat()) == (state["after"], promise["after"]):
        before = datetime.fromisoformat(promise["before"])
        change_columns(tx, inquiry.id, {"state": state["before"], "answer_due_at": before}, now)
