"""One parent that keeps its children running, and none of them alive without it.

Protocol: the parent has imported the whole program and opened nothing, then forks, so that children share its memory.
A child that ends is started again (at once, then after 1, 2, 4 ... 30 s while it keeps failing). SIGTERM or SIGINT to
the parent is passed on; children finish what they have begun, and what is not done after ``DRAIN_SECONDS`` is killed.
A child that others speak to hears of it only when those have ended: they may be in the middle of a sentence.
If the parent itself is killed, even by ``kill -9``, the kernel kills the children (``PR_SET_PDEATHSIG``, Linux).
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

DRAIN_SECONDS = 40
_LONGEST_PAUSE_SECONDS = 30
_STEADY_SECONDS = 10  # a child that ran this long had started well
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15  # from linux/prctl.h

_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Child:
    """Something to keep running: ``run`` is called in the child process and normally never returns.

    ``serves_others`` says that other children speak to it.
    """

    role: str
    run: Callable[[], None]
    serves_others: bool = False
    pid: int = 0
    started_at: float = 0.0
    failures_count: int = 0
    start_after: float = 0.0


def supervise(
    children: Iterable[Child], *, when_started: Callable[[], None], drain_seconds: float = DRAIN_SECONDS
) -> int:
    """Run ``children`` until a signal says stop; returns the exit status: 1 when one had to be killed."""
    children = list(children)
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, the pages that children share with the parent
    for child in children:
        start(child)
    when_started()
    while True:
        received = signal.sigtimedwait(_SIGNALS, _seconds_until_next_start(children))
        if received and received.si_signo in {signal.SIGTERM, signal.SIGINT}:
            return _stop(children, drain_seconds)
        _reap(children)
        for child in children:
            if not child.pid and child.start_after <= time.monotonic():
                start(child)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent is gone; a parent that is gone already is noticed too."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _take_name(role: str) -> None:
    """Have ``ps`` and ``top`` show the role; the kernel keeps 15 characters."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, role.encode(), 0, 0, 0)


def start(child: Child) -> None:
    """Fork ``child``, which then has its ``pid`` here."""
    parent = os.getpid()
    child.started_at = time.monotonic()
    sys.stdout.flush()
    sys.stderr.flush()
    child.pid = os.fork()
    if child.pid == 0:
        _become(child, parent)


def _become(child: Child, parent: int) -> NoReturn:
    """Live as ``child`` and never come back into the parent's code."""
    status = 1
    try:
        die_with_parent(parent)
        _take_name(child.role)
        for signal_number in _SIGNALS:
            signal.signal(signal_number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        child.run()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:  # noqa: BLE001  # a child that was forked must never run on in its parent's code
        _log.exception("The %s process failed.", child.role)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _reap(children: list[Child]) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        for child in children:
            if child.pid == pid:
                _note_end(child, status)


def _note_end(child: Child, status: int) -> None:
    child.pid = 0
    ran_seconds = time.monotonic() - child.started_at
    child.failures_count = 0 if ran_seconds > _STEADY_SECONDS else child.failures_count + 1
    pause = min(2 ** (child.failures_count - 2), _LONGEST_PAUSE_SECONDS) if child.failures_count > 1 else 0
    child.start_after = time.monotonic() + pause
    _log.warning("The %s process ended (status %d); starting it again in %g s.", child.role, status, pause)


def _seconds_until_next_start(children: list[Child]) -> float:
    waiting = [child.start_after - time.monotonic() for child in children if not child.pid]
    return max(0.0, min(waiting, default=3600.0))


def _stop(children: list[Child], drain_seconds: float) -> int:
    give_up_at = time.monotonic() + drain_seconds
    first = [child for child in children if not child.serves_others]
    return 0 if _end(first, give_up_at) and _end(children, give_up_at) else _kill(children)


def _end(children: list[Child], give_up_at: float) -> bool:
    """Ask them to end, and tell whether all did in time."""
    for child in children:
        if child.pid:
            os.kill(child.pid, signal.SIGTERM)
    while any(child.pid for child in children):
        left = give_up_at - time.monotonic()
        if left <= 0:
            return False
        signal.sigtimedwait(_SIGNALS, min(left, 1.0))
        _forget_ended(children)
    return True


def _forget_ended(children: list[Child]) -> None:
    for child in children:
        if child.pid and os.waitpid(child.pid, os.WNOHANG)[0]:
            child.pid = 0


def _kill(children: list[Child]) -> int:
    for child in children:
        if child.pid:
            _log.error("The %s process did not stop in time and is killed.", child.role)
            os.kill(child.pid, signal.SIGKILL)
    return 1
