"""Who hears of an inquiry beside its team: whoever has it, and whoever watches it."""

from __future__ import annotations

from sqlalchemy import Connection

from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.person import Action, Person
from liju_contact.store.watchers import add_watcher, concerned_with, remove_watcher
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.usecases.staff_directory import find_colleague, require


def watch_inquiry(deps: Deps, person: Person, reference: str, *, is_watching: bool) -> None:
    """Send ``person`` every letter to the team about an inquiry from now on, or no longer; twice is once.

    It is nobody else's concern and so no event. Raises ``Forbidden``, ``NotFound`` or ``StoreBusy``.
    """
    require(person, Action.KEEP_OWN)
    with deps.db.begin() as tx:
        inquiry = open_for_staff(tx, person, reference)
        if is_watching:
            add_watcher(tx, inquiry.id, person.id)
        else:
            remove_watcher(tx, inquiry.id, person.id)


def addresses_concerned(
    deps: Deps, tx: Connection, inquiry: Inquiry, *, who_may: Action = Action.READ
) -> tuple[str, ...]:
    """Return the addresses of whoever has the inquiry and of its watchers, as far as they may do something with it.

    Somebody who watched it and serves its product line no longer is left out, and so is an account that is disabled.
    """
    find_staff = deps.settings.catalogue.find_staff
    people = concerned_with(tx, inquiry.id, inquiry.assignee)
    addresses = [
        person.address
        for person in people
        if person.serves(inquiry.product, inquiry.assignee) and (person.may(who_may) or find_staff(person.address))
    ]
    if inquiry.assignee and find_staff(inquiry.assignee) and find_colleague(deps, tx, inquiry.assignee):
        addresses.insert(0, inquiry.assignee)
    return tuple(addresses)
