"""Reads mail in a process of its own, so that no mail can take the worker's time or memory (``MailReader``).

The process is started at the first mail and lives until it is closed or a mail ends it. What it says is a description,
never code (``reading.wire``).
"""

from __future__ import annotations

import logging
import sys

from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.guarded.process import WALL_SECONDS, GuardedProcess, Limit, NoAnswer
from liju_contact.mail.reading.wire import read_mail_from
from liju_contact.usecases.mail_reader import Unreadable

COMMAND = (sys.executable, "-m", "liju_contact.mail.reading")
_TOO_MUCH = {
    Limit.TIME: "Reading it takes longer than a mail may.",
    Limit.MEMORY: "Reading it takes more memory than a mail may.",
}
_log = logging.getLogger(__name__)


class GuardedReader(GuardedProcess):
    """``command`` starts the reading process, which has ``wall_seconds`` for a mail; tests give others."""

    def __init__(self, command: tuple[str, ...] = COMMAND, *, wall_seconds: float = WALL_SECONDS) -> None:
        super().__init__(command, wall_seconds=wall_seconds)

    def read(self, raw: bytes) -> InboundMail | Unreadable:
        try:
            return self.ask(raw, read_mail_from)
        except NoAnswer as silence:
            if silence.limit:
                return Unreadable(words=_TOO_MUCH[silence.limit], is_final=True)
            _log.warning("The reading of a mail ended unexpectedly: %s", silence)
            return Unreadable(words="The process that reads mail ended unexpectedly.", is_final=False)
