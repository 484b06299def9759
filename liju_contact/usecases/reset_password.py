"""Somebody has forgotten a password, or was invited and has none yet: a letter brings a link, good once.

The page writes one row and says the same whatever is true; the worker looks whether there is such an account (D21). Of
a link only the digest is stored. The letter itself lies in the outbox as every letter does (D5), which is why it is
good for an hour only.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.password import normalise
from liju_contact.domain.person import Person
from liju_contact.store.password_resets import (
    add_reset,
    add_reset_request,
    find_reset,
    is_reset_asked_for,
    take_reset,
    take_reset_request,
)
from liju_contact.store.staff import Account, find_account, find_account_by_id, lock_account
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.known_device import KnownDevice, remember
from liju_contact.usecases.post_account_letter import post_account_letter
from liju_contact.usecases.set_password import Weak, tell_of_new_password, weakness_in, write_password
from liju_contact.usecases.sign_in import Visit

WINDOW = timedelta(hours=1)
PER_ADDRESS = 3
PER_NETWORK = 20
LINK_LIFETIME = timedelta(hours=1)
INVITATION_LIFETIME = timedelta(days=3)
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOwner:
    """Whose password a link sets; ``is_new`` when they have none yet."""

    name: str
    address: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class LinkOver:
    """The link was used, is too old, or never was one of ours."""


def ask_for_reset(deps: Deps, typed: str, *, language: str, network: str, now: datetime) -> bool:
    """Note that somebody asks for a letter; False when this network asked too often.

    An address that was asked for too often is left out silently: whoever owns it has letters enough.
    """
    address = fold_address(typed)
    with deps.db.begin() as tx:
        if count_in_window(deps, tx, "reset network", network, window=WINDOW, now=now) > PER_NETWORK:
            return False
        if count_in_window(deps, tx, "reset address", address, window=WINDOW, now=now) <= PER_ADDRESS:
            add_reset_request(tx, address_folded=address, language=language, now=now)
    return True


def answer_reset_request(deps: Deps, *, now: datetime) -> bool:
    """Answer the oldest request, by a letter if there is such an account; False when there is none."""
    with deps.db.read() as tx:
        if not is_reset_asked_for(tx):
            return False
    with deps.db.begin() as tx:
        request = take_reset_request(tx)
        if request is None:
            return False
        account = find_account(tx, request.address)
        # The hour begins when it was asked for: a worker that was away for long has nothing left to give.
        ends_at = request.asked_at + LINK_LIFETIME
        if account and account.is_active and ends_at > now:
            url = _new_link(deps, tx, account.person.id, ends_at=ends_at)
            letter = deps.account_letters.password_reset(
                account.person, url=url, ends_at=ends_at, language=request.language
            )
            post_account_letter(deps, tx, account.person, letter, now=now)
    return True


def post_invitation(deps: Deps, tx: Connection, person: Person, *, invited_by: str, now: datetime) -> None:
    """Write the letter by which somebody new chooses their first password."""
    ends_at = now + INVITATION_LIFETIME
    url = _new_link(deps, tx, person.id, ends_at=ends_at)
    letter = deps.account_letters.invitation(person, url=url, ends_at=ends_at, invited_by=invited_by)
    post_account_letter(deps, tx, person, letter, now=now)


def read_link(deps: Deps, token: str, *, now: datetime) -> LinkOwner | None:
    """Return whose password a link would set, without using it up: link scanners follow every link (D9)."""
    with deps.db.read() as tx:
        account = _owner(tx, find_reset(tx, _digest(token), now))
    if account is None:
        return None
    person = account.person
    return LinkOwner(name=person.name, address=person.address, is_new=account.password_digest is None)


def set_password_by_link(
    deps: Deps, token: str, password: str, *, visit: Visit, now: datetime
) -> KnownDevice | Weak | LinkOver:
    """Set the password and return what the browser keeps: whoever has the letter is no stranger to the account.

    All sessions end and nobody is signed in: a second factor is still asked for. Raises ``StoreBusy``.
    """
    with deps.db.read() as tx:
        account = _owner(tx, find_reset(tx, _digest(token), now))
    if account is None:
        return LinkOver()
    if weak := weakness_in(account.person, password):
        return weak
    digest = deps.hasher.digest(normalise(password))
    with deps.db.begin() as tx:
        lock_account(tx, account.person.id)  # first, as everybody does: two links of one account would wait in a ring
        owner = _owner(tx, take_reset(tx, _digest(token), now))
        if owner is None:
            return LinkOver()
        write_password(tx, owner, digest)
        if owner.password_digest is not None:
            tell_of_new_password(deps, tx, owner.person, network=visit.network, now=now)
    return remember(deps, visit.device, account.person.address)


def _owner(tx: Connection, staff_id: int | None) -> Account | None:
    account = find_account_by_id(tx, staff_id) if staff_id is not None else None
    return account if account and account.is_active else None


def _new_link(deps: Deps, tx: Connection, staff_id: int, *, ends_at: datetime) -> str:
    token = base64.urlsafe_b64encode(deps.random_bytes(_TOKEN_BYTES)).decode().rstrip("=")
    add_reset(tx, staff_id, digest=_digest(token), ends_at=ends_at)
    return f"{deps.settings.web.base_url}/staff/reset/{token}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
