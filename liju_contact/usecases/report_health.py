"""Tells whether database and worker are well; the worker gives its sign of life here too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from liju_contact.domain.errors import StoreBusy
from liju_contact.store.heartbeats import beat, last_beat
from liju_contact.store.mailboxes import FetchingTrouble
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.fetch_mail import FAILING_AFTER, mailboxes_failing

BEAT_EVERY = timedelta(seconds=5)
SILENT_AFTER = timedelta(seconds=30)
_WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    database_is_well: bool
    worker_is_well: bool
    mail_is_well: bool

    @property
    def is_well(self) -> bool:
        return self.database_is_well and self.worker_is_well and self.mail_is_well


def report_health(deps: Deps, *, now: datetime) -> Health:
    """Look at the database and at the worker's last sign of life; never raises for what it is there to report."""
    try:
        with deps.db.read() as tx:
            beat_at = last_beat(tx, _WORKER)
        mail_is_well = not any(_is_long(trouble, now) for trouble in mailboxes_failing(deps, now))
    except StoreBusy:
        return Health(database_is_well=False, worker_is_well=False, mail_is_well=False)
    # A sign of life that is still to come is one from before a clock was put back, and says nothing of the worker now.
    worker_is_well = beat_at is not None and abs(now - beat_at) < SILENT_AFTER
    # A full disk is told while there is still room for the inquiries that come before somebody looks.
    return Health(database_is_well=deps.db.has_room(), worker_is_well=worker_is_well, mail_is_well=mail_is_well)


def _is_long(trouble: FetchingTrouble, now: datetime) -> bool:
    """Fetching may fail for a few minutes: mail waits in the mailbox, and providers restart their servers."""
    return trouble.failing_since is None or now - trouble.failing_since > FAILING_AFTER


def beat_worker(deps: Deps, *, now: datetime) -> None:
    with deps.db.begin() as tx:
        beat(tx, _WORKER, now)
