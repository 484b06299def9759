"""Fetches mail from a mailbox: stored together with the position in the mailbox first, put away only then.

A crash in between leaves a mail in the mailbox that is stored. The next round finds it below the position, fetches and
stores it once more, which makes no second entry, and puts it away: nothing leaves a mailbox whose very bytes were not
seen in the database.

A mail that cannot be had, three times, with a new connection each time, is stepped over once a later one could be had,
in the transaction that stores that one and tells staff. Until then it may be the mailbox that fails, not the mail.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.config_mail import ImapSettings
from liju_contact.domain.errors import Conflict, MailboxTrouble
from liju_contact.domain.inbound import TRIES, Door, Envelope
from liju_contact.store.files import CHUNK_BYTES
from liju_contact.store.mailboxes import (
    FetchingTrouble,
    Position,
    fetching_trouble,
    keep_position,
    note_alarmed,
    note_failure,
    note_fetched,
    note_stepped_over,
    position_in,
)
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.mailbox import Mailbox
from liju_contact.usecases.raise_alarm import raise_alarm
from liju_contact.usecases.receive_mail import enter_mail, receive_mail
from liju_contact.usecases.stage_file import stage_bytes

FAILING_AFTER = timedelta(minutes=10)
_MOST_STUMBLES = 10
_PAUSE_SECONDS = 1.0
_ENVELOPE = Envelope(door=Door.IMAP, sender=None, recipients=())

_log = logging.getLogger(__name__)


def fetch_mail(deps: Deps, mailbox: Mailbox, *, is_stopping: Callable[[], bool]) -> int:
    """Fetch what is new and put it away; return how many mails were new.

    Raises ``MailboxTrouble``, which is noted then, or ``StoreBusy``.
    """
    try:
        new_count = _Round(deps, mailbox, is_stopping).run()
    except MailboxTrouble as trouble:
        note_trouble(deps, mailbox.name, str(trouble))
        raise
    with deps.db.begin() as tx:
        note_fetched(tx, mailbox.name, deps.now())
    return new_count


def note_trouble(deps: Deps, mailbox: str, words: str) -> None:
    with deps.db.begin() as tx:
        note_failure(tx, mailbox, words, deps.now())


def mailbox_name(imap: ImapSettings) -> str:
    return f"{imap.username} at {imap.host}, folder {imap.folder}"


def mailboxes_failing(deps: Deps, now: datetime) -> list[FetchingTrouble]:
    """Return what is wrong with fetching at this moment, for whoever looks."""
    with deps.db.read() as tx:
        return _trouble(deps, tx, now)


def mailboxes_in_trouble(deps: Deps, now: datetime) -> list[FetchingTrouble]:
    """Return what has been wrong for so long that staff must hear of it, and was not told yet."""
    with deps.db.read() as tx:
        return _untold(deps, tx, now)


def alarm_of_mailboxes(deps: Deps, *, now: datetime) -> int:
    """Tell staff of every mailbox in trouble, once; return of how many."""
    if not mailboxes_in_trouble(deps, now):
        return 0
    with deps.db.begin() as tx:
        untold = _untold(deps, tx, now)
        for trouble in untold:
            raise_alarm(deps, tx, [_sentence(trouble)], now=now)
            note_alarmed(tx, trouble.mailbox, now)
    return len(untold)


def _untold(deps: Deps, tx: Connection, now: datetime) -> list[FetchingTrouble]:
    return [
        trouble
        for trouble in _trouble(deps, tx, now)
        if trouble.alarmed_at is None
        if trouble.failing_since is None or now - trouble.failing_since > FAILING_AFTER
    ]


def _trouble(deps: Deps, tx: Connection, now: datetime) -> list[FetchingTrouble]:
    imap = deps.settings.inbound.imap
    return fetching_trouble(tx, now, mailboxes=[mailbox_name(imap)]) if imap else []


def _sentence(trouble: FetchingTrouble) -> str:
    why = trouble.words or "the part of the program that does it gives no sign of life."
    return f"No mail comes in from {trouble.mailbox} since {trouble.since:%Y-%m-%d %H:%M} UTC: {why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stumble:
    uid: int
    trouble: MailboxTrouble


@dataclass(slots=True)
class _Round:
    """One look at a mailbox. ``stumbles`` are the mails before the next one that could not be had."""

    deps: Deps
    mailbox: Mailbox
    is_stopping: Callable[[], bool]
    uid_validity: int = 0
    stumbles: list[_Stumble] = field(default_factory=list)
    putting_away_fails: MailboxTrouble | None = None

    def run(self) -> int:
        self.uid_validity = self.mailbox.open()
        last_uid = self._last_uid()
        new_count = sum(map(self._take, self._uids(self.mailbox.uids_after(last_uid))))
        if self.stumbles:
            raise self.stumbles[-1].trouble
        if self.putting_away_fails:
            raise self.putting_away_fails
        for uid in self._uids(self.mailbox.left_over(last_uid)):
            self._take_again(uid)
        return new_count

    def _last_uid(self) -> int:
        """Return where to go on: from the first mail on in a mailbox that counts anew."""
        with self.deps.db.read() as tx:
            position = position_in(tx, self.mailbox.name)
        return position.last_uid if position.uid_validity == self.uid_validity else 0

    def _uids(self, uids: list[int]) -> Iterator[int]:
        """Yield them until it is time to stop."""
        for uid in uids:
            if self.is_stopping():
                return
            yield uid

    def _take(self, uid: int) -> bool:
        """Store a new mail and put it away; True when its bytes were new. Trouble in doing so leaves it for later."""
        raw = self._fetch(uid)
        if isinstance(raw, MailboxTrouble):
            self.stumbles.append(_Stumble(uid=uid, trouble=raw))
            if len(self.stumbles) == _MOST_STUMBLES:
                raise raw
            return False
        if raw is None:
            return False
        is_new = self._store(raw, uid)
        if self.putting_away_fails is None:
            try:
                self.mailbox.put_away(uid)
            except MailboxTrouble as trouble:
                self.putting_away_fails = trouble
        return is_new

    def _fetch(self, uid: int, tries: int = TRIES) -> bytes | MailboxTrouble | None:
        """Return the mail; the trouble instead where it cannot be had although the mailbox can be opened."""
        try:
            return self.mailbox.fetch(uid)
        except MailboxTrouble as trouble:
            self._open_again()
            return self._fetch(uid, tries - 1) if tries > 1 and not self.is_stopping() else trouble

    def _open_again(self) -> None:
        self.mailbox.close()
        self.deps.pause(_PAUSE_SECONDS)
        if self.mailbox.open() != self.uid_validity:
            raise MailboxTrouble("The mailbox was made anew while it was read.")

    def _store(self, raw: bytes, uid: int) -> bool:
        now = self.deps.now()
        if len(raw) > CHUNK_BYTES:
            stage_bytes(self.deps, io.BytesIO(raw), now=now)
        try:
            is_new = self._write(raw, uid, now)
        except Conflict:  # another door brought the same bytes at the same moment
            is_new = self._write(raw, uid, now)
        self.stumbles.clear()
        return is_new

    def _write(self, raw: bytes, uid: int, now: datetime) -> bool:
        name = self.mailbox.name
        with self.deps.db.begin() as tx:
            received = enter_mail(tx, raw, _ENVELOPE, now=now)
            keep_position(tx, name, Position(uid_validity=self.uid_validity, last_uid=uid), now)
            if self.stumbles:
                sentences = [_stepped_over(name, stumble) for stumble in self.stumbles]
                note_stepped_over(tx, name, sentences[-1])
                raise_alarm(self.deps, tx, sentences, now=now)
        return received.is_new

    def _take_again(self, uid: int) -> None:
        """Put away a mail that an earlier round came by."""
        try:
            raw = self.mailbox.fetch(uid)
        except MailboxTrouble as trouble:
            # Staff were told when it was stepped over, and it stays where it is.
            _log.info("Mail %d in %s still cannot be fetched: %s", uid, self.mailbox.name, trouble)
            self._open_again()
            return
        if raw is not None:
            receive_mail(self.deps, raw, _ENVELOPE, now=self.deps.now())
            self.mailbox.put_away(uid)


def _stepped_over(mailbox: str, stumble: _Stumble) -> str:
    return (
        f"Mail {stumble.uid} of {mailbox} could not be fetched and stays there, unread by this program; please look at"
        f" it with a mail program. The reason: {stumble.trouble}"
    )
