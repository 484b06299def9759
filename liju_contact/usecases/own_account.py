"""What somebody sees and changes of their own account, besides password and second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from liju_contact.domain.browser import Browser, read_browser
from liju_contact.domain.errors import NotFound
from liju_contact.domain.person import Person
from liju_contact.store.passkeys import passkeys_of
from liju_contact.store.recovery_codes import count_recovery_codes
from liju_contact.store.staff import change_account, find_account_by_id
from liju_contact.store.staff_sessions import Device, end_session, end_sessions, sessions_of
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.passkeys import is_recent
from liju_contact.usecases.staff_session import REST, SignedIn


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDevice:
    """A device somebody is signed in on, ``is_this`` the one they look at this with."""

    id: int
    browser: Browser
    network: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPasskey:
    id: int
    label: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    person: Person
    has_password: bool
    second_factor_since: datetime | None
    recovery_codes_count: int
    devices: tuple[OwnDevice, ...]
    passkeys: tuple[OwnPasskey, ...]
    has_signed_in_lately: bool


def show_account(deps: Deps, signed_in: SignedIn, *, now: datetime) -> OwnAccount:
    staff_id = signed_in.person.id
    with deps.db.read() as tx:
        account = find_account_by_id(tx, staff_id)
        codes_count = count_recovery_codes(tx, staff_id)
        passkeys = passkeys_of(tx, staff_id) if deps.passkeys else []
        devices = sessions_of(tx, staff_id, seen_after=now - REST, now=now)
    if account is None:
        raise NotFound("There is no such account any more.")
    return OwnAccount(
        person=account.person,
        has_password=account.password_digest is not None,
        second_factor_since=account.totp_since,
        recovery_codes_count=codes_count,
        devices=tuple(_own(device, signed_in) for device in devices),
        passkeys=tuple(
            OwnPasskey(id=key.id, label=key.label, added_at=key.added_at, used_at=key.used_at) for key in passkeys
        ),
        has_signed_in_lately=is_recent(devices, signed_in, now=now),
    )


def change_own_account(deps: Deps, signed_in: SignedIn, *, name: str, language: str | None) -> None:
    """Set one's name and the language of the desk; None follows the browser."""
    with deps.db.begin() as tx:
        change_account(tx, signed_in.person.id, name=name, language=language)


def choose_language(deps: Deps, signed_in: SignedIn, language: str) -> None:
    """Set the language of the desk alone."""
    with deps.db.begin() as tx:
        change_account(tx, signed_in.person.id, language=language)


def end_own_session(deps: Deps, signed_in: SignedIn, session_id: int) -> None:
    """Sign out on one device. One that is signed out already is none to complain about."""
    with deps.db.begin() as tx:
        end_session(tx, session_id, signed_in.person.id)


def sign_out_elsewhere(deps: Deps, signed_in: SignedIn) -> None:
    with deps.db.begin() as tx:
        end_sessions(tx, signed_in.person.id, besides=signed_in.session_id)


def _own(device: Device, signed_in: SignedIn) -> OwnDevice:
    return OwnDevice(
        id=device.id,
        browser=read_browser(device.browser),
        network=device.network,
        began_at=device.began_at,
        seen_at=device.seen_at,
        is_this=device.id == signed_in.session_id,
    )
