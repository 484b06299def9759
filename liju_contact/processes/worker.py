"""The worker: sends letters, judges mail, makes texts searchable and small pictures, sweeps, and gives a sign of life.

One step after another. It has no state of its own worth keeping: it may be killed at any moment and a new one goes on
from the database.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from liju_contact.domain.errors import StoreBusy
from liju_contact.processes.export_writer import ExportWriter
from liju_contact.processes.file_scanner import FileScanner
from liju_contact.processes.mail_fetcher import MailFetcher
from liju_contact.processes.second_writer import SecondWriter
from liju_contact.processes.side_thread import SideThread
from liju_contact.usecases.clean_up import CleanUp
from liju_contact.usecases.count_views import ViewCounter
from liju_contact.usecases.deliver_letters import deliver_letters, longest_letter, take_back
from liju_contact.usecases.deps import Carrier, Deps
from liju_contact.usecases.erase_address import erase_again
from liju_contact.usecases.export_pages import FindBeside, nobody_beside
from liju_contact.usecases.fetch_mail import alarm_of_mailboxes
from liju_contact.usecases.find_inquiry import answer_link_request
from liju_contact.usecases.honest_promise import count_answer_times
from liju_contact.usecases.index_search import index_search
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.keep_to_retention import keep_to_retention, remember_notice
from liju_contact.usecases.mail_reader import MailReader
from liju_contact.usecases.make_thumbnails import make_thumbnail
from liju_contact.usecases.measure_insight import measure_insight
from liju_contact.usecases.picture_maker import PictureMaker
from liju_contact.usecases.privacy_requests import see_to_requests
from liju_contact.usecases.remind import remind
from liju_contact.usecases.report_health import BEAT_EVERY, beat_worker
from liju_contact.usecases.reset_password import answer_reset_request
from liju_contact.usecases.sweep import sweep

IDLE_SECONDS = 0.5
_TROUBLED_SECONDS = 2.0
_SWEEP_EVERY = timedelta(hours=1)
_WATCH_EVERY = timedelta(minutes=1)
_REMIND_EVERY = timedelta(minutes=1)
_MEASURE_EVERY = timedelta(seconds=15)
_CLEAN_EVERY = timedelta(seconds=2)
# Below the web processes: a customer who waits goes before a letter that a queue keeps. Not far below: beside programs
# that compute all the time, a worker that hardly runs holds SQLite's one writer's place for as long.
_NICENESS = 5
_NEVER = datetime.min.replace(tzinfo=UTC)

_log = logging.getLogger(__name__)


class Stopping:
    """A flag a signal sets, and a wait that ends with it.

    Not a ``threading.Event``: a handler that runs inside the lock of ``Event.wait`` would wait for itself.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._woken, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True
        os.write(self._waker, b"x")

    def wait(self, seconds: float) -> None:
        select.select([self._woken], [], [], seconds)


