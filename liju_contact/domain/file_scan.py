"""What a virus scanner says of a file, and what is kept of that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ScanState(StrEnum):
    """``unscannable`` is a file that the scanner gave no answer about, for good: too large, or it takes too long."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNABLE = "unscannable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileScan:
    """``signature`` is what was found in an infected file, in the scanner's words."""

    state: ScanState
    signature: str = ""

    @property
    def is_infected(self) -> bool:
        return self.state is ScanState.INFECTED


UNSCANNED = FileScan(state=ScanState.UNSCANNED)


@dataclass(frozen=True, slots=True)
class Clean:
    """Nothing was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infected:
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscanned:
    """There was no answer, or one that says neither; ``words`` say why."""

    words: str


ScanAnswer = Clean | Infected | Unscanned
