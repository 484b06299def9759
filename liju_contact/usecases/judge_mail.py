"""The worker judges mail that waits: claim (transaction), read (no transaction), apply (transaction).

Reading is the dangerous part and happens elsewhere within limits (``MailReader``). Applying is one transaction with
everything the mail leads to, so that a crash leaves either all of it or a mail that still waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import StoreBusy
from liju_contact.domain.inbound import RETRY_AFTER, TRIES, InboundState
from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.reply_key import without_keys
from liju_contact.domain.status_links import without_status_keys
from liju_contact.domain.text import clean_text
from liju_contact.domain.verdict import Judgement, judge, overrule
from liju_contact.store.inbound import (
    Conclusion,
    TakenInbound,
    claim_inbound,
    conclude_inbound,
    is_inbound_due,
    is_waiting,
    make_due,
    note_failure,
    release_inbound,
)
from liju_contact.store.inbound_files import InboundFile, count_picture, inbound_files_of, put_inbound_files
from liju_contact.store.inbound_texts import put_inbound_text
from liju_contact.usecases.apply_mail import LONGEST_BODY, Incoming
from liju_contact.usecases.conclude_mail import conclude_mail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.mail_reader import MailReader, Unreadable
from liju_contact.usecases.raise_alarm import raise_alarm_once
from liju_contact.usecases.read_mail import read_stored, stage_mail_files
from liju_contact.usecases.weigh_mail import Weighed, weigh_mail

BATCH = 20
SEEN_AGAIN = 3  # a picture that came so often from one domain is part of a signature
_WORDS_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A mail that was read, and its stored files, each with whether it may be a signature's picture."""

    taken: TakenInbound
    mail: InboundMail
    files: tuple[tuple[InboundFile, bool], ...]


def judge_waiting(deps: Deps, reader: MailReader, *, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Judge one batch of the mails that are due; returns how many were claimed.

    Mails at their first attempt are applied in one transaction. Where that fails, each is tried alone the next time, so
    that one mail's fault is nobody else's. What is not begun when ``is_stopping`` says so is given back, and so is all
    of it when the database is away: that is no mail's fault. Raises ``StoreBusy``.
    """
    in_hand = _claim(deps)
    if is_stopping():
        _give_back(deps, in_hand)
        return 0
    try:
        if len(in_hand) > 1:
            _judge_together(deps, reader, in_hand)
        else:
            for taken in in_hand:
                judge_mail(deps, reader, taken)
    except StoreBusy:
        _give_back(deps, in_hand)
        raise
    return len(in_hand)


def _claim(deps: Deps) -> list[TakenInbound]:
    """Take a batch of new mails, or a single one that was tried before.

    A worker that is killed has counted an attempt of all it had taken: at most one mail comes nearer to being parked.
    """
    now = deps.now()
    with deps.db.read() as tx:
        if not is_inbound_due(tx, now):
            return []
    with deps.db.begin() as tx:
        due = claim_inbound(tx, limit=BATCH, retry_after=RETRY_AFTER, now=now)
        in_hand = [taken for taken in due if taken.attempt_count > 1][:1] or due
        if len(in_hand) < len(due):
            release_inbound(tx, [taken.id for taken in due if taken not in in_hand], now)
    return in_hand


def _give_back(deps: Deps, in_hand: Sequence[TakenInbound]) -> None:
    if in_hand:
        with deps.db.begin() as tx:
            release_inbound(tx, [taken.id for taken in in_hand], deps.now())


def judge_mail(deps: Deps, reader: MailReader, taken: TakenInbound) -> None:
    """Read, judge and apply one mail; one that was claimed more often than it may be tried is parked."""
    if taken.attempt_count > TRIES:
        _park(deps, taken, f"It could not be processed in {TRIES} attempts; the program's log says why.")
    elif prepared := _prepare(deps, reader, taken):
        _apply_all(deps, [prepared])


def _judge_together(deps: Deps, reader: MailReader, batch: list[TakenInbound]) -> None:
    is_applied = False
    try:
        _apply_all(deps, list(filter(None, [_prepare(deps, reader, taken) for taken in batch])))
        is_applied = True
    finally:
        if not is_applied:
            with deps.db.begin() as tx:
                make_due(tx, [taken.id for taken in batch], deps.now())


def _prepare(deps: Deps, reader: MailReader, taken: TakenInbound) -> Prepared | None:
    """Have a mail read and its files stored; None when it could not be read, and then that is written down."""
    mail = read_stored(deps, reader, taken)
    if isinstance(mail, Unreadable):
        _not_read(deps, taken, mail)
        return None
    files = stage_mail_files(deps, mail, now=deps.now())
    # The contents are stored: twenty mails with drawings must not wait in memory together.
    bare = replace(mail, files=tuple(replace(file, content=b"") for file in mail.files))
    return Prepared(taken=taken, mail=bare, files=tuple(files))


def _apply_all(deps: Deps, batch: Sequence[Prepared]) -> None:
    now = deps.now()
    with deps.db.begin() as tx:
        for prepared in batch:
            if is_waiting(tx, prepared.taken.id):
                _apply(deps, tx, prepared, now=now)


def _apply(deps: Deps, tx: Connection, prepared: Prepared, *, now: datetime) -> None:
    taken, mail = prepared.taken, prepared.mail
    kept = _with_folding(tx, prepared)
    put_inbound_files(tx, taken.id, kept)
    said = without_status_keys(without_keys(clean_text(mail.text)))
    put_inbound_text(tx, taken.id, said[:LONGEST_BODY])
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


def _with_folding(tx: Connection, prepared: Prepared) -> list[InboundFile]:
    """Fold a signature's pictures. A mail counts a picture once, also when it is judged anew."""
    sender = prepared.mail.sender
    domain = sender.address.rpartition("@")[2].casefold() if sender else ""
    before = inbound_files_of(tx, prepared.taken.id) if prepared.files else []
    folded = {file.file.sha256: file.is_folded for file in before}
    for file, is_picture in prepared.files:
        if (digest := file.file.sha256) not in folded:
            folded[digest] = is_picture and count_picture(tx, domain, digest) >= SEEN_AGAIN
    return [replace(file, is_folded=folded[file.file.sha256]) for file, _ in prepared.files]


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
