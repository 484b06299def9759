"""Signs somebody in: password, then what else is wanted, then a session.

A password is looked at outside every transaction, and exactly one is looked at whatever is true: for an account that is
unknown, disabled or without a password, that is a digest nobody's password fits. So neither the answer nor its time
tells whether there is an account. What comes after the password is asked for by a signed step
(``domain.sign_in_step``); nothing is stored between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.password import normalise, read_recovery_code
from liju_contact.domain.sign_in_step import SignInStep, Step
from liju_contact.domain.totp import matching_step
from liju_contact.store.recovery_codes import take_recovery_code
from liju_contact.store.staff import Account, change_account, find_account, lock_account, use_time_step
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.known_device import KnownDevice, remember
from liju_contact.usecases.limit_guesses import TooMany, count_guess
from liju_contact.usecases.staff_session import begin_session


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where somebody signs in from: what they call their browser, its network, and what it kept of earlier times."""

    browser: str
    network: str
    device: KnownDevice


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Signed in. ``token`` is the session's cookie, ``device`` what the browser keeps for next time."""

    token: str
    csrf: str
    device: KnownDevice


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreWanted:
    """The password was right and something else is wanted; ``token`` comes back with it."""

    step: Step
    token: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """It was not right, or there is no such account: the two are never told apart."""


@dataclass(frozen=True, slots=True)
class StepOver:
    """The sign-in took too long, or the password was changed meanwhile: it begins anew."""


def sign_in(
    deps: Deps, address: str, password: str, *, visit: Visit, now: datetime
) -> Entered | MoreWanted | Wrong | TooMany:
    with deps.db.begin() as tx:
        too_many = count_guess(deps, tx, "password", address, device=visit.device, network=visit.network, now=now)
        account = find_account(tx, address)
    if too_many:
        return too_many
    password = normalise(password)
    digest = account.password_digest if account and account.is_active else None
    is_right = deps.hasher.verify(digest or deps.hasher.digest_of_nobody, password)
    if not is_right or not digest or account is None:
        return Wrong()
    fresh = deps.hasher.digest(password) if deps.hasher.is_outdated(digest) else None
    with deps.db.begin() as tx:
        again = lock_account(tx, account.person.id)
        if again is None or not again.is_active or again.password_digest != digest:
            return Wrong()
        if fresh:
            change_account(tx, again.person.id, password_digest=fresh)
        return go_on(deps, tx, again, visit=visit, now=now)


def check_code(
    deps: Deps, step_token: str, code: str, *, visit: Visit, now: datetime
) -> Entered | MoreWanted | Wrong | TooMany | StepOver:
    """Look at a code of the second factor, or at a recovery code in its place. Each works once."""
    with deps.db.begin() as tx:
        account = account_of_step(deps, tx, step_token, Step.CODE, now=now)
        if account is None:
            return StepOver()
        too_many = count_guess(
            deps, tx, "code", account.person.address, device=visit.device, network=visit.network, now=now
        )
        if too_many:
            return too_many
        if account.totp_since is not None and not _takes_code(deps, tx, account, code, now):
            return Wrong()
        return go_on(deps, tx, account, visit=visit, has_code=True, now=now)


def go_on(
    deps: Deps, tx: Connection, account: Account, *, visit: Visit, has_code: bool = False, now: datetime
) -> Entered | MoreWanted:
    """Ask for what is still wanted of somebody who has proven who they are, or let them in.

    ``has_code`` when a second factor was shown, or what proved them is one already.
    """
    if account.totp_since is not None and not has_code:
        return _wanted(deps, account, Step.CODE, now)
    if account.password_is_temporary:
        return _wanted(deps, account, Step.NEW_PASSWORD, now)
    return enter(deps, tx, account, visit=visit, now=now)


def enter(deps: Deps, tx: Connection, account: Account, *, visit: Visit, now: datetime) -> Entered:
    """Begin a session."""
    person = account.person
    token = begin_session(deps, tx, person.id, browser=visit.browser, network=visit.network, now=now)
    change_account(tx, person.id, signed_in_at=now)
    device = remember(deps, visit.device, person.address)
    return Entered(token=token, csrf=deps.keys.csrf_token(token), device=device)


def account_of_step(deps: Deps, tx: Connection, token: str, step: Step, *, now: datetime) -> Account | None:
    """Return whose sign-in a token goes on with, unless it is another step's, too old, or the account has changed."""
    read = deps.keys.read_step(token)
    if read is None or read.step is not step or not read.is_fresh(now):
        return None
    account = lock_account(tx, read.staff_id)
    is_current = account and account.is_active and account.password_version == read.password_version
    return account if is_current else None


def _wanted(deps: Deps, account: Account, step: Step, now: datetime) -> MoreWanted:
    signed = SignInStep(step=step, staff_id=account.person.id, password_version=account.password_version, issued_at=now)
    return MoreWanted(step=step, token=deps.keys.sign_step(signed))


def _takes_code(deps: Deps, tx: Connection, account: Account, code: str, now: datetime) -> bool:
    staff_id = account.person.id
    secret = deps.keys.totp_secret(staff_id, account.totp_version)
    step = matching_step(secret, code, used=account.totp_counter, now=now)
    if step is not None:
        return use_time_step(tx, staff_id, step)
    return take_recovery_code(tx, staff_id, deps.keys.recovery_digest(staff_id, read_recovery_code(code)))
