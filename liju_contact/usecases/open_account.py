"""Opens accounts and gives them passwords from the command line, where whoever can run it may do anything anyway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from liju_contact.domain.errors import Conflict, LijuError, NotFound
from liju_contact.domain.password import RANDOM_BYTES, make_password, normalise
from liju_contact.domain.person import Person, Role
from liju_contact.store.staff import (
    Account,
    add_account,
    change_account,
    find_account,
    has_accounts,
    lock_account,
)
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.second_factor import remove_second_factor
from liju_contact.usecases.set_password import weakness_in, write_password


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A password in clear, for the only time; ``is_temporary`` when the first sign-in asks for another."""

    address: str
    password: str
    is_temporary: bool


def open_account(
    deps: Deps,
    address: str,
    *,
    name: str,
    role: Role,
    product_lines: Sequence[str],
    password: str | None = None,
    now: datetime,
) -> Given:
    """Open an account with the ``password``, or with a one-time one. Raises ``Conflict`` when the address has one."""
    given = _given(deps, Person(id=0, address=address, name=name, role=role), password)
    digest = deps.hasher.digest(normalise(given.password))
    with deps.db.begin() as tx:
        staff_id = add_account(tx, address=address, name=name, role=role, product_lines=product_lines, now=now)
        if staff_id is None:
            raise Conflict(f"{address} has an account already.")
        change_account(tx, staff_id, password_digest=digest, password_is_temporary=given.is_temporary)
    return given


def give_password(
    deps: Deps, address: str, *, password: str | None = None, without_second_factor: bool = False, now: datetime
) -> Given:
    """Give somebody a new password and sign them out everywhere. Raises ``NotFound``."""
    account = get_account(deps, address)
    given = _given(deps, account.person, password)
    digest = deps.hasher.digest(normalise(given.password))
    with deps.db.begin() as tx:
        account = lock_account(tx, account.person.id) or account
        write_password(tx, account, digest, is_temporary=given.is_temporary)
        if without_second_factor and account.totp_since is not None:
            remove_second_factor(deps, tx, account, network="", now=now)
    return given


def open_demo_account(deps: Deps, *, now: datetime) -> Given | None:
    """Open an administrator's account in a demo that has none yet: whoever tries the program wants to see the desk.

    Where there is a mail server there are customers, and nobody gets in without being let in: then this does nothing.
    """
    if not deps.settings.mail.is_demo:
        return None
    with deps.db.read() as tx:
        if has_accounts(tx):
            return None
    team = deps.settings.catalogue.teams[0]
    name = team.label.in_language(deps.settings.default_language)
    address = team.recipients[0]
    return open_account(deps, address, name=name, role=Role.ADMINISTRATOR, product_lines=(), now=now)


def get_account(deps: Deps, address: str) -> Account:
    """Return the account of an address. Raises ``NotFound``."""
    with deps.db.read() as tx:
        account = find_account(tx, address)
    if account is None:
        raise NotFound(f"{address} has no account.")
    return account


def _given(deps: Deps, person: Person, password: str | None) -> Given:
    if password is None:
        made = make_password(deps.random_bytes(RANDOM_BYTES))
        return Given(address=person.address, password=made, is_temporary=True)
    if weak := weakness_in(person, password):
        raise LijuError(f"This password is {_SAID.get(weak.weakness.value, weak.weakness.value)}.")
    return Given(address=person.address, password=password, is_temporary=False)


_SAID = {
    "too short": "too short: it needs at least 10 characters",
    "too long": "too long: it has more than 1000 characters",
    "personal": "made of the address or the name",
    "common": "one of those everybody tries first",
}
