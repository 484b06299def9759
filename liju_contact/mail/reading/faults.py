"""What could not be read of a mail, collected as sentences while the rest of it is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

Found = TypeVar("Found")

ODD_CONTENT = (ValueError, LookupError, ArithmeticError, RecursionError)
"""What odd content makes code raise that expects better; a mistake of our own shows as something else."""


@dataclass(slots=True)
class Faults:
    sentences: list[str] = field(default_factory=list)

    def add(self, *sentences: str) -> None:
        """Add each sentence that is not there yet: a mail with 500 damaged parts is not described 500 times."""
        self.sentences += [sentence for sentence in sentences if sentence not in self.sentences]

    def guarded(self, read: Callable[[], Found], otherwise: Found, sentence: str) -> Found:
        """Return what ``read`` finds. If the mail is too odd for it, add ``sentence`` and return ``otherwise``."""
        try:
            return read()
        except ODD_CONTENT:
            self.add(sentence)
            return otherwise
