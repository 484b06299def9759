"""The part of the worker that has files scanned: a thread of its own, because a slow scanner must not hold up a letter.

It keeps no state worth keeping: the process may be killed at any moment, and the next one asks about the file anew.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime

from liju_contact.domain.errors import StoreBusy
from liju_contact.processes.mail_fetcher import Stoppable
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.scan_files import ScanStep, alarm_of_scanner, scan_next_file
from liju_contact.usecases.virus_scanner import VirusScanner

STOP_SECONDS = 2.0
_IDLE_SECONDS = 1.0
_TROUBLED_SECONDS = 15.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class FileScanner:
    deps: Deps
    scanner: VirusScanner
    stopping: Stoppable
    away_since: datetime | None = field(default=None, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name="file-scanner", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for the end, after ``stopping`` was set; a file that is just being looked at is left behind."""
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def run(self) -> None:
        """Scan what waits until told to stop. What goes wrong is logged and tried again."""
        while not self.stopping.is_set():
            pause = self._guarded_step()
            if pause:
                self.stopping.wait(pause)

    def step(self) -> ScanStep:
        """Have one file looked at, and tell of a scanner that stays away."""
        step, now = scan_next_file(self.deps, self.scanner), self.deps.now()
        if step is not ScanStep.AWAY:
            self.away_since = None
            return step
        self.away_since = self.away_since or now
        alarm_of_scanner(self.deps, self.away_since, now=now)
        return step

    def _guarded_step(self) -> float:
        try:
            return {ScanStep.DONE: 0, ScanStep.IDLE: _IDLE_SECONDS, ScanStep.AWAY: _TROUBLED_SECONDS}[self.step()]
        except StoreBusy as error:
            _log.warning("Scanning a file waits for the database: %s", error)
        except Exception:  # noqa: BLE001  # the outermost step of the thread: nothing may end it but stopping
            _log.exception("Scanning a file failed; it goes on.")
        return _TROUBLED_SECONDS
