"""Who is staff: those the settings name, and whoever has an account of the desk.

Where somebody has an account it decides: one that is disabled, or whose role may not, shuts out by mail too whom the
settings name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Label, Staff
from liju_contact.domain.errors import Forbidden
from liju_contact.domain.inquiry import Inquiry, fold_address
from liju_contact.domain.person import Action, Person
from liju_contact.store.staff import every_account, find_account
from liju_contact.usecases.deps import Deps


def find_colleague(deps: Deps, tx: Connection, address: str, *, who_may: Action | None = None) -> Staff | None:
    """Return who of the staff has ``address``, or none whose account is disabled.

    With ``who_may``, an account whose role does not give that action is nobody.
    """
    if not address.strip():
        return None
    named = deps.settings.catalogue.find_staff(address)
    account = find_account(tx, named.address if named else address)
    if account is None:
        return named
    if not account.is_active or (who_may and not account.person.may(who_may)):
        return None
    return _as_staff(account.person, named)


def staff_finder(
    deps: Deps, tx: Connection, *, who_may: Action | None = Action.ANSWER
) -> Callable[[str], Staff | None]:
    """Return what ``find_colleague`` does for any number of addresses, with one look at the accounts for all.

    Those are found who may answer, unless another action is named or none.
    """
    accounts = {fold_address(account.person.address): account for account in every_account(tx)}

    def find(address: str) -> Staff | None:
        named = deps.settings.catalogue.find_staff(address)
        account = accounts.get(fold_address(named.address if named else address))
        if account is None:
            return named
        if not account.is_active or (who_may and not account.person.may(who_may)):
            return None
        return _as_staff(account.person, named)

    return find


def serves(tx: Connection, staff: Staff, inquiry: Inquiry) -> bool:
    """Tell whether an inquiry is for ``staff`` to see: whom the settings alone name has no product lines to keep to."""
    account = find_account(tx, staff.address)
    return account is None or account.person.serves(inquiry.product, inquiry.assignee)


def staff_of(deps: Deps, person: Person) -> Staff:
    """Return somebody with an account as the rest of the program knows staff; looks nothing up."""
    return _as_staff(person, deps.settings.catalogue.find_staff(person.address))


def require(person: Person, action: Action) -> None:
    """Raise ``Forbidden`` unless the role of ``person`` gives ``action``: a page asks too, and may be wrong."""
    if not person.may(action):
        raise Forbidden("This account may not do this.")


def _as_staff(person: Person, named: Staff | None) -> Staff:
    """Give an account a name that is the same in every language, where the settings have none for it.

    A team's recipient stands in the settings by its address alone; whoever has an account there has a name.
    """
    if named is None:
        return Staff(address=person.address, name=Label({"": person.name}))
    return named if any(named.name.texts.values()) else replace(named, name=Label({"": person.name}))
