"""The port through which mail is read: within limits of time and memory, by whoever knows the formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from liju_contact.domain.inbound_mail import InboundMail


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """``words`` say why. ``is_final``: reading it again would end the same."""

    words: str
    is_final: bool


class MailReader(Protocol):
    """Reads a mail within limits of time and memory; never raises for what a mail contains."""

    def read(self, raw: bytes) -> InboundMail | Unreadable: ...

    def close(self) -> None: ...
