"""The worker judges mail that waits: claim (transaction), read (no transaction), apply (transaction).

Reading is the dangerous part and happens elsewhere within limits (``MailReader``). Applying is one transaction with
everything the mail leads to, so that a crash leaves either all of it or a mail that still waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.inbound import RETRY_AFTER, TRIES, InboundState
from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.verdict import Judgement, judge, overrule
from liju_contact.store.inbound import (
    Conclusion,
    TakenInbound,
    claim_inbound,
    conclude_inbound,
    is_waiting,
    note_failure,
    release_inbound,
)
from liju_contact.store.inbound_files import InboundFile, count_picture, put_inbound_files
from liju_contact.usecases.apply_mail import Incoming
from liju_contact.usecases.conclude_mail import conclude_mail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.mail_reader import MailReader, Unreadable
from liju_contact.usecases.raise_alarm import raise_alarm_once
from liju_contact.usecases.read_mail import read_stored, stage_mail_files
from liju_contact.usecases.weigh_mail import Weighed, weigh_mail

BATCH = 20
SEEN_AGAIN = 3  # a picture that came so often from one domain is part of a signature
_WORDS_LENGTH = 500


def judge_waiting(deps: Deps, reader: MailReader, *, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Judge one batch of the mails that are due; returns how many were claimed.

    What is not begun when ``is_stopping`` says so is given back; so is what stands behind a mail that makes applying
    itself fail, which is due again after a while and parked at its third failure.
    """
    with deps.db.begin() as tx:
        waiting = deque(claim_inbound(tx, limit=BATCH, retry_after=RETRY_AFTER, now=deps.now()))
    count = len(waiting)
    try:
        while waiting and not is_stopping():
            judge_mail(deps, reader, waiting.popleft())
    finally:
        if waiting:
            with deps.db.begin() as tx:
                release_inbound(tx, [taken.id for taken in waiting], deps.now())
    return count


def judge_mail(deps: Deps, reader: MailReader, taken: TakenInbound) -> None:
    """Read, judge and apply one mail; one that was claimed more often than it may be tried is parked."""
    if taken.attempt_count > TRIES:
        _park(deps, taken, f"It could not be processed in {TRIES} attempts; the program's log says why.")
        return
    mail = read_stored(deps, reader, taken)
    now = deps.now()
    if isinstance(mail, Unreadable):
        _not_read(deps, taken, mail)
        return
    files = stage_mail_files(deps, mail, now=now)
    with deps.db.begin() as tx:
        if is_waiting(tx, taken.id):
            _apply(deps, tx, taken, mail, files, now=now)


def _apply(
    deps: Deps,
    tx: Connection,
    taken: TakenInbound,
    mail: InboundMail,
    files: list[tuple[InboundFile, bool]],
    *,
    now: datetime,
) -> None:
    kept = [_folded_if_repeated(tx, mail, file) if is_picture else file for file, is_picture in files]
    put_inbound_files(tx, taken.id, kept)
    weighed = weigh_mail(deps, tx, mail, taken.envelope, now=now, is_replay=taken.decision is not None)
    incoming = Incoming(
        inbound_id=taken.id,
        sha256=taken.sha256,
        envelope=taken.envelope,
        mail=mail,
        files=tuple(file.file for file in kept if not file.is_folded),
    )
    judgement = judgement_of(taken, weighed)
    entry = conclude_mail(deps, tx, incoming, judgement, weighed, now=now)
    conclude_inbound(tx, taken.id, _with_faults(entry, mail), now)


def judgement_of(taken: TakenInbound, weighed: Weighed) -> Judgement:
    if taken.decision is None:
        return judge(weighed.evidence)
    return overrule(weighed.evidence, taken.decision, reference=taken.reference, holder=taken.holder)


def _folded_if_repeated(tx: Connection, mail: InboundMail, file: InboundFile) -> InboundFile:
    domain = mail.sender.address.rpartition("@")[2].casefold() if mail.sender else ""
    return replace(file, is_folded=count_picture(tx, domain, file.file.sha256) >= SEEN_AGAIN)


def _with_faults(entry: Conclusion, mail: InboundMail) -> Conclusion:
    """Say in the entry what of the mail could not be read: no part is missing without a word."""
    words = " ".join(filter(None, [entry.words, *mail.faults]))
    return replace(entry, words=words[:_WORDS_LENGTH])


def _not_read(deps: Deps, taken: TakenInbound, unreadable: Unreadable) -> None:
    if unreadable.is_final or taken.attempt_count >= TRIES:
        _park(deps, taken, unreadable.words)
        return
    with deps.db.begin() as tx:
        note_failure(tx, taken.id, unreadable.words)


def _park(deps: Deps, taken: TakenInbound, words: str) -> None:
    now = deps.now()
    parked = Conclusion(state=InboundState.PARKED, verdict=None, rule="", words=words[:_WORDS_LENGTH])
    with deps.db.begin() as tx:
        if is_waiting(tx, taken.id):
            conclude_inbound(tx, taken.id, parked, now)
            sentence = f"Mail {taken.id} could not be processed and is parked: liju-contact mail list."
            raise_alarm_once(deps, tx, f"parked {now:%Y-%m-%d %H}", [sentence], now=now)
