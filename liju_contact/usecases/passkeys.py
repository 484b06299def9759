"""Adds a passkey to one's own account, and removes one.

A challenge is signed and says when it was made; nothing is stored of it until it is used up. Adding one takes a
sign-in of the last minutes or the password: whoever finds a screen unlocked shall not leave a key of theirs behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.errors import NotFound
from liju_contact.domain.keys import NONCE_BYTES
from liju_contact.store.passkeys import add_passkey, passkeys_of, remove_passkey
from liju_contact.store.staff import Account, lock_account
from liju_contact.store.staff_sessions import Device, sessions_of
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.limit_guesses import TooMany
from liju_contact.usecases.passkey_port import NewPasskey, PasskeyCheck
from liju_contact.usecases.post_account_letter import post_account_letter
from liju_contact.usecases.set_password import confirm_password
from liju_contact.usecases.sign_in import Wrong
from liju_contact.usecases.staff_session import REST, SignedIn
from liju_contact.usecases.use_once import use_once

CHALLENGE_LIFETIME = timedelta(minutes=5)
LATELY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The browser's answer was not right, too late or sent twice, or the passkey is known already."""


def ask_for_passkey(deps: Deps, signed_in: SignedIn, *, now: datetime) -> str:
    """Return what a browser is to be asked for a new passkey, as JSON."""
    person = signed_in.person
    with deps.db.read() as tx:
        known = [passkey.credential_id for passkey in passkeys_of(tx, person.id)]
    return passkey_check(deps).creation_options(
        challenge=make_challenge(deps, _purpose(signed_in), now),
        user_handle=user_handle(person.id),
        address=person.address,
        name=person.name,
        known=known,
    )


def keep_passkey(
    deps: Deps, signed_in: SignedIn, answer: str, *, label: str, password: str, network: str, now: datetime
) -> NotTaken | Wrong | TooMany | None:
    """Take a passkey a browser has made, and tell the owner by a letter; None when it is done.

    ``password`` is looked at when the sign-in is older.
    """
    if not has_signed_in_lately(deps, signed_in, now=now):
        confirmed = confirm_password(deps, signed_in, password, now=now)
        if not isinstance(confirmed, Account):
            return confirmed
    check = passkey_check(deps)
    with deps.db.begin() as tx:
        challenge = take_challenge(deps, tx, answer, _purpose(signed_in), now=now)
        made = check.verify_new(answer, challenge=challenge) if challenge else None
        account = lock_account(tx, signed_in.person.id)
        if made is None or account is None or not _add(tx, account, made, label, now):
            return NotTaken()
        letter = deps.account_letters.passkey_added(account.person, at=now, network=network)
        post_account_letter(deps, tx, account.person, letter, now=now)
    return None


def forget_passkey(deps: Deps, signed_in: SignedIn, passkey_id: int) -> None:
    with deps.db.begin() as tx:
        remove_passkey(tx, passkey_id, signed_in.person.id)


def has_signed_in_lately(deps: Deps, signed_in: SignedIn, *, now: datetime) -> bool:
    with deps.db.read() as tx:
        devices = sessions_of(tx, signed_in.person.id, seen_after=now - REST, now=now)
    return is_recent(devices, signed_in, now=now)


def is_recent(devices: Sequence[Device], signed_in: SignedIn, *, now: datetime) -> bool:
    """Tell whether the session that makes this request began a short while ago."""
    return any(device.id == signed_in.session_id and now - device.began_at <= LATELY for device in devices)


def passkey_check(deps: Deps) -> PasskeyCheck:
    """Raises ``NotFound`` where the settings have no passkeys."""
    if deps.passkeys is None:
        raise NotFound("There are no passkeys here.")
    return deps.passkeys


def make_challenge(deps: Deps, purpose: str, now: datetime) -> bytes:
    return deps.keys.make_challenge(purpose, deps.random_bytes(NONCE_BYTES), now)


def take_challenge(deps: Deps, tx: Connection, answer: str, purpose: str, *, now: datetime) -> bytes | None:
    """Use up the challenge of an answer; None when it is none of ours for this, too old, or used before."""
    challenge = passkey_check(deps).challenge_of(answer)
    issued_at = deps.keys.read_challenge(challenge, purpose) if challenge else None
    if challenge is None or issued_at is None or not issued_at <= now < issued_at + CHALLENGE_LIFETIME:
        return None
    return challenge if use_once(deps, tx, "passkey challenge", challenge.hex(), issued_at=issued_at) else None


def user_handle(staff_id: int) -> bytes:
    """Return what a passkey knows its owner by: a number of ours, and nothing about a person."""
    return f"liju-staff-{staff_id}".encode()


def _add(tx: Connection, account: Account, made: NewPasskey, label: str, now: datetime) -> bool:
    return add_passkey(
        tx,
        account.person.id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        label=label,
        now=now,
    )


def _purpose(signed_in: SignedIn) -> str:
    """A challenge for a new passkey is good in the session alone that asked for it."""
    return f"new passkey {signed_in.session_id}"
