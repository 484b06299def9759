"""Somebody has an inquiry open: colleagues see them, and what they have begun to write is kept for them alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.person import Person
from liju_contact.store.drafts import Draft, drafts_of, forget_drafts, keep_draft, stamp_of_none
from liju_contact.store.messages import newest_message_id
from liju_contact.store.presence import forget_presence, note_presence, present_in
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.inquiry_sheet import Nearby
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.usecases.show_inquiry import PRESENT_FOR, nearby

_FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Who else is here, and whether the inquiry has moved on: its version and its newest message."""

    nearby: tuple[Nearby, ...]
    version: int
    newest_message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the desk has of a draft now: its stamp, and its text where that is another one than was to be kept.

    The text is empty where there is none any more.
    """

    stamp: str
    other: str | None = None


def attend_inquiry(deps: Deps, person: Person, reference: str, *, is_typing: bool, now: datetime) -> Around:
    """Give a sign of life and return who else gave one lately. Raises ``NotFound`` or ``StoreBusy``."""
    with deps.db.begin() as tx:
        inquiry = open_for_staff(tx, person, reference)
        note_presence(tx, inquiry.id, person.id, is_typing=is_typing, now=now)
        forget_presence(tx, now - _FORGOTTEN_AFTER)
        present = present_in(tx, inquiry.id, besides=person.id, since=now - PRESENT_FOR)
        newest = newest_message_id(tx, inquiry.id)
    return Around(nearby=tuple(nearby(present)), version=inquiry.version, newest_message_id=newest)


def keep_what_was_typed(
    deps: Deps,
    person: Person,
    reference: str,
    *,
    kind: str,
    body: str,
    version: int,
    now: datetime,
    known: str | None = None,
) -> Kept:
    """Keep a draft, or forget it when there is nothing in it. Raises ``NotFound`` or ``StoreBusy``.

    ``known`` is the stamp of the draft its author had seen. One that was written elsewhere since then stays as it is;
    and where that draft is gone, because it was sent, what was late on its way here does not bring it back: a page
    that is still there says it once more, knowing better.
    """
    draft = Draft(kind=kind, body=body, version=version, changed_at=now)
    with deps.db.begin() as tx:
        inquiry = open_for_staff(tx, person, reference, for_update=True)
        other = _draft_of(tx, inquiry.id, person, kind)
        there = other.stamp if other else stamp_of_none(inquiry.version)
        if known is not None and there not in {known, draft.stamp}:
            return Kept(stamp=there, other=other.body if other else "")
        if not body.strip():
            forget_drafts(tx, inquiry.id, person.id, (kind,))
            return Kept(stamp=stamp_of_none(inquiry.version))
        keep_draft(tx, inquiry.id, person.id, draft)
    return Kept(stamp=draft.stamp)


def find_draft(deps: Deps, person: Person, reference: str, kind: str) -> Draft | None:
    """Return what ``person`` has begun to write of one kind."""
    with deps.db.read() as tx:
        inquiry = open_for_staff(tx, person, reference)
        return _draft_of(tx, inquiry.id, person, kind)


def _draft_of(tx: Connection, inquiry_id: int, person: Person, kind: str) -> Draft | None:
    return next((draft for draft in drafts_of(tx, inquiry_id, person.id) if draft.kind == kind), None)
