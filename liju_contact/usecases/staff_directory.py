"""Who is staff: those the settings name, and whoever has an account of the desk.

Where somebody has an account it decides: one that is disabled, or whose role may not, shuts out by mail too whom the
settings name.
"""

from __future__ import annotations

from collections.abc import Callable

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
    return named or _as_staff(account.person)


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
        return named or _as_staff(account.person)

    return find


def serves(tx: Connection, staff: Staff, inquiry: Inquiry) -> bool:
    """Tell whether an inquiry is for ``staff`` to see: whom the settings alone name has no product lines to keep to."""
    account = find_account(tx, staff.address)
    return account is None or account.person.serves(inquiry.product, inquiry.assignee)


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
