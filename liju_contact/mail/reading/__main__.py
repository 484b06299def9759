"""The process that reads mail (``python -m liju_contact.mail.reading``): mails in on stdin, answers out on stdout.

It holds nothing but the mail at hand: no database, no settings, no network. ``mail.guarded_reader`` is the other end.
"""

from __future__ import annotations

from typing import BinaryIO

from liju_contact.guarded.limits import answer_all
from liju_contact.mail.reading.mail import read_mail
from liju_contact.mail.reading.wire import write_mail

CPU_SECONDS = 1.8  # "every message within 2 s": the rest is for getting it here and back
MEMORY_BYTES = 300 * 1024 * 1024


def _answer(raw: bytes, answers: BinaryIO) -> None:
    write_mail(answers, read_mail(raw))


answer_all(_answer, cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES)
