"""Everything that can go wrong on purpose, as one tree.

What a caller is expected to handle as a normal result is a value, not an exception (``delivery.Outcome``). One table in
``web.errors`` maps this tree to HTTP, one in ``cli`` to exit codes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong with the installation: a stable id, what is wrong, and what to do about it."""

    id: str
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"[{self.id}] {self.text}{' ' + self.remedy if self.remedy else ''}"


class LijuError(Exception):
    """Anything this program raises on purpose; its text is one sentence for a person."""


class SettingsError(LijuError):
    """The settings cannot be used; ``faults`` holds every one of them, not only the first."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class NotFound(LijuError):
    """There is no such thing, or the key does not open it: the two are never told apart (D7)."""


class Withheld(LijuError):
    """A virus was found in a file: a customer does not get it, and staff only if they ask for exactly that.

    ``name`` and ``signature`` say which file and which virus.
    """

    def __init__(self, name: str, signature: str) -> None:
        super().__init__(f"A virus was found in {name}: {signature}.")
        self.name = name
        self.signature = signature


class Forbidden(LijuError):
    """Somebody is signed in and may not do this."""


class StoreBusy(LijuError):
    """The database is locked or out of reach; trying again later is right."""


class StoreFull(StoreBusy):
    """The database could not grow: the disk is full."""


class Conflict(LijuError):
    """Somebody else wrote the same thing at the same moment; doing it again finds their work."""


class TooOften(LijuError):
    """A limit is reached, and nothing was done; ``retry_seconds`` is when it makes sense to try again."""

    def __init__(self, sentence: str, *, retry_seconds: int) -> None:
        super().__init__(sentence)
        self.retry_seconds = retry_seconds


class Unfit(LijuError):
    """Somebody asked for what cannot be; ``field`` names the part of their request that is meant."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


class SchemaMismatch(LijuError):
    """The database was written by another version of the program."""


class StartRefused(LijuError):
    """The program cannot start here: a taken port, a missing permission."""


class MailboxTrouble(LijuError):
    """A mailbox that mail is fetched from cannot be reached, or does not do what was asked."""


class ProviderDown(LijuError):
    """A service that people sign in with cannot be reached, or does not answer as such a service does."""


class FilesGone(LijuError):
    """Files that were staged for a message are no longer there; ``names`` are theirs, to be asked for again."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"Files are no longer kept: {', '.join(names)}.")
        self.names = names
