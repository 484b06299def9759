"""Who has an account: administrators add, change and disable people, by the desk or from the command line.

Two things never happen, whoever asks and however many at once: that the last active administrator is disabled or gets
another role, and that somebody changes their own role or product lines or disables themselves. The rows of all
administrators are locked while one of them is changed.

To make somebody an administrator takes one's password, and the other administrators hear of it: else one stolen session
could bring its own second person along (D68).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict, Forbidden, NotFound
from liju_contact.domain.person import Action, Person, Role
from liju_contact.store.exports import forget_exports_of
from liju_contact.store.password_resets import end_resets
from liju_contact.store.staff import (
    Account,
    add_account,
    change_account,
    every_account,
    find_account_by_id,
    lock_account,
    lock_administrators,
)
from liju_contact.store.staff_sessions import end_sessions
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.limit_guesses import TooMany
from liju_contact.usecases.post_account_letter import post_account_letter
from liju_contact.usecases.reset_password import post_invitation
from liju_contact.usecases.set_password import confirm_password
from liju_contact.usecases.sign_in import Wrong
from liju_contact.usecases.staff_session import SignedIn


class Refusal(StrEnum):
    """Why an account stays as it is."""

    LAST_ADMINISTRATOR = "last administrator"
    OWN_ROLE = "own role"
    OWN_LINES = "own product lines"
    ADDRESS_TAKEN = "address taken"
    NOT_ACTIVE = "not active"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """An account as the list of people shows it."""

    person: Person
    has_password: bool
    has_second_factor: bool
    added_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an administrator writes about somebody."""

    name: str
    role: Role
    product_lines: tuple[str, ...]


def list_people(deps: Deps) -> list[PersonLine]:
    with deps.db.read() as tx:
        return [_line(account) for account in every_account(tx)]


def get_person(deps: Deps, staff_id: int) -> PersonLine:
    """Return one account. Raises ``NotFound``."""
    with deps.db.read() as tx:
        return _line(_known(find_account_by_id(tx, staff_id)))


def invite_person(
    deps: Deps, by: SignedIn, address: str, entry: Entry, *, password: str = "", now: datetime
) -> int | Refusal | Wrong | TooMany:
    """Open an account and mail its owner the way to a first password; returns its id.

    ``password`` is that of who asks; only an administrator's account takes it.
    """
    is_made = entry.role is Role.ADMINISTRATOR
    if is_made and (refused := _unconfirmed(deps, by, password, now)):
        return refused
    with deps.db.begin() as tx:
        _still_administers(tx, by.person)
        staff_id = add_account(
            tx, address=address, name=entry.name, role=entry.role, product_lines=entry.product_lines, now=now
        )
        if staff_id is None:
            return Refusal.ADDRESS_TAKEN
        person = _known(find_account_by_id(tx, staff_id)).person
        post_invitation(deps, tx, person, invited_by=by.person.name, now=now)
        if is_made:
            _tell_administrators(deps, tx, person, by.person, now)
    return staff_id


def invite_again(deps: Deps, by: Person, staff_id: int, *, now: datetime) -> Refusal | None:
    """Mail a fresh link; what was mailed before works no more."""
    with deps.db.begin() as tx:
        _still_administers(tx, by)
        account = _known(lock_account(tx, staff_id))
        if not account.is_active:
            return Refusal.NOT_ACTIVE
        end_resets(tx, staff_id)
        post_invitation(deps, tx, account.person, invited_by=by.name, now=now)
    return None


