"""Files are shown to a virus scanner after they are stored: find (transaction), ask (no transaction), settle.

A scanner that is away leaves everything as it is, to be tried again. A file that it does not answer about while it
answers otherwise is tried ``TRIES`` times and then marked as not to be scanned.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from enum import Enum

from liju_contact.domain.file_scan import Clean, FileScan, Infected, ScanState, Unscanned
from liju_contact.store.scans import (
    WantedScan,
    count_waiting_scans,
    find_wanted_scan,
    note_scan_attempt,
    settle_scan,
)
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.fetch_file import chunks_of
from liju_contact.usecases.raise_alarm import raise_alarm_once
from liju_contact.usecases.virus_scanner import VirusScanner

TRIES = 3
AWAY_BEFORE_ALARM = timedelta(minutes=10)
_log = logging.getLogger(__name__)


class ScanStep(Enum):
    """What a step came to: a file was seen to, none waits, or the scanner cannot be asked."""

    DONE = "done"
    IDLE = "idle"
    AWAY = "away"


def scan_next_file(deps: Deps, scanner: VirusScanner) -> ScanStep:
    """Have one file looked at. Raises ``StoreBusy``."""
    with deps.db.read() as tx:
        wanted = find_wanted_scan(tx)
    if wanted is None:
        return ScanStep.IDLE
    scan = _seen(deps, scanner, wanted)
    if scan is None and (fault := scanner.fault()):
        _log.warning("The virus scanner cannot be asked: %s", fault)
        return ScanStep.AWAY
    with deps.db.begin() as tx:
        note_scan_attempt(tx, wanted.blob_id)
        if scan or wanted.attempt_count + 1 >= TRIES:
            settle_scan(tx, wanted.blob_id, scan or FileScan(state=ScanState.UNSCANNABLE), deps.now())
    return ScanStep.DONE


def alarm_of_scanner(deps: Deps, away_since: datetime, *, now: datetime) -> None:
    """Raise an alarm, once a day, about a scanner that has been away for long."""
    if now - away_since < AWAY_BEFORE_ALARM:
        return
    with deps.db.begin() as tx:
        count = count_waiting_scans(tx)
        sentence = f"The virus scanner cannot be asked since {away_since:%Y-%m-%d %H:%M} UTC; {count} files wait."
        raise_alarm_once(deps, tx, "scanner", [sentence], now=now)


def _seen(deps: Deps, scanner: VirusScanner, wanted: WantedScan) -> FileScan | None:
    """Return what is now known of a file; None where that is nothing."""
    settings = deps.settings.scanner
    if settings and wanted.bytes_count > settings.size_limit_bytes:
        return FileScan(state=ScanState.UNSCANNABLE)
    match scanner.scan(chunks_of(deps, wanted.blob_id)):
        case Clean():
            return FileScan(state=ScanState.CLEAN)
        case Infected(signature=signature):
            _log.warning("A virus was found in the file %s: %s", wanted.blob_id, signature)
            return FileScan(state=ScanState.INFECTED, signature=signature)
        case Unscanned(words=words):
            _log.warning("The virus scanner says nothing about the file %s: %s", wanted.blob_id, words)
            return None
