"""A file that is its pages, one behind the other."""

from __future__ import annotations

from liju_contact.usecases.sheet import Sink, WrittenPage


class PlainSheet:
    def __init__(self, sink: Sink, beginning: bytes = b"") -> None:
        self._sink = sink
        if beginning:
            sink.write(beginning)

    def add(self, page: WrittenPage) -> None:
        self._sink.write(page.content)

    def close(self) -> None:
        """Nothing is held back."""

    def abandon(self) -> None:
        """Nothing is held back."""