def change_person(
    deps: Deps, by: SignedIn, staff_id: int, entry: Entry, *, password: str = "", now: datetime
) -> Refusal | Wrong | TooMany | None:
    """Set name, role and product lines of somebody; what they see changes with their next request.

    With another role or other lines their exports are gone: files outlive no right to what is in them.

    ``password`` as for ``invite_person``. Raises ``Conflict`` when somebody else changes the role at the same moment.
    """
    before = get_person(deps, staff_id).person.role
    is_made = entry.role is Role.ADMINISTRATOR and before is not entry.role
    if is_made and (refused := _unconfirmed(deps, by, password, now)):
        return refused
    with deps.db.begin() as tx:
        administrators = _still_administers(tx, by.person)
        person = _known(lock_account(tx, staff_id)).person
        if person.role is not before:
            raise Conflict("Somebody else has changed this role meanwhile.")
        if refusal := _refusal(by.person, person, entry, administrators):
            return refusal
        values = {"name": entry.name, "role": entry.role.value, "product_lines": sorted(entry.product_lines)}
        change_account(tx, staff_id, **values)
        if is_made:
            _tell_administrators(deps, tx, person, by.person, now)
        if person.reach != (entry.role, frozenset(entry.product_lines)):
            forget_exports_of(tx, staff_id)
    return None


def disable_person(deps: Deps, by: Person | None, staff_id: int, *, now: datetime) -> Refusal | None:
    """Let somebody in no more, sign them out everywhere, drop their exports; ``by`` None is the command line."""
    with deps.db.begin() as tx:
        administrators = _still_administers(tx, by)
        account = _known(lock_account(tx, staff_id))
        if by is not None and staff_id == by.id:
            return Refusal.OWN_ROLE
        if _is_last(administrators, staff_id):
            return Refusal.LAST_ADMINISTRATOR
        if account.is_active:
            change_account(tx, staff_id, disabled_at=now)
        forget_exports_of(tx, staff_id)
        _end_all(tx, staff_id)
    return None


def enable_person(deps: Deps, by: Person | None, staff_id: int) -> None:
    """Let somebody in again, with the password they had; they sign in anew."""
    with deps.db.begin() as tx:
        _still_administers(tx, by)
        _known(lock_account(tx, staff_id))
        change_account(tx, staff_id, disabled_at=None)
        _end_all(tx, staff_id)


def _unconfirmed(deps: Deps, by: SignedIn, password: str, now: datetime) -> Wrong | TooMany | None:
    confirmed = confirm_password(deps, by, password, now=now)
    return None if isinstance(confirmed, Account) else confirmed


def _refusal(by: Person, person: Person, entry: Entry, administrators: frozenset[int]) -> Refusal | None:
    if person.id == by.id and person.role is not entry.role:
        return Refusal.OWN_ROLE
    if person.id == by.id and person.product_lines != frozenset(entry.product_lines):
        return Refusal.OWN_LINES
    is_demoted = person.role is not entry.role
    return Refusal.LAST_ADMINISTRATOR if is_demoted and _is_last(administrators, person.id) else None


def _tell_administrators(deps: Deps, tx: Connection, added: Person, by: Person, now: datetime) -> None:
    for account in every_account(tx):
        person = account.person
        if account.is_active and person.role is Role.ADMINISTRATOR and person.id not in {added.id, by.id}:
            letter = deps.account_letters.administrator_added(person, at=now, added=added, by=by.name or by.address)
            post_account_letter(deps, tx, person, letter, now=now)


def _end_all(tx: Connection, staff_id: int) -> None:
    end_sessions(tx, staff_id)
    end_resets(tx, staff_id)


def _still_administers(tx: Connection, by: Person | None) -> frozenset[int]:
    """Return who all administer, none of whom changes meanwhile. Raises ``Forbidden`` when ``by`` does no more."""
    administrators = lock_administrators(tx)
    if by is not None and (by.id not in administrators or not by.may(Action.ADMINISTER)):
        raise Forbidden("This account may not do this any more.")
    return administrators


def _is_last(administrators: frozenset[int], staff_id: int) -> bool:
    return administrators == {staff_id}


def _known(account: Account | None) -> Account:
    if account is None:
        raise NotFound("There is no such account.")
    return account


def _line(account: Account) -> PersonLine:
    return PersonLine(
        person=account.person,
        has_password=account.password_digest is not None,
        has_second_factor=account.totp_since is not None,
        added_at=account.added_at,
        signed_in_at=account.signed_in_at,
        disabled_at=account.disabled_at,
    )
