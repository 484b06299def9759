"""What stands beside every page of the desk's list, read in one query: each of it is small, going there is not.

How each part is found is said by its own module; here they are only asked for together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, select

from liju_contact.domain.inquiry_list import View
from liju_contact.domain.person import Person, Role
from liju_contact.store import events, inbound_lists, refusal_lists, saved_views, staff, tags, view_counts
from liju_contact.store.list_statements import Statement
from liju_contact.store.saved_views import SavedView
from liju_contact.store.statements import rows_in_one


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideList:
    """``people`` are the names by address of all who have an account, with their role; None where it is disabled.

    ``held_count`` are the mails and ``refused_count`` the refusals that wait for somebody, ``most`` at most.
    ``along`` is what was found by the statement that was asked along with all this, if one was.
    """

    newest_event_id: int
    every_tag: tuple[str, ...]
    people: Mapping[str, tuple[str, Role | None]]
    counts: Mapping[View, int]
    saved_views: tuple[SavedView, ...]
    held_count: int
    refused_count: int
    along: Sequence[Sequence[Any]] | None


_PARTS: Mapping[str, Any] = {
    "newest": events.NEWEST,
    "tags": tags.EVERY,
    "people": staff.EVERYBODY,
    "counts": view_counts.OF_PERSON,
    "views": saved_views.SHOWN,
    "held": inbound_lists.COUNT,
    "refused": refusal_lists.COUNT,
}


def _all_at_once(dialect: str) -> Select[Any]:
    return select(*(rows_in_one(part)[dialect].label(name) for name, part in _PARTS.items()))


_STATEMENT = {dialect: _all_at_once(dialect) for dialect in ("sqlite", "postgresql")}


@lru_cache(maxsize=1000)
def _asked_along(dialect: str, statement: Select[Any]) -> Select[Any]:
    return _STATEMENT[dialect].add_columns(rows_in_one(statement)[dialect].label("along"))


def beside_list(
    tx: Connection, person: Person, *, calm_before: datetime, most: int, along: Statement | None = None
) -> BesideList:
    """Return what ``person`` sees beside a list; for ``calm_before`` see ``page_of_refusals``.

    ``along`` is asked along with it; its rows are of numbers, texts and booleans.
    """
    values = {
        **staff.served_by(person),
        **view_counts.subject_of(person),
        "staff_id": person.id,
        "calm_before": calm_before,
        "most": most,
    }
    dialect = tx.dialect.name
    statement = _STATEMENT[dialect]
    if along is not None:
        statement, values = _asked_along(dialect, along[0]), {**values, **along[1]}
    found = tx.execute(statement, values).one()
    return BesideList(
        newest_event_id=found.newest[0][0] or 0,
        every_tag=tuple(name for (name,) in found.tags),
        people={address: (name, Role(role) if role else None) for address, name, role in found.people},
        counts=view_counts.counts_in(found.counts, person),
        saved_views=tuple(saved_views.view_in(row) for row in found.views),
        held_count=found.held[0][0],
        refused_count=found.refused[0][0],
        along=None if along is None else found.along,
    )
