"""The process that reads mail (``python -m liju_contact.mail.reading``): mails in on stdin, answers out on stdout.

It holds nothing but the mail at hand: no database, no settings, no network. A mail that takes more than its share of
computing ends the process by a signal, and one that takes more memory than there is by an exit status of its own;
whoever started it starts another. ``mail.guarded_reader`` is the other end.
"""

from __future__ import annotations

import os
import resource
import signal
import sys

from liju_contact.mail.reading.mail import read_mail
from liju_contact.mail.reading.wire import LENGTH_BYTES, OUT_OF_MEMORY, write_mail

CPU_SECONDS = 1.8  # "every message within 2 s": the rest is for getting it here and back
MEMORY_BYTES = 300 * 1024 * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started this; stdin ends then.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Nobody is left to answer.
    try:
        _answer_all()
    except MemoryError:
        # At once: leaving in good order takes memory as well.
        os._exit(OUT_OF_MEMORY)


def _answer_all() -> None:
    mails, answers = sys.stdin.buffer, sys.stdout.buffer
    while head := mails.read(LENGTH_BYTES):
        raw = mails.read(int.from_bytes(head, "big"))
        # The default action of SIGPROF ends the process, also in the middle of a regular expression.
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        mail = read_mail(raw)
        signal.setitimer(signal.ITIMER_PROF, 0)
        write_mail(answers, mail)


main()
