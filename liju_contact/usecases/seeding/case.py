"""What is known of one invented inquiry before it becomes rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.message import Author
from liju_contact.domain.priority import Priority
from liju_contact.usecases.seeding.lives import Life
from liju_contact.usecases.seeding.people import Customer

_MERGED_AFTER = timedelta(minutes=7)


@dataclass(slots=True, kw_only=True)
class Turn:
    author: Author
    at: datetime
    body: str
    name: str = ""
    address: str = ""
    files: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Said:
    """A note."""

    at: datetime
    name: str
    address: str
    body: str


@dataclass(slots=True, kw_only=True)
class Happened:
    """An event beyond those that follow from the messages; ``facts`` as JSON text."""

    kind: EventKind
    at: datetime
    actor: Actor = Actor.STAFF
    name: str = ""
    address: str = ""
    facts: str | None = None


@dataclass(slots=True, kw_only=True)
class Case:
    """One inquiry with everything around it. ``is_repeated``: it says the same as the one before and was merged."""

    customer: Customer
    language: str
    product: str
    topic: str
    team: str
    details: str
    life: Life
    first_answer_due_at: datetime
    answer_due_at: datetime
    staff_name: str
    staff_address: str
    is_repeated: bool
    assignee: str | None = None
    turns: list[Turn] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)
    tag_ids: Sequence[int] = ()
    rating: tuple[int, str] | None = None
    priority: str = Priority.NORMAL.value
    due_at: datetime | None = None
    unreachable_since: datetime | None = None

    @property
    def merged_at(self) -> datetime:
        return self.life.turns[0][1] + _MERGED_AFTER

    @property
    def changed_at(self) -> datetime:
        return max([self.life.turns[-1][1], *(event.at for event in self.events)])
