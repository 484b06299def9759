"""The worker takes letters from the outbox and has them carried (D4).

    claim (transaction, lease) -> carry (no transaction) -> settle (transaction)

A crash in between leaves the row leased; when the lease has run out it goes again, with the same bytes and Message-ID.
Nothing is carried on a lease that is about to end: a worker that was stopped and resumed must not send what another has
taken since.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from liju_contact.domain.delivery import DeliveryState, Outcome, Settlement, settlement
from liju_contact.domain.errors import StoreBusy
from liju_contact.domain.file_kind import FileKind
from liju_contact.store.deliveries import (
    Claimed,
    claim_deliveries,
    extend_lease,
    is_delivery_due,
    postpone_delivery,
    release_all_of,
    release_deliveries,
    settle_delivery,
)
from liju_contact.store.files import StoredFile, chunks, files_of_message
from liju_contact.store.scans import is_waited_for
from liju_contact.store.sent_letters import find_sent
from liju_contact.usecases.deps import AttachedFile, Carrier, Deps
from liju_contact.usecases.report_failure import report_failure

BATCH = 20
_SETTLE_AGAIN_SECONDS = 0.5
_FAILED = frozenset({DeliveryState.REFUSED, DeliveryState.GIVEN_UP, DeliveryState.PARKED})
_SLOWEST_BYTES_PER_SECOND = 64 * 1024  # below that a mail server is not receiving, it is stalling
_MAIL_BYTES_PER_FILE_BYTE = 1.4  # base64 and line ends
_SCAN_LOOKED_AT_EVERY = timedelta(seconds=2)
_WITHHELD = (
    "{name}: {signature}\r\n\r\n"
    "A virus was found in this file, so it is not sent.\r\n"
    "此文件中发现病毒，因此未随邮件发送。\r\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivering:
    """What one round came to: how many were claimed, and how many of them went through."""

    claimed_count: int
    delivered_count: int


def deliver_letters(
    deps: Deps, carrier: Carrier, *, holder: str, is_stopping: Callable[[], bool] = lambda: False
) -> Delivering:
    """Claim one batch and carry it, letter by letter; ``holder`` names this worker process and nobody else.

    What is not begun when ``is_stopping`` says so, or when the lease is nearly over, is given back; so is what stands
    behind a letter that makes the carrying itself fail, which stays leased for a while and so cannot hold up the
    others.
    """
    with deps.db.read() as tx:
        if not is_delivery_due(tx, deps.now()):
            return Delivering(claimed_count=0, delivered_count=0)
    with deps.db.begin() as tx:
        batch = claim_deliveries(tx, holder=holder, limit=BATCH, lease=lease_of(deps), now=deps.now())
    waiting = deque(batch)
    delivered_count = 0
    try:
        while waiting and not is_stopping() and deps.now() + _letter_limit(deps) <= waiting[0].lease_until:
            delivered_count += _deliver(deps, carrier, waiting.popleft(), holder)
    finally:
        if waiting:
            _release(deps, list(waiting), holder)
    return Delivering(claimed_count=len(batch), delivered_count=delivered_count)


def take_back(deps: Deps, holder: str) -> int:
    """Free the letters ``holder`` had when it died, so that they need not wait for its leases; returns how many."""
    with deps.db.begin() as tx:
        return release_all_of(tx, holder, deps.now())


def lease_of(deps: Deps) -> timedelta:
    """Return how long a batch may take: time for a slow letter, and for the one before it."""
    return 2 * _letter_limit(deps) + timedelta(seconds=10)


def longest_letter(deps: Deps) -> timedelta:
    """Return how long the slowest letter may take; the worker does nothing else meanwhile."""
    return _limit_with_files(deps, deps.settings.mail.attach_limit_bytes)


def _limit_with_files(deps: Deps, file_bytes: int) -> timedelta:
    mail_bytes = _MAIL_BYTES_PER_FILE_BYTE * file_bytes
    return _letter_limit(deps) + timedelta(seconds=mail_bytes / _SLOWEST_BYTES_PER_SECOND)


def _letter_limit(deps: Deps) -> timedelta:
    return timedelta(seconds=deps.settings.mail.letter_limit_seconds)


def _deliver(deps: Deps, carrier: Carrier, claimed: Claimed, holder: str) -> bool:
    """Carry one letter and write down what it came to; True when it went through."""
    if _waits_for_scanner(deps, claimed, holder):
        return False
    files = _attached(deps, claimed)
    if files and not _keep_for_files(deps, claimed, files, holder):
        return False
    outcome = carrier.carry(claimed, files)
    now = deps.now()
    decided = settlement(
        outcome,
        attempt_count=claimed.attempt_count + 1,
        queued_at=claimed.queued_at,
        now=now,
        jitter=int.from_bytes(deps.random_bytes(2), "big") / 65536,
    )
    _settle(deps, claimed, holder, outcome, decided)
    return decided.state is DeliveryState.DELIVERED


def _settle(deps: Deps, claimed: Claimed, holder: str, outcome: Outcome, decided: Settlement) -> None:
    """Write down what an attempt came to, also when the database is away for a while.

    A letter that went out and is not settled goes out again, so this is tried until the lease is over.
    """
    name, now = type(outcome).__name__.lower(), deps.now()
    while True:
        try:
            with deps.db.begin() as tx:
                is_ours = settle_delivery(
                    tx, claimed, holder=holder, outcome=name, answer=outcome.answer, settlement=decided, now=now
                )
                sent = find_sent(tx, claimed.delivery_id) if is_ours and decided.state in _FAILED else None
                if sent:
                    report_failure(deps, tx, sent, f"{outcome.answer.code or ''} {outcome.answer.words}", now=now)
        except StoreBusy:
            if deps.now() >= claimed.lease_until:
                raise
            deps.pause(_SETTLE_AGAIN_SECONDS)
        else:
            return


def _keep_for_files(deps: Deps, claimed: Claimed, files: list[AttachedFile], holder: str) -> bool:
    """Lease a letter with files for as long as its size may take; False when somebody else has it by now."""
    until = deps.now() + _limit_with_files(deps, sum(len(file.content) for file in files)) + timedelta(seconds=10)
    with deps.db.begin() as tx:
        return extend_lease(tx, claimed.delivery_id, holder=holder, until=until)


def _waits_for_scanner(deps: Deps, claimed: Claimed, holder: str) -> bool:
    """Put off a letter whose files a scanner has still to look at, for as long as the settings say at most."""
    scanner, now = deps.settings.scanner, deps.now()
    if scanner is None or claimed.message_files_id is None:
        return False
    until = claimed.queued_at + timedelta(seconds=scanner.letter_wait_seconds)
    if now >= until:
        return False
    with deps.db.begin() as tx:
        if not is_waited_for(tx, claimed.message_files_id):
            return False
        postpone_delivery(tx, claimed.delivery_id, holder=holder, until=min(until, now + _SCAN_LOOKED_AT_EVERY))
    return True


def _attached(deps: Deps, claimed: Claimed) -> list[AttachedFile]:
    if claimed.message_files_id is None:
        return []
    with deps.db.read() as tx:
        return [_attachment(tx, file) for file in files_of_message(tx, claimed.message_files_id)]


def _attachment(tx: Connection, file: StoredFile) -> AttachedFile:
    """Return a file as it goes along; in place of an infected one a word about it."""
    if file.scan.is_infected:
        words = _WITHHELD.format(name=file.name, signature=file.scan.signature)
        return AttachedFile(name=f"{file.name}.txt", kind=FileKind.TXT, content=words.encode())
    return AttachedFile(name=file.name, kind=file.kind, content=b"".join(chunks(tx, file.blob_id)))


def _release(deps: Deps, batch: list[Claimed], holder: str) -> None:
    now = deps.now()
    with deps.db.begin() as tx:
        release_deliveries(tx, [claimed.delivery_id for claimed in batch], holder=holder, now=now)
