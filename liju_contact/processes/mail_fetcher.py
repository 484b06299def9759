"""The part of the worker that fetches mail: a mailbox may be slow."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from liju_contact.domain.errors import MailboxTrouble, StoreBusy
from liju_contact.processes.side_thread import SideThread
from liju_contact.usecases.fetch_mail import fetch_mail, note_trouble
from liju_contact.usecases.mailbox import Mailbox

# A server that announces new mail is asked for the rest no less often; RFC 2177 wants a sign of life within 29 minutes,
# and what stands between the two may forget them much earlier.
LONGEST_WAIT_SECONDS = 540.0
_SLICE_SECONDS = 1.0
_FIRST_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 60.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class MailFetcher(SideThread):
    """Fetches at least every ``every_seconds``, and at once when the server says that there is something."""

    name: ClassVar[str] = "mail-fetcher"

    mailbox: Mailbox
    every_seconds: float
    pause_seconds: float = _FIRST_PAUSE_SECONDS

    def run(self) -> None:
        """Fetch and wait until told to stop. What goes wrong is noted and tried again, after a growing pause."""
        pause_seconds = self.pause_seconds
        while not self.stopping.is_set():
            if is_well := self._guarded(self._fetch):
                pause_seconds = self.pause_seconds
                is_well = self._guarded(self._wait)
            if not is_well:
                self.mailbox.close()
                self.stopping.wait(pause_seconds)
                pause_seconds = min(2 * pause_seconds, _LONGEST_PAUSE_SECONDS)
        self.mailbox.close()

    def _fetch(self) -> None:
        fetch_mail(self.deps, self.mailbox, is_stopping=self.stopping.is_set)

    def _wait(self) -> None:
        until = time.monotonic() + min(self.every_seconds, LONGEST_WAIT_SECONDS)
        while not self.stopping.is_set() and time.monotonic() < until:
            if self.mailbox.wait(_SLICE_SECONDS):
                return

    def _guarded(self, step: Callable[[], None]) -> bool:
        try:
            step()
        except MailboxTrouble as trouble:
            _log.warning("Mail cannot be fetched from %s: %s", self.mailbox.name, trouble)
        except StoreBusy as error:
            _log.warning("Fetching mail waits for the database: %s", error)
        except Exception as error:  # noqa: BLE001  # the outermost step of the thread: nothing may end it but stopping
            _log.exception("Fetching mail from %s failed; it goes on.", self.mailbox.name)
            with contextlib.suppress(StoreBusy):
                note_trouble(self.deps, self.mailbox.name, f"{type(error).__name__}: {error}")
        else:
            return True
        return False
