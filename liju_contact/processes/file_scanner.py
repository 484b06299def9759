"""The part of the worker that has files scanned: a scanner may be slow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar

from liju_contact.processes.side_thread import SteppingThread
from liju_contact.usecases.scan_files import ScanStep, alarm_of_scanner, scan_next_file
from liju_contact.usecases.virus_scanner import VirusScanner

_PAUSES = MappingProxyType({ScanStep.DONE: 0.0, ScanStep.IDLE: 1.0, ScanStep.AWAY: 15.0})


@dataclass(slots=True)
class FileScanner(SteppingThread):
    name: ClassVar[str] = "file-scanner"
    doing: ClassVar[str] = "Scanning a file"
    troubled_seconds: ClassVar[float] = _PAUSES[ScanStep.AWAY]

    scanner: VirusScanner
    away_since: datetime | None = field(default=None, init=False)

    def take_step(self) -> float:
        return _PAUSES[self.step()]

    def step(self) -> ScanStep:
        """Have one file looked at, and tell of a scanner that stays away."""
        step, now = scan_next_file(self.deps, self.scanner), self.deps.now()
        if step is not ScanStep.AWAY:
            self.away_since = None
            return step
        self.away_since = self.away_since or now
        alarm_of_scanner(self.deps, self.away_since, now=now)
        return step
