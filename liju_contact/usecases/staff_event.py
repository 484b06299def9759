"""Writes down what somebody at the desk did, with the name the customer knows them by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.person import Person
from liju_contact.store.events import add_event
from liju_contact.usecases.answer_customer import name_for_customer
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.staff_directory import staff_of


def add_staff_event(
    deps: Deps,
    tx: Connection,
    person: Person,
    inquiry: Inquiry,
    kind: EventKind,
    *,
    facts: Mapping[str, Any],
    now: datetime,
) -> int:
    """Write an event by ``person`` and return its id."""
    name = name_for_customer(deps, inquiry, staff_of(deps, person))
    return add_event(tx, inquiry.id, kind, Actor.STAFF, now, actor_name=name, actor_address=person.address, facts=facts)
