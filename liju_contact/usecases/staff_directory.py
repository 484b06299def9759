"""Who is staff: those the settings name, and whoever has an account of the desk that is not disabled."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Label, Staff
from liju_contact.domain.errors import Forbidden
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.person import Action, Person
from liju_contact.store.staff import every_account, find_account
from liju_contact.usecases.deps import Deps


def find_colleague(deps: Deps, tx: Connection, address: str, *, who_may: Action | None = None) -> Staff | None:
    """Return who of the staff has ``address``: the settings' staff first, else an active account.

    With ``who_may``, an account whose role does not give that action is nobody; the settings' staff answer by mail.
    """
    staff = deps.settings.catalogue.find_staff(address)
    if staff or not address.strip():
        return staff
    account = find_account(tx, address)
    if account is None or not account.is_active or (who_may and not account.person.may(who_may)):
        return None
    return _as_staff(account.person)


def staff_finder(deps: Deps, tx: Connection) -> Callable[[str], Staff | None]:
    """Return what finds those who may answer, by any address of theirs, with one look at the accounts for all."""
    accounts = {
        fold_address(account.person.address): account.person
        for account in every_account(tx)
        if account.is_active and account.person.may(Action.ANSWER)
    }

    def find(address: str) -> Staff | None:
        person = accounts.get(fold_address(address))
        return deps.settings.catalogue.find_staff(address) or (_as_staff(person) if person else None)

    return find


def staff_of(deps: Deps, person: Person) -> Staff:
    """Return somebody with an account as the rest of the program knows staff; looks nothing up."""
    return deps.settings.catalogue.find_staff(person.address) or _as_staff(person)


def require(person: Person, action: Action) -> None:
    """Raise ``Forbidden`` unless the role of ``person`` gives ``action``: a page asks too, and may be wrong."""
    if not person.may(action):
        raise Forbidden("This account may not do this.")


def _as_staff(person: Person) -> Staff:
    """Give an account a name that is the same in every language."""
    return Staff(address=person.address, name=Label({"": person.name}))
