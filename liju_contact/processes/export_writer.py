"""The part of the worker that writes exports: a thread of its own, because a long list must not hold up a letter.

It keeps no state worth keeping: the process may be killed at any moment, and the next one begins the file anew.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from liju_contact.domain.errors import StoreBusy
from liju_contact.processes.mail_fetcher import Stoppable
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.write_export import give_back_exports, write_next_export

STOP_SECONDS = 2.0
_IDLE_SECONDS = 1.0
_TROUBLED_SECONDS = 10.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class ExportWriter:
    """``holder`` is the worker's: what an earlier one by that name was writing is begun anew."""

    deps: Deps
    stopping: Stoppable
    holder: str
    _thread: threading.Thread | None = field(default=None, init=False)
    _has_given_back: bool = field(default=False, init=False)

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name="export-writer", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for the end, after ``stopping`` was set; a file that is just being packed is left behind."""
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def run(self) -> None:
        """Write what waits until told to stop. What goes wrong is logged and tried again."""
        while not self.stopping.is_set():
            pause = self._guarded_step()
            if pause:
                self.stopping.wait(pause)

    def step(self) -> bool:
        """Write one export; False when none waits."""
        if not self._has_given_back:
            give_back_exports(self.deps, self.holder)
            self._has_given_back = True
        return write_next_export(self.deps, holder=self.holder, is_stopping=self.stopping.is_set)

    def _guarded_step(self) -> float:
        try:
            return 0 if self.step() else _IDLE_SECONDS
        except StoreBusy as error:
            _log.warning("Writing an export waits for the database: %s", error)
        except Exception:  # noqa: BLE001  # the outermost step of the thread: nothing may end it but stopping
            _log.exception("Writing an export failed; it goes on.")
        self._has_given_back = False  # what was begun is begun anew, without waiting until it is silent for long
        return _TROUBLED_SECONDS
