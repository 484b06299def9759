"""Tells whether database and worker are well; the worker gives its sign of life here too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from liju_contact.domain.errors import StoreBusy
from liju_contact.store.heartbeats import beat, last_beat
from liju_contact.usecases.deps import Deps

BEAT_EVERY = timedelta(seconds=5)
SILENT_AFTER = timedelta(seconds=30)
_WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    database_is_well: bool
    worker_is_well: bool

    @property
    def is_well(self) -> bool:
        return self.database_is_well and self.worker_is_well


def report_health(deps: Deps, *, now: datetime) -> Health:
    """Look at the database and at the worker's last sign of life; never raises for what it is there to report."""
    try:
        with deps.db.read() as tx:
            beat_at = last_beat(tx, _WORKER)
    except StoreBusy:
        return Health(database_is_well=False, worker_is_well=False)
    worker_is_well = beat_at is not None and now - beat_at < SILENT_AFTER
    # A full disk is told while there is still room for the inquiries that come before somebody looks.
    return Health(database_is_well=deps.db.has_room(), worker_is_well=worker_is_well)


def beat_worker(deps: Deps, *, now: datetime) -> None:
    with deps.db.begin() as tx:
        beat(tx, _WORKER, now)
