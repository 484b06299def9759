"""The worker deletes what the settings keep no longer, a batch of each kind at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from liju_contact.config_retention import RetentionSettings
from liju_contact.store import retention as old
from liju_contact.store.privacy import put_notice
from liju_contact.store.refusals import sweep_refusals
from liju_contact.usecases.deps import Deps

BATCH = 20
"""Inquiries in one transaction, which then takes tens of milliseconds."""
_ABSENCE_DAYS = 90
_PRESENCE_DAYS = 1

Forget = Callable[[Connection, Sequence[int]], int]
Sweep = Callable[[Connection, datetime], int]
_Step = Callable[[Deps, datetime], bool]


class Due(Protocol):
    """Finds what was over before a time, at most so many; ``among`` those alone that were found before."""

    def __call__(self, tx: Connection, before: datetime, limit: int, among: old.Among = None) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a kind of thing is kept, 0 for good; ``step`` takes some of what is older, and says if there is more."""

    kind: str
    days: int
    step: _Step


def rules(keep: RetentionSettings) -> list[Rule]:
    """Return what is kept how long; a further kind is one line more."""
    return [
        Rule("closed", keep.closed_days, in_batches(old.old_inquiries, old.forget_inquiries)),
        Rule("spam", keep.spam_days, in_batches(old.old_spam, old.forget_inquiries)),
        Rule("loose mail", keep.loose_mail_days, in_batches(old.loose_mail, old.forget_mail)),
        Rule("raw mail", keep.raw_mail_days, in_batches(old.raw_mail, old.empty_mail)),
        Rule("letters", keep.letter_days, in_batches(old.old_letters, old.empty_letters)),
        Rule("refused", keep.refusal_days, at_once(sweep_refusals)),
        Rule("visits", keep.visit_days, at_once(old.sweep_visits)),
        Rule("drafts", keep.draft_days, at_once(old.sweep_drafts)),
        Rule("absences", _ABSENCE_DAYS, at_once(old.sweep_absences)),
        Rule("presence", _PRESENCE_DAYS, at_once(old.sweep_presence)),
    ]


def in_batches(due: Due, forget: Forget) -> _Step:
    """Take ``BATCH`` at a time: looked for without a lock, and gone in a short transaction, if it still is to go."""

    def step(deps: Deps, before: datetime) -> bool:
        with deps.db.read() as tx:
            found = due(tx, before, BATCH)
        if found:
            with deps.db.begin() as tx:
                if still := due(tx, before, BATCH, found):
                    forget(tx, still)
        return len(found) == BATCH

    return step


def at_once(sweep: Sweep) -> _Step:
    """Take all of it: for kinds of which there are never many."""

    def step(deps: Deps, before: datetime) -> bool:
        with deps.db.begin() as tx:
            sweep(tx, before)
        return False

    return step


def keep_to_retention(deps: Deps, *, now: datetime) -> bool:
    """Delete some of what has had its time, of every kind; True when there is more."""
    has_more = False
    for rule in rules(deps.settings.retention):
        if rule.days:
            has_more |= rule.step(deps, now - timedelta(days=rule.days))
    return has_more


def remember_notice(deps: Deps, *, now: datetime) -> None:
    """Keep what the notice beside the form says just now, for those who ask later what a customer has read."""
    company = deps.settings.company
    with deps.db.begin() as tx:
        put_notice(tx, company.notice_version, company.privacy_notice.texts, now)
