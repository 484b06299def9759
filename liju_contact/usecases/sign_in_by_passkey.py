"""Signs in with a passkey, without an address or a password: the passkey itself says whose it is.

It counts as both factors: the device has it, and lets it be used only by whoever it knows.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.store.passkeys import find_passkey, note_use
from liju_contact.store.staff import Account, lock_account
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.limit_guesses import PER_NETWORK, WINDOW, TooMany, seconds_left
from liju_contact.usecases.passkeys import make_challenge, passkey_check, take_challenge, user_handle
from liju_contact.usecases.sign_in import Entered, MoreWanted, StepOver, Visit, Wrong, go_on

_PURPOSE = "sign in"


def ask_to_sign_in(deps: Deps, *, now: datetime) -> str:
    """Return what a browser is to be asked, as JSON; whoever it is for is not known yet."""
    return passkey_check(deps).request_options(challenge=make_challenge(deps, _PURPOSE, now))


def sign_in_by_passkey(
    deps: Deps, answer: str, *, visit: Visit, now: datetime
) -> Entered | MoreWanted | Wrong | TooMany | StepOver:
    with deps.db.begin() as tx:
        if count_in_window(deps, tx, "passkey network", visit.network, window=WINDOW, now=now) > PER_NETWORK:
            return TooMany(retry_seconds=seconds_left(WINDOW, now))
        if passkey_check(deps).presented(answer) is None:
            return Wrong()
        challenge = take_challenge(deps, tx, answer, _PURPOSE, now=now)
        if challenge is None:
            return StepOver()
        account = _account(deps, tx, answer, challenge, now)
        return go_on(deps, tx, account, visit=visit, has_code=True, now=now) if account else Wrong()


def _account(deps: Deps, tx: Connection, answer: str, challenge: bytes, now: datetime) -> Account | None:
    """Return whose passkey has answered rightly; the account is locked, so that no count is looked at twice."""
    check = passkey_check(deps)
    presented = check.presented(answer)
    passkey = find_passkey(tx, presented.credential_id) if presented else None
    account = lock_account(tx, passkey.staff_id) if passkey else None
    if presented is None or passkey is None or account is None or not account.is_active:
        return None
    # WebAuthn Level 3 section 7.2, step 6: who was not asked for by name has to be named by the passkey.
    if not hmac.compare_digest(presented.user_handle or b"", user_handle(account.person.id)):
        return None
    current = find_passkey(tx, passkey.credential_id) or passkey
    count = check.verify(answer, challenge=challenge, public_key=current.public_key, sign_count=current.sign_count)
    if count is None:
        return None
    note_use(tx, current.id, sign_count=count, now=now)
    return account