@dataclass(slots=True)
class Worker:
    """``holder`` names this process in the leases it takes, and no other process that is alive."""

    deps: Deps
    carrier: Carrier
    reader: MailReader
    pictures: PictureMaker
    holder: str
    stopping: Stopping
    find_beside: FindBeside = nobody_beside
    beat_at: datetime = _NEVER
    step_began_at: datetime = _NEVER
    swept_at: datetime = _NEVER
    retained_at: datetime = _NEVER
    cleaned_at: datetime = _NEVER
    watched_at: datetime = _NEVER
    reminded_at: datetime = _NEVER
    measured_at: datetime = _NEVER
    has_taken_back: bool = False
    view_counter: ViewCounter = field(init=False)
    cleaning: CleanUp = field(init=False)

    def __post_init__(self) -> None:
        self.view_counter = ViewCounter(self.deps)
        self.cleaning = CleanUp(self.deps)

    def step(self) -> bool:
        """Do what is due; True when there may be more at once. Letters go first: nothing that fails holds them up."""
        now = self.step_began_at = self.deps.now()
        if _is_time(now, self.beat_at, BEAT_EVERY):
            beat_worker(self.deps, now=now)
            self.beat_at = now
        if not self.has_taken_back:
            take_back(self.deps, self.holder)
            self.has_taken_back = True
        has_more = False
        for chore in self._chores(now):
            if self.stopping.is_set():
                break
            has_more |= chore()
        return has_more

    def _chores(self, now: datetime) -> tuple[Callable[[], bool], ...]:
        """Return what a step does, in its order; each says whether there may be more of it at once."""
        deps, is_stopping = self.deps, self.stopping.is_set
        return (
            lambda: bool(
                deliver_letters(deps, self.carrier, holder=self.holder, is_stopping=is_stopping).claimed_count
            ),
            lambda: bool(judge_waiting(deps, self.reader, is_stopping=is_stopping)),
            lambda: answer_link_request(deps, now=deps.now()),
            lambda: answer_reset_request(deps, now=deps.now()),
            lambda: bool(index_search(deps)),
            lambda: self.view_counter.step() and False,
            lambda: self._now_and_then(now),
            lambda: self._see_to_privacy(now),
            # One at a time: a letter waits for no more than a single picture.
            lambda: make_thumbnail(deps, self.pictures, now=deps.now()),
        )

    def _now_and_then(self, now: datetime) -> bool:
        """Do what is not done at every step."""
        if _is_time(now, self.watched_at, _WATCH_EVERY):
            alarm_of_mailboxes(self.deps, now=now)
            self.watched_at = now
        if _is_time(now, self.reminded_at, _REMIND_EVERY):
            remind(self.deps, now=now)
            self.reminded_at = now
        if _is_time(now, self.measured_at, _MEASURE_EVERY) and not measure_insight(self.deps, now=now):
            self.measured_at = now
        if _is_time(now, self.retained_at, _SWEEP_EVERY) and not keep_to_retention(self.deps, now=now):
            self.retained_at = now
        if _is_time(now, self.swept_at, _SWEEP_EVERY) and not self.stopping.is_set():
            self.cleaning.addresses.update(erase_again(self.deps, now=now))
            remember_notice(self.deps, now=now)
            sweep(self.deps, now=now)
            count_answer_times(self.deps, now=now)
            self.swept_at = now
        return False

    def _see_to_privacy(self, now: datetime) -> bool:
        """Do what two people agreed on, then see to the bytes; what has to wait for others waits for the next look."""
        if not _is_time(now, self.cleaned_at, _CLEAN_EVERY):
            return False
        if not see_to_requests(self.deps, self.cleaning, now=now) and not self.cleaning.step():
            self.cleaned_at = now
        return False

    def run(self) -> None:
        """Step until told to stop. What goes wrong is logged and tried again; nothing ends the worker but a signal."""
        threading.Thread(target=self._beat_meanwhile, daemon=True).start()
        beside = list(self._side_threads())
        for thread in beside:
            thread.start()
        while not self.stopping.is_set():
            pause = self._guarded_step()
            if pause:
                self.stopping.wait(pause)
        for thread in beside:
            thread.join()
        self.carrier.close()
        self.reader.close()
        self.pictures.close()

    def _side_threads(self) -> Iterator[SideThread]:
        imap = self.deps.settings.inbound.imap
        if imap is not None and (mailbox := self.deps.new_mailbox()) is not None:
            yield MailFetcher(self.deps, self.stopping, mailbox, imap.poll_seconds)
        yield ExportWriter(self.deps, self.stopping, self.holder, self.find_beside)
        if (scanner := self.deps.new_scanner()) is not None:
            yield FileScanner(self.deps, self.stopping, scanner)

    def _beat_meanwhile(self) -> None:
        """Give signs of life while a slow letter holds up the steps, but not for longer than a letter may take."""
        while not self.stopping.is_set():
            time.sleep(BEAT_EVERY.total_seconds())
            now = self.deps.now()
            if now - self.step_began_at < longest_letter(self.deps):
                # A database that is away makes the silence that health reports.
                with contextlib.suppress(StoreBusy):
                    beat_worker(self.deps, now=now)

    def _guarded_step(self) -> float:
        """Return how long to wait before the next step, in seconds."""
        try:
            return 0 if self.step() else IDLE_SECONDS
        except StoreBusy as error:
            _log.warning("The worker waits for the database: %s", error)
            return _TROUBLED_SECONDS
        except Exception:  # noqa: BLE001  # the outermost step: whatever went wrong, the next letter goes on
            _log.exception("A step of the worker failed; it goes on.")
            return _TROUBLED_SECONDS


def _is_time(now: datetime, done_at: datetime, every: timedelta) -> bool:
    """Tell whether something is to be done again; nothing rests until a clock that was put back catches up."""
    return abs(now - done_at) >= every


def new_holder(deps: Deps) -> str:
    """Return a name that no worker has or had: made by whoever starts workers, one after another, never two at once."""
    return f"{socket.gethostname()[:12]}:{os.getpid()}:{deps.random_bytes(6).hex()}"


def run_worker(deps: Deps, *, holder: str) -> None:
    """Work until SIGTERM or SIGINT, then finish the letter at hand.

    What an earlier worker of the same ``holder`` left behind when it died is taken back first.
    """
    os.nice(_NICENESS)
    second_writer = SecondWriter(deps)
    second_writer.stand_by()
    stopping = Stopping()
    worker = Worker(
        deps,
        deps.new_carrier(),
        deps.new_mail_reader(),
        deps.new_picture_maker(),
        holder=holder,
        stopping=stopping,
        find_beside=second_writer.beside,
    )
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda _number, _frame: stopping.set())
    worker.run()
    second_writer.close()
