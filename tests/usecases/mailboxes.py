"""A mailbox in memory that keeps to ``usecases.mailbox.Mailbox`` and fails where a test says so."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from liju_contact.domain.errors import MailboxTrouble


class PowerCut(BaseException):
    """What nobody catches: the process is gone."""


@dataclass
class FakeMailbox:
    """``mails`` are by UID. ``failing`` holds the UIDs that cannot be fetched; ``when`` is called before every step."""

    name: str = "inquiry at there.example"
    afterwards: Literal["keep", "seen", "delete", "move"] = "keep"
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    moved: list[bytes] = field(default_factory=list)
    failing: set[int] = field(default_factory=set)
    uid_validity: int = 4711
    is_open: bool = False
    steps: list[str] = field(default_factory=list)
    when: Callable[[str], None] = lambda _step: None
    _uids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def append(self, *raws: bytes) -> None:
        self.mails.update((next(self._uids), raw) for raw in raws)

    def remove(self, uid: int) -> None:
        del self.mails[uid]

    def renew(self) -> None:
        """Do as a server that lost its index: the same mails, counted anew."""
        self.uid_validity += 1
        self.mails = dict(enumerate(self.mails.values(), start=1))

    def open(self) -> int:
        self._step("open", needs_connection=False)
        self.is_open = True
        return self.uid_validity

    def uids_after(self, uid: int) -> list[int]:
        self._step(f"list after {uid}")
        return sorted(found for found in self.mails if found > uid)

    def left_over(self, uid: int) -> list[int]:
        self._step(f"list up to {uid}")
        return sorted(found for found in self.mails if found <= uid and self.afterwards in {"delete", "move"})

    def fetch(self, uid: int) -> bytes | None:
        self._step(f"fetch {uid}")
        if uid in self.failing:
            raise MailboxTrouble(f"the server stumbles over mail {uid}")
        return self.mails.get(uid)

    def put_away(self, uid: int) -> None:
        self._step(f"put away {uid}")
        if self.afterwards == "seen":
            self.seen.add(uid)
        if self.afterwards == "move":
            self.moved.append(self.mails[uid])
        if self.afterwards in {"delete", "move"}:
            del self.mails[uid]

    def wait(self, seconds: float) -> bool:
        self._step("wait")
        return seconds == 0

    def close(self) -> None:
        self.is_open = False

    def _step(self, step: str, *, needs_connection: bool = True) -> None:
        if needs_connection and not self.is_open:
            raise MailboxTrouble("there is no connection")
        self.steps.append(step)
        self.when(step)
