"""The process that makes HTML harmless (``python -m liju_contact.mail.showing``): mails in on stdin, HTML out.

It holds nothing but the mail at hand: no database, no settings, no network.

    1 byte   1 where there is HTML, else 0
    8 bytes  length of the HTML in UTF-8, big-endian
"""

from __future__ import annotations

from typing import BinaryIO

from liju_contact.guarded.limits import LENGTH_BYTES, answer_all
from liju_contact.mail.reading.shown import shown_html

CPU_SECONDS = 1.8
MEMORY_BYTES = 400 * 1024 * 1024


def _answer(raw: bytes, answers: BinaryIO) -> None:
    html = shown_html(raw)
    octets = (html or "").encode("utf-8", "replace")
    answers.write(bytes([html is not None]) + len(octets).to_bytes(LENGTH_BYTES, "big") + octets)
    answers.flush()


answer_all(_answer, cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES)
