"""Somebody keeps a list under a name, for themselves or for everybody."""

from __future__ import annotations

from datetime import datetime

from liju_contact.domain.errors import NotFound, Unfit
from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.domain.person import Action, Person
from liju_contact.domain.text import clean_line
from liju_contact.store.saved_views import add_view, change_view, remove_view, views_for
from liju_contact.usecases.deps import Deps

LONGEST_NAME = 60
_MOST_VIEWS = 50


def save_view(deps: Deps, person: Person, query: ListQuery, *, name: str, is_shared: bool, now: datetime) -> int:
    """Keep the list and return the view's id. Raises ``Unfit`` for a name that is none, or when there are too many."""
    name = _name(name)
    with deps.db.begin() as tx:
        if sum(view.staff_id == person.id for view in views_for(tx, person.id)) >= _MOST_VIEWS:
            raise Unfit("There are too many views already.", field="name")
        return add_view(
            tx,
            staff_id=person.id,
            name=name,
            query=query.at(None).to_query(),
            is_shared=is_shared and person.may(Action.SHARE),
            now=now,
        )


def rename_view(deps: Deps, person: Person, view_id: int, *, name: str, is_shared: bool) -> None:
    """Change a view of one's own. Raises ``NotFound`` or ``Unfit``."""
    name = _name(name)
    with deps.db.begin() as tx:
        is_shared = is_shared and person.may(Action.SHARE)
        if not change_view(tx, view_id, staff_id=person.id, name=name, is_shared=is_shared):
            raise NotFound("There is no such view of yours.")


def forget_view(deps: Deps, person: Person, view_id: int) -> None:
    """Remove a view of one's own; one that is gone already is gone."""
    with deps.db.begin() as tx:
        remove_view(tx, view_id, staff_id=person.id)


def _name(typed: str) -> str:
    name = clean_line(typed)[:LONGEST_NAME].strip()
    if not name:
        raise Unfit("A view needs a name.", field="name")
    return name
