"""What the processes do that are stopped and killed here; a module of its own, because each of them imports it."""

from __future__ import annotations

import time
from dataclasses import replace

from liju_contact.app import make_deps
from liju_contact.config import Settings
from liju_contact.config_mail import ImapSettings
from liju_contact.mail.imap import ImapMailbox
from liju_contact.processes.mail_fetcher import MailFetcher
from liju_contact.processes.worker import Stopping, run_worker
from tests.faults.shared_clock import SharedClock
from tests.usecases.stories import ScriptedCarrier

_LINGER_SECONDS = 0.004


def work(settings: Settings, holder: str, clock: SharedClock) -> None:
    run_worker(make_deps(settings, now=clock.now), holder=holder)


def judge_until_killed(settings: Settings, clock: SharedClock) -> None:
    deps = make_deps(settings, now=clock.now)
    run_worker(replace(deps, new_carrier=ScriptedCarrier), holder="w1")


def fetch_until_killed(settings: Settings, imap: ImapSettings) -> None:
    MailFetcher(make_deps(settings), Stopping(), _Lingering(imap), every_seconds=60).run()


class _Lingering(ImapMailbox):
    """The real mailbox, slower at the two moments that matter: else most kills would meet the server's own work."""

    def fetch(self, uid: int) -> bytes | None:
        raw = super().fetch(uid)
        time.sleep(_LINGER_SECONDS)
        return raw

    def put_away(self, uid: int) -> None:
        time.sleep(_LINGER_SECONDS)
        super().put_away(uid)
