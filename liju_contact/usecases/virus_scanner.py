"""The port through which files are shown to a virus scanner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from liju_contact.domain.file_scan import ScanAnswer


class VirusScanner(Protocol):
    """Looks at files; never raises for what a file contains, nor for a scanner that is away."""

    def scan(self, chunks: Iterable[bytes]) -> ScanAnswer: ...

    def fault(self) -> str:
        """Return why the scanner cannot be asked now, empty when it can."""
        ...
