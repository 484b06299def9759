"""Threads beside the worker's own, for what may take long and must not hold up a letter.

They keep no state worth keeping: the process may be killed at any moment, and the next one goes on from the database.
"""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from liju_contact.domain.errors import StoreBusy
from liju_contact.usecases.deps import Deps

STOP_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Stoppable(Protocol):
    """What ``worker.Stopping`` is."""

    def is_set(self) -> bool: ...

    def wait(self, seconds: float) -> None: ...


@dataclass(slots=True)
class SideThread(ABC):
    """``run`` goes on until ``stopping`` is set."""

    name: ClassVar[str]

    deps: Deps
    stopping: Stoppable
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name=self.name, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for the end, after ``stopping`` was set; what takes too long is left behind, as a crash would."""
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    @abstractmethod
    def run(self) -> None: ...


@dataclass(slots=True)
class SteppingThread(SideThread):
    """Does one step after another. What goes wrong is logged and tried again."""

    doing: ClassVar[str]  # as the log names it, such as ``Writing an export``
    troubled_seconds: ClassVar[float]

    @abstractmethod
    def take_step(self) -> float:
        """Do one thing and return for how many seconds there is nothing more to do."""

    def note_trouble(self) -> None:
        """Take back what the next step must not build on."""

    def run(self) -> None:
        while not self.stopping.is_set():
            pause = self._guarded_step()
            if pause:
                self.stopping.wait(pause)

    def _guarded_step(self) -> float:
        try:
            return self.take_step()
        except StoreBusy as error:
            _log.warning("%s waits for the database: %s", self.doing, error)
        except Exception:  # noqa: BLE001  # the outermost step of the thread: nothing may end it but stopping
            _log.exception("%s failed; it goes on.", self.doing)
        self.note_trouble()
        return self.troubled_seconds
