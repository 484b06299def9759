"""Renews the promised answer time when a customer turns to us again after we had nothing more to answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.calendar import due_at
from liju_contact.domain.inquiry import Inquiry, awaits_answer
from liju_contact.store.inquiries import promise_answer
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
