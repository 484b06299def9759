"""What an export is written with: a file format in somebody's language. Room ``sheets`` has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from liju_contact.domain.export import ExportFormat
from liju_contact.store.exported import ExportedPage


class Sheet(Protocol):
    """Takes inquiries and gives bytes to the sink it was made with; nothing of an inquiry is kept.

    Whoever makes one calls ``close`` at the end, or ``abandon`` when nobody wants it any more.
    """

    has_messages: bool

    def add(self, page: ExportedPage) -> None: ...

    def close(self) -> None: ...

    def abandon(self) -> None: ...


class Sink(Protocol):
    def write(self, content: bytes, /) -> object: ...


NewSheet = Callable[[ExportFormat, str, Sink], Sheet]
"""Format, language, and where the bytes go."""
