"""The inside of a guarded process: questions in on stdin, answers out on stdout, and nothing else.

A question is its length in ``LENGTH_BYTES`` bytes, big-endian, and so many bytes. One that takes more than its share of
computing ends the process by a signal, and one that takes more memory than there is by an exit status of its own;
whoever started it starts another.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO

from liju_contact.log_lines import install_hooks

LENGTH_BYTES = 8

OUT_OF_MEMORY = 3
"""The exit status of a guarded process that has no memory left to say anything."""


def answer_all(answer: Callable[[bytes, BinaryIO], None], *, cpu_seconds: float, memory_bytes: int) -> None:
    """Answer until stdin ends; ``answer`` gets a question and where to write, and has ``cpu_seconds`` for it."""
    install_hooks()  # what breaks here may quote what somebody wrote
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started this; stdin ends then.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Nobody is left to answer.
    questions = sys.stdin.buffer
    # With PYTHONUNBUFFERED, which containers set, the stream that is there writes less than it is given to whenever the
    # process is stopped and goes on meanwhile, and does not mind.
    answers = open(sys.stdout.fileno(), "wb", closefd=False)  # noqa: SIM115  # as long as the process lives
    try:
        while head := questions.read(LENGTH_BYTES):
            question = questions.read(int.from_bytes(head, "big"))
            _limit_computing(cpu_seconds)
            answer(question, answers)
            signal.setitimer(signal.ITIMER_PROF, 0)
    except MemoryError:
        # At once: leaving in good order takes memory as well.
        os._exit(OUT_OF_MEMORY)


def _limit_computing(seconds: float) -> None:
    """Give this process so much computing from now on.

    The default action of SIGPROF ends it, also in the middle of a regular expression. RLIMIT_CPU, which counts whole
    seconds since the process began, stands behind it.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft, (_, hard) = int(used.ru_utime + used.ru_stime + seconds) + 2, resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
