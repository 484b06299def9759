"""Switches the second factor on and off, and makes recovery codes.

The secret is stored nowhere: it follows from the settings' secret, the account and a version, and the version grows
with each beginning, so that nobody gets a secret that was shown before. With another secret in the settings every
second factor has to be set up anew (``liju-contact staff password --without-second-factor``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import NotFound
from liju_contact.domain.password import make_recovery_code
from liju_contact.domain.totp import enrolment_address, matching_step, secret_text
from liju_contact.store.recovery_codes import write_recovery_codes
from liju_contact.store.staff import Account, change_account, find_account_by_id, lock_account
from liju_contact.store.staff_sessions import end_sessions
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.limit_guesses import TooMany
from liju_contact.usecases.post_account_letter import post_account_letter
from liju_contact.usecases.set_password import confirm_password
from liju_contact.usecases.sign_in import Wrong
from liju_contact.usecases.staff_session import SignedIn

RECOVERY_CODES = 10
_CODE_BYTES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What goes into an authenticator program: as an address for the picture, and to be typed."""

    address: str
    secret: str


@dataclass(frozen=True, slots=True)
class WrongCode:
    """The password was right; the code was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCodes:
    """Recovery codes in clear, for the only time."""

    codes: tuple[str, ...]


def begin_enrolment(deps: Deps, signed_in: SignedIn) -> None:
    """Make a new secret the one to be set up; without effect while a second factor is on."""
    with deps.db.begin() as tx:
        account = _locked(tx, signed_in)
        if account.totp_since is None:
            change_account(tx, account.person.id, totp_version=account.totp_version + 1, totp_counter=0)


def show_enrolment(deps: Deps, signed_in: SignedIn) -> Enrolment | None:
    """Return what to set up; None when a second factor is on already."""
    with deps.db.read() as tx:
        account = find_account_by_id(tx, signed_in.person.id)
    if account is None or account.totp_since is not None:
        return None
    secret = deps.keys.totp_secret(account.person.id, account.totp_version)
    issuer = deps.settings.company.name.in_language(deps.settings.default_language)
    address = enrolment_address(secret, account=account.person.address, issuer=issuer)
    return Enrolment(address=address, secret=secret_text(secret))


def switch_on(
    deps: Deps, signed_in: SignedIn, *, password: str, code: str, now: datetime
) -> NewCodes | Wrong | WrongCode | TooMany:
    """Switch the second factor on for somebody whose program gives the right code.

    Every other session ends: it was begun without one.
    """
    confirmed = confirm_password(deps, signed_in, password, now=now)
    if not isinstance(confirmed, Account):
        return confirmed
    with deps.db.begin() as tx:
        account = _locked(tx, signed_in)
        secret = deps.keys.totp_secret(account.person.id, account.totp_version)
        step = matching_step(secret, code, used=account.totp_counter, now=now)
        if step is None or account.totp_since is not None:
            return WrongCode()
        change_account(tx, account.person.id, totp_since=now, totp_counter=step)
        end_sessions(tx, account.person.id, besides=signed_in.session_id)
        return _write_codes(deps, tx, account)


def renew_codes(deps: Deps, signed_in: SignedIn, *, password: str, now: datetime) -> NewCodes | Wrong | TooMany:
    """Make new recovery codes; the old ones are over."""
    confirmed = confirm_password(deps, signed_in, password, now=now)
    if not isinstance(confirmed, Account):
        return confirmed
    with deps.db.begin() as tx:
        account = _locked(tx, signed_in)
        if account.totp_since is None:
            raise NotFound("There is no second factor.")
        return _write_codes(deps, tx, account)


def switch_off(
    deps: Deps, signed_in: SignedIn, *, password: str, network: str, now: datetime
) -> Wrong | TooMany | None:
    """Switch the second factor off, and tell the owner by a letter; None when it is done."""
    confirmed = confirm_password(deps, signed_in, password, now=now)
    if not isinstance(confirmed, Account):
        return confirmed
    with deps.db.begin() as tx:
        account = _locked(tx, signed_in)
        if account.totp_since is not None:
            remove_second_factor(deps, tx, account, network=network, now=now)
    return None


def remove_second_factor(deps: Deps, tx: Connection, account: Account, *, network: str, now: datetime) -> None:
    person = account.person
    change_account(tx, person.id, totp_since=None, totp_version=account.totp_version + 1, totp_counter=0)
    write_recovery_codes(tx, person.id, ())
    letter = deps.account_letters.second_factor_off(person, at=now, network=network)
    post_account_letter(deps, tx, person, letter, now=now)


def _locked(tx: Connection, signed_in: SignedIn) -> Account:
    account = lock_account(tx, signed_in.person.id)
    if account is None:
        raise NotFound("There is no such account any more.")
    return account


def _write_codes(deps: Deps, tx: Connection, account: Account) -> NewCodes:
    staff_id = account.person.id
    codes = tuple(make_recovery_code(deps.random_bytes(_CODE_BYTES)) for _ in range(RECOVERY_CODES))
    write_recovery_codes(tx, staff_id, [deps.keys.recovery_digest(staff_id, code) for code in codes])
    return NewCodes(codes=codes)
