"""Tells when the server is done with a file that it was given to send.

Granian says nothing of it (2.8.7: what it calls the client's disconnection never comes), but while it sends a file it
has it open. One look at the descriptors of this process serves all files that are being sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_OPENING_SECONDS = 10.0  # far longer than it takes to open a file that is there
_SOON_SECONDS, _LATER_SECONDS = 0.05, 0.25
_FileId = tuple[int, int]


@dataclass(slots=True, eq=False)
class _Sending:
    done: asyncio.Future[None]
    give_up_at: float
    was_open: bool = False


class SentFiles:
    """Belongs to one event loop. A file is looked for as long as somebody waits for it."""

    def __init__(self) -> None:
        self._sending: dict[_FileId, _Sending] = {}
        self._looking: asyncio.Task[None] | None = None

    async def until_sent(self, descriptor: int) -> None:
        """Wait until the file of ``descriptor`` has been opened a second time and closed again.

        One that is sent in no time may be over before anybody looks; so none is waited for that is not opened for as
        long as opening may take.
        """
        loop, file = asyncio.get_running_loop(), _id_of(descriptor)
        self._sending[file] = sending = _Sending(loop.create_future(), loop.time() + _OPENING_SECONDS)
        if self._looking is None or self._looking.done():
            self._looking = loop.create_task(self._look_on())
        try:
            await sending.done
        finally:
            del self._sending[file]

    async def _look_on(self) -> None:
        loop = asyncio.get_running_loop()
        while self._sending:
            self._look(loop.time())
            is_one_new = any(not sending.was_open for sending in self._sending.values())
            await asyncio.sleep(_SOON_SECONDS if is_one_new else _LATER_SECONDS)

    def _look(self, now: float) -> None:
        open_files = Counter(_open_files())
        for file, sending in self._sending.items():
            is_open = open_files[file] > 1
            is_over = not is_open and (sending.was_open or now > sending.give_up_at)
            sending.was_open |= is_open
            if is_over and not sending.done.done():
                sending.done.set_result(None)


def _open_files() -> list[_FileId]:
    """Return the file behind each descriptor of this process."""
    found = []
    for path in Path("/dev/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            found.append(_id_of(int(path.name)))
    return found


def _id_of(descriptor: int) -> _FileId:
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino
