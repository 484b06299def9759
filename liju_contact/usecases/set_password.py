"""Sets a password: at the first sign-in, at one's own wish, or by a letter. Every session of the account ends.

Whether a password is good enough is looked at, and its digest made, before the transaction begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.password import Weakness, normalise, weakness_of
from liju_contact.domain.person import Person
from liju_contact.domain.sign_in_step import Step
from liju_contact.store.password_resets import end_resets
from liju_contact.store.staff import Account, change_account, find_account_by_id, lock_account
from liju_contact.store.staff_sessions import end_sessions
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.limit_guesses import PER_DEVICE, WINDOW, TooMany, seconds_left
from liju_contact.usecases.post_account_letter import post_account_letter
from liju_contact.usecases.sign_in import Entered, StepOver, Visit, Wrong, account_of_step, enter
from liju_contact.usecases.staff_session import SignedIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Weak:
    """The new password is not taken."""

    weakness: Weakness


@dataclass(frozen=True, slots=True)
class Same:
    """The new password is the old one."""


def choose_password(
    deps: Deps, step_token: str, password: str, *, visit: Visit, now: datetime
) -> Entered | Weak | Same | StepOver:
    """Take the password that replaces a one-time one, and sign in."""
    with deps.db.begin() as tx:
        account = account_of_step(deps, tx, step_token, Step.NEW_PASSWORD, now=now)
    if account is None:
        return StepOver()
    refused = refusal_of(deps, account, password)
    if refused:
        return refused
    digest = deps.hasher.digest(normalise(password))
    with deps.db.begin() as tx:
        account = account_of_step(deps, tx, step_token, Step.NEW_PASSWORD, now=now)
        if account is None:
            return StepOver()
        write_password(tx, account, digest)
        return enter(deps, tx, account, visit=visit, now=now)


def change_password(
    deps: Deps, signed_in: SignedIn, old: str, new: str, *, visit: Visit, now: datetime
) -> Weak | Same | Wrong | TooMany | None:
    """Take a new password from somebody who knows the old one; None when it is done.

    Every other session ends, and a letter tells the owner.
    """
    account = confirm_password(deps, signed_in, old, now=now)
    if not isinstance(account, Account):
        return account
    refused = refusal_of(deps, account, new)
    if refused:
        return refused
    digest = deps.hasher.digest(normalise(new))
    with deps.db.begin() as tx:
        again = lock_account(tx, account.person.id)
        if again is None or again.password_version != account.password_version:
            return Wrong()
        write_password(tx, again, digest, besides=signed_in.session_id)
        tell_of_new_password(deps, tx, again.person, network=visit.network, now=now)
    return None


def confirm_password(deps: Deps, signed_in: SignedIn, password: str, *, now: datetime) -> Account | Wrong | TooMany:
    """Return the account of somebody who is signed in and has typed its password once more.

    Attempts count for their session: whoever found a screen unlocked has a few, and locks nobody else out.
    """
    with deps.db.begin() as tx:
        count = count_in_window(deps, tx, "confirmation", str(signed_in.session_id), window=WINDOW, now=now)
        account = find_account_by_id(tx, signed_in.person.id)
    if count > PER_DEVICE:
        return TooMany(retry_seconds=seconds_left(WINDOW, now))
    digest = account.password_digest if account else None
    is_right = deps.hasher.verify(digest or deps.hasher.digest_of_nobody, normalise(password))
    return account if account and digest and is_right else Wrong()


def refusal_of(deps: Deps, account: Account, password: str) -> Weak | Same | None:
    """Tell why a new password is not taken, if so."""
    digest = account.password_digest
    is_same = digest is not None and deps.hasher.verify(digest, normalise(password))
    return Same() if is_same else weakness_in(account.person, password)


def weakness_in(person: Person, password: str) -> Weak | None:
    weakness = weakness_of(password, personal=(person.address, person.name))
    return Weak(weakness=weakness) if weakness else None


def write_password(
    tx: Connection, account: Account, digest: str, *, is_temporary: bool = False, besides: int | None = None
) -> None:
    """Set the password, end all sessions (``besides`` one) and every letter that would set another."""
    change_account(
        tx,
        account.person.id,
        password_digest=digest,
        password_version=account.password_version + 1,
        password_is_temporary=is_temporary,
    )
    end_sessions(tx, account.person.id, besides=besides)
    end_resets(tx, account.person.id)


def tell_of_new_password(deps: Deps, tx: Connection, person: Person, *, network: str, now: datetime) -> None:
    letter = deps.account_letters.password_changed(person, at=now, network=network)
    post_account_letter(deps, tx, person, letter, now=now)
