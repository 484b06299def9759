"""Who is staff: those the settings name, and whoever has an account of the desk.

Where somebody has an account it decides: one that is disabled, or whose role may not, shuts out by mail too whom the
settings name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Label, Staff
from liju_contact.domain.errors import Forbidden
from liju_contact.domain.inquiry import Inquiry, fold_address
from liju_contact.domain.person import Action, Person
from liju_contact.store.staff import Account, accounts_at, every_account
from liju_contact.usecases.deps import Deps


def find_colleague(deps: Deps, tx: Connection, address: str, *, who_may: Action | None = None) -> Staff | None:
    """Return who of the staff has ``address``, or none whose account is disabled.

    With ``who_may``, an account whose role does not give that action is nobody.
    """
    named = deps.settings.catalogue.find_staff(address)
    return _acting(named, accounts_at(tx, _addresses_of(named, address)), who_may)


def staff_finder(
    deps: Deps, tx: Connection, *, who_may: Action | None = Action.ANSWER
) -> Callable[[str], Staff | None]:
    """Return what ``find_colleague`` does for any number of addresses, with one look at the accounts for all.

    Those are found who may answer, unless another action is named or none.
    """
    accounts = {fold_address(account.person.address): account for account in every_account(tx)}

    def find(address: str) -> Staff | None:
        named = deps.settings.catalogue.find_staff(address)
        theirs = [accounts[known] for known in _addresses_of(named, address) if known in accounts]
        return _acting(named, theirs, who_may)

    return find


def _addresses_of(named: Staff | None, address: str) -> frozenset[str]:
    return named.addresses if named else frozenset({fold_address(address)})


def _acting(named: Staff | None, accounts: Sequence[Account], who_may: Action | None) -> Staff | None:
    """Return whom the settings name as far as all their ``accounts`` let them act, or who has the account alone."""
    if not all(account.is_active and (who_may is None or account.person.may(who_may)) for account in accounts):
        return None
    return _as_staff(accounts[0].person, named) if accounts else named


def serves(tx: Connection, staff: Staff, inquiry: Inquiry) -> bool:
    """Tell whether an inquiry is for ``staff`` to see: whom the settings alone name has no product lines to keep to."""
    accounts = accounts_at(tx, staff.addresses)
    return all(account.person.serves(inquiry.product, inquiry.assignee) for account in accounts)


def staff_of(deps: Deps, person: Person) -> Staff:
    """Return somebody with an account as the rest of the program knows staff; looks nothing up."""
    return _as_staff(person, deps.settings.catalogue.find_staff(person.address))


def require(person: Person, action: Action) -> None:
    """Raise ``Forbidden`` unless the role of ``person`` gives ``action``: a page asks too, and may be wrong."""
    if not person.may(action):
        raise Forbidden("This account may not do this.")


def _as_staff(person: Person, named: Staff | None) -> Staff:
    """Return somebody with an account, by the address that has it, and by the name that the settings give if any.

    A team's recipient stands in the settings by its address alone. The name of an account is the same in all languages.
    """
    own_name = Label({"": person.name})
    if named is None:
        return Staff(address=person.address, name=own_name)
    folded = fold_address(person.address)
    others = tuple(known for known in (named.address, *named.aliases) if fold_address(known) != folded)
    name = named.name if any(named.name.texts.values()) else own_name
    return Staff(address=person.address, name=name, aliases=others)
