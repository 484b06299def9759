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
    if awaits_answer(inquiry.state):
        return
    topic = deps.settings.catalogue.find_topic(inquiry.topic) or deps.settings.catalogue.topics[-1]
    promise_answer(tx, inquiry.id, due_at(now, topic.answer_hours, deps.settings.company.working_hours))
