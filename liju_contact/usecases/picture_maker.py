"""The port through which small pictures of files are made: within limits of time and memory."""

from __future__ import annotations

from typing import Protocol

from liju_contact.domain.picture import NoPicture, Picture


class PictureMaker(Protocol):
    """Makes a picture of a file within limits of time and memory; never raises for what a file contains."""

    def make(self, content: bytes) -> Picture | NoPicture: ...

    def close(self) -> None: ...
