"""Makes pictures in a process of its own, so that no file can take the worker's time or memory (``PictureMaker``)."""

from __future__ import annotations

import logging
import sys

from liju_contact.domain.picture import NoPicture, Picture
from liju_contact.guarded.process import GuardedProcess, Limit, NoAnswer
from liju_contact.pictures.wire import read_answer_from

COMMAND = (sys.executable, "-m", "liju_contact.pictures")
WALL_SECONDS = 15.0
_TOO_MUCH = {
    Limit.TIME: "A picture of it takes longer to make than one may.",
    Limit.MEMORY: "A picture of it takes more memory than one may.",
}
_log = logging.getLogger(__name__)


class GuardedPictureMaker(GuardedProcess):
    """``command`` starts the process, which has ``wall_seconds`` for a file; tests give others."""

    def __init__(self, command: tuple[str, ...] = COMMAND, *, wall_seconds: float = WALL_SECONDS) -> None:
        super().__init__(command, wall_seconds=wall_seconds)

    def make(self, content: bytes) -> Picture | NoPicture:
        try:
            return self.ask(content, read_answer_from)
        except NoAnswer as silence:
            if silence.limit:
                return NoPicture(words=_TOO_MUCH[silence.limit], is_final=True)
            if silence.is_crash:
                return NoPicture(words="It breaks the program that would make a picture of it.", is_final=True)
            _log.warning("The making of a picture ended unexpectedly: %s", silence)
            return NoPicture(words="The process that makes pictures ended unexpectedly.", is_final=False)
