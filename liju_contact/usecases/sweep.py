"""Clears away what nothing needs any more: unsent files, old exports, rate windows, sessions, links that are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from liju_contact.domain.export import KEPT as EXPORTS_KEPT
from liju_contact.store.exports import sweep_exports
from liju_contact.store.files import sweep_blobs
from liju_contact.store.password_resets import sweep_resets
from liju_contact.store.rates import sweep_rates
from liju_contact.store.staff_sessions import sweep_sessions
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.staff_session import REST
from liju_contact.usecases.stage_file import KEPT

_RATES_KEPT = timedelta(days=1)
# Each may be a file of the largest size, which is overwritten as it goes, and meanwhile nobody else can write.
_BLOBS_AT_ONCE = 8


def sweep(deps: Deps, *, now: datetime) -> int:
    """Delete what has had its time; returns how many rows went."""
    with deps.db.begin() as tx:
        exports = sweep_exports(tx, now - EXPORTS_KEPT)  # before their files, which are nobody's then
        swept = exports + sweep_rates(tx, now - _RATES_KEPT)
        swept += sweep_sessions(tx, seen_before=now - REST, now=now) + sweep_resets(tx, now)
    return swept + _sweep_blobs(deps, now - KEPT)


def _sweep_blobs(deps: Deps, staged_before: datetime) -> int:
    swept, found = 0, _BLOBS_AT_ONCE
    while found == _BLOBS_AT_ONCE:
        with deps.db.begin() as tx:
            found = sweep_blobs(tx, staged_before, _BLOBS_AT_ONCE)
        swept += found
    return swept
