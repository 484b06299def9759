"""Signs in somebody whom another service has recognised: the active account with the address that it vouches for.

No account is ever opened this way. A second factor is the service's own matter. What is asked of the service happens
between the transactions.
"""

from __future__ import annotations

import base64
import hmac
import logging
from dataclasses import dataclass
from datetime import datetime

from liju_contact.domain.provider_attempt import ProviderAttempt
from liju_contact.store.staff import find_account, lock_account
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.identity_provider import Identity, Unproven
from liju_contact.usecases.limit_guesses import PER_NETWORK, WINDOW, TooMany, seconds_left
from liju_contact.usecases.sign_in import Entered, MoreWanted, Visit, go_on
from liju_contact.usecases.use_once import use_once

_log = logging.getLogger(__name__)
_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Where the browser goes, and what it keeps until it comes back."""

    address: str
    kept: str


@dataclass(frozen=True, slots=True)
class AttemptOver:
    """It took too long, was another browser's, or was used before: it begins anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAccount:
    """Nobody with this address may sign in."""

    address: str


def depart(deps: Deps, provider: str, *, back: str, visit: Visit, now: datetime) -> Departure | TooMany:
    """Begin a sign-in at another service. Raises ``ProviderDown``."""
    with deps.db.begin() as tx:
        count = count_in_window(deps, tx, "provider network", visit.network, window=WINDOW, now=now)
    if count > PER_NETWORK:
        return TooMany(retry_seconds=seconds_left(WINDOW, now))
    state, nonce, verifier = (_random(deps) for _ in range(3))
    attempt = ProviderAttempt(
        provider=provider, state=state, nonce=nonce, verifier=verifier, back=back, issued_at=now.replace(microsecond=0)
    )
    address = deps.identity_providers[provider].sign_in_address(attempt, return_to=_return_to(deps, provider), now=now)
    return Departure(address=address, kept=deps.keys.sign_attempt(attempt))


def read_departure(deps: Deps, kept: str, provider: str, state: str, *, now: datetime) -> ProviderAttempt | None:
    """Return the sign-in that a browser comes back from; None when it is none that this browser began."""
    attempt = deps.keys.read_attempt(kept)
    if attempt is None or not attempt.is_fresh(now) or attempt.provider != provider:
        return None
    return attempt if hmac.compare_digest(attempt.state.encode(), state.encode("utf-8", "replace")) else None


def arrive(
    deps: Deps, attempt: ProviderAttempt, code: str, *, visit: Visit, now: datetime
) -> Entered | MoreWanted | AttemptOver | NoAccount | Unproven:
    """Sign in who comes back from the service; one time for each departure. Raises ``ProviderDown``."""
    with deps.db.begin() as tx:
        if not use_once(deps, tx, "provider state", attempt.state, issued_at=attempt.issued_at):
            return AttemptOver()
    provider = deps.identity_providers[attempt.provider]
    proven = provider.identify(attempt, code, return_to=_return_to(deps, attempt.provider), now=now)
    if isinstance(proven, Unproven):
        _log.warning("A sign-in by %s was not accepted: %s", attempt.provider, proven.reason)
        return proven
    return _let_in(deps, proven, visit=visit, now=now)


def _let_in(deps: Deps, identity: Identity, *, visit: Visit, now: datetime) -> Entered | MoreWanted | NoAccount:
    with deps.db.begin() as tx:
        found = find_account(tx, identity.address)
        account = lock_account(tx, found.person.id) if found else None
        if account is None or not account.is_active:
            return NoAccount(address=identity.address)
        return go_on(deps, tx, account, visit=visit, has_code=True, now=now)


def _return_to(deps: Deps, provider: str) -> str:
    return f"{deps.settings.web.base_url}/staff/oidc/{provider}/callback"


def _random(deps: Deps) -> str:
    return base64.urlsafe_b64encode(deps.random_bytes(_RANDOM_BYTES)).decode().rstrip("=")
