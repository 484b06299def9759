"""The process that makes pictures (``python -m liju_contact.pictures``): files in on stdin, pictures out on stdout.

It holds nothing but the file at hand: no database, no settings, no network. ``pictures.maker`` is the other end.
"""

from __future__ import annotations

from typing import BinaryIO

from liju_contact.guarded.limits import answer_all
from liju_contact.pictures.drawing import draw
from liju_contact.pictures.wire import write_answer

CPU_SECONDS = 4.0
MEMORY_BYTES = 512 * 1024 * 1024


def _answer(content: bytes, answers: BinaryIO) -> None:
    write_answer(answers, draw(content))


answer_all(_answer, cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES)
