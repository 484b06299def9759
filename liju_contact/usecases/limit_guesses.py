"""Holds back who guesses passwords and codes, without letting them lock out the person they guess at.

A limit on an account alone would do what an attacker wants: a hundred wrong passwords, and its owner cannot get in. So
attempts are counted apart:

- A browser that has been signed in to the account before keeps a cookie that says so, signed, for a year ("device
  cookies", OWASP). It has an allowance of its own, which nobody without the cookie can use up. The cookie opens
  nothing.
- Every other attempt counts for its network, then for the account from this network, then for the account as a whole.
  The first that is exceeded ends the counting, so that one network cannot use up what the account has for all of them.

An attacker with many networks can so keep an unknown browser away from an account for an hour at a time. Its owner gets
in with a browser of theirs, or by a letter that sets a new password: whoever opened that is known from then on.

Counting is in the database, so that it holds over all processes; an attempt is counted before its password is looked
at, so that many at once get no more than one after another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.inquiry import fold_address
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.known_device import KnownDevice

WINDOW = timedelta(minutes=15)
HOUR = timedelta(hours=1)
PER_DEVICE = 10
PER_NETWORK = 100
PER_ACCOUNT_AND_NETWORK = 10
PER_ACCOUNT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TooMany:
    """Nothing was looked at; trying again makes sense after so many seconds."""

    retry_seconds: int


def count_guess(
    deps: Deps, tx: Connection, door: str, address: str, *, device: KnownDevice, network: str, now: datetime
) -> TooMany | None:
    """Count one more attempt at ``door`` ("password", "code"), and tell whether it is one too many."""
    account = fold_address(address)
    if device.knows(deps.keys, account):
        limits = [(f"{door} device", f"{device.nonce}\n{account}", WINDOW, PER_DEVICE)]
    else:
        limits = [
            (f"{door} network", network, WINDOW, PER_NETWORK),
            (f"{door} account and network", f"{account}\n{network}", WINDOW, PER_ACCOUNT_AND_NETWORK),
            (f"{door} account", account, HOUR, PER_ACCOUNT),
        ]
    for what, who, window, limit in limits:
        if count_in_window(deps, tx, what, who, window=window, now=now) > limit:
            return TooMany(retry_seconds=seconds_left(window, now))
    return None


def seconds_left(window: timedelta, now: datetime) -> int:
    """Return how long the current window still lasts."""
    seconds = int(window.total_seconds())
    return seconds - int(now.timestamp()) % seconds
