"""The process that reads mail (``python -m liju_contact.mail.reading``): mails in on stdin, answers out on stdout.

It holds nothing but the mail at hand: no database, no settings, no network. A mail that takes more than its share of
computing ends the process by a signal, and one that takes more memory than there is gets a fault for an answer;
whoever started it starts another. ``mail.guarded_reader`` is the other end.
"""

from __future__ import annotations

import resource
import signal
import sys

from liju_contact.mail.reading.mail import read_mail
from liju_contact.mail.reading.wire import LENGTH_BYTES, write_fault, write_mail

CPU_SECONDS = 1.8  # "every message within 2 s": the rest is for getting it here and back
MEMORY_BYTES = 300 * 1024 * 1024
_TOO_MUCH_MEMORY = "Reading it takes more memory than a mail may."


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    mails, answers = sys.stdin.buffer, sys.stdout.buffer
    while head := mails.read(LENGTH_BYTES):
        try:
            raw = mails.read(int.from_bytes(head, "big"))
            # The default action of SIGPROF ends the process, also in the middle of a regular expression.
            signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
            mail = read_mail(raw)
            signal.setitimer(signal.ITIMER_PROF, 0)
            write_mail(answers, mail)
        except MemoryError:
            write_fault(answers, _TOO_MUCH_MEMORY)


main()
