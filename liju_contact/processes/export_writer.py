"""The part of the worker that writes exports: a long list takes its time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from liju_contact.processes.side_thread import SteppingThread
from liju_contact.usecases.export_pages import FindBeside, nobody_beside
from liju_contact.usecases.write_export import give_back_exports, write_next_export

_IDLE_SECONDS = 1.0


@dataclass(slots=True)
class ExportWriter(SteppingThread):
    """``holder`` is the worker's: what an earlier one by that name was writing is begun anew.

    A file that is just being packed when all is to end is left behind.
    """

    name: ClassVar[str] = "export-writer"
    doing: ClassVar[str] = "Writing an export"
    troubled_seconds: ClassVar[float] = 10.0

    holder: str
    find_beside: FindBeside = nobody_beside
    _has_given_back: bool = field(default=False, init=False)

    def take_step(self) -> float:
        return 0 if self.step() else _IDLE_SECONDS

    def step(self) -> bool:
        """Write one export; False when none waits."""
        if not self._has_given_back:
            give_back_exports(self.deps, self.holder)
            self._has_given_back = True
        return write_next_export(
            self.deps, holder=self.holder, is_stopping=self.stopping.is_set, find_beside=self.find_beside
        )

    def note_trouble(self) -> None:
        self._has_given_back = False  # what was begun is begun anew, without waiting until it is silent for long
