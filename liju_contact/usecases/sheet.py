"""What an export is written with: a file format in somebody's language. Room ``sheets`` has them.

A page is written by itself, so that two processes can write pages of one file side by side; a sheet puts them together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from liju_contact.domain.export import ExportFormat
from liju_contact.store.exported import ExportedPage


class WrittenPage(NamedTuple):
    """``content`` is what the ``Sheet`` of the same format understands."""

    row_count: int
    content: bytes


class PageWriter(Protocol):
    """``has_messages`` says whether its pages need the conversations; nothing of an inquiry is kept."""

    has_messages: bool

    def write(self, page: ExportedPage) -> bytes: ...


class Sheet(Protocol):
    """Takes written pages in their order and gives bytes to the sink it was made with.

    Whoever makes one calls ``close`` at the end, or ``abandon`` when nobody wants it any more.
    """

    def add(self, page: WrittenPage) -> None: ...

    def close(self) -> None: ...

    def abandon(self) -> None: ...


class Sink(Protocol):
    def write(self, content: bytes, /) -> object: ...


NewPageWriter = Callable[[ExportFormat, str], PageWriter]
"""Format and language."""

NewSheet = Callable[[ExportFormat, str, Sink], Sheet]
"""Format, language, and where the bytes go."""
