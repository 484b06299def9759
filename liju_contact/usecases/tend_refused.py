"""Staff at the desk look through what the public doors turned away, and take what was a real person's.

What is taken goes the way it would have gone: the form becomes an inquiry with its letters, a message joins its
inquiry, an address is written to from then on. Each sees what is of the product lines they serve, and what has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.inquiry import Inquiry, NewInquiry
from liju_contact.domain.page_mark import TOP, Mark
from liju_contact.domain.person import Action, Person
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import CALM, RefusalOutcome
from liju_contact.domain.status_links import without_status_keys
from liju_contact.store.inquiries import find_inquiry, get_inquiry_for_update
from liju_contact.store.refusal_lists import (
    RefusalEntry,
    RefusedFile,
    files_of_refusals,
    find_refusal,
    find_refused_file,
    page_of_refusals,
)
from liju_contact.store.refusals import reopen_refusal, settle_refusal
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.correct_address import correct_address_for
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.fetch_file import FetchedFile, fetched_for_staff
from liju_contact.usecases.keep_limits import Gate
from liju_contact.usecases.staff_directory import require
from liju_contact.usecases.submit_inquiry import submit_inquiry

PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An entry with its files; ``is_takable`` says that it can go the way it was meant to go."""

    entry: RefusalEntry
    files: tuple[RefusedFile, ...]

    @property
    def is_takable(self) -> bool:
        has_inquiry = bool(self.entry.reference)
        return self.entry.door is PublicDoor.INQUIRY or (
            has_inquiry and self.entry.door in {PublicDoor.MESSAGE, PublicDoor.ADDRESS}
        )

    @property
    def is_open(self) -> bool:
        return self.entry.outcome is None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPage:
    """``next`` is where the following page begins, None on the last."""

    refused: tuple[Refused, ...]
    next: Mark | None


def list_refused(deps: Deps, person: Person, *, before: Mark = TOP, now: datetime) -> RefusedPage:
    """Return what is lost until somebody takes it, the newest first."""
    with deps.db.read() as tx:
        entries = page_of_refusals(tx, person, before=before, calm_before=now - CALM, limit=PAGE + 1)
        shown = entries[:PAGE]
        files = files_of_refusals(tx, [entry.id for entry in shown])
    last = shown[-1] if len(entries) > len(shown) else None
    return RefusedPage(
        refused=tuple(_refused(person, entry, files.get(entry.id, ())) for entry in shown),
        next=Mark(at=last.happened_at, id=last.id) if last else None,
    )


def show_refused(deps: Deps, person: Person, refusal_id: int) -> Refused:
    """Return one entry, settled or not. Raises ``NotFound``."""
    with deps.db.read() as tx:
        return _open(tx, person, refusal_id)


def take_inquiry(deps: Deps, person: Person, refusal_id: int, new: NewInquiry, *, now: datetime) -> str:
    """Submit an entry of the form as the inquiry it was meant to be; returns its reference.

    ``new`` is what was typed, completed by staff where that was needed. Raises ``NotFound``, ``Forbidden``,
    ``Conflict`` when it is settled already, ``FilesGone`` or ``StoreBusy``.
    """
    require(person, Action.TAKE_REFUSED)
    submitted = submit_inquiry(deps, new, now=now, gate=_settling(person, refusal_id, now), signs=None)
    if not submitted.is_new:  # it had come through before: a second click, or the same form of the customer
        with deps.db.begin() as tx:
            inquiry = get_inquiry_for_update(tx, submitted.reference)
            settle_refusal(tx, refusal_id, RefusalOutcome.TAKEN, by=person.address, inquiry_id=inquiry.id, now=now)
    return submitted.reference


def take_message(deps: Deps, person: Person, refusal_id: int, *, now: datetime) -> str:
    """Let a message or an address go the way it was meant to go; returns the inquiry's reference. Raises as above."""
    require(person, Action.TAKE_REFUSED)
    with deps.db.read() as tx:
        refused = _open(tx, person, refusal_id)
        inquiry = find_inquiry(tx, refused.entry.reference) if refused.is_takable else None
    if inquiry is None or refused.entry.door is PublicDoor.INQUIRY:
        raise NotFound(f"The entry {refusal_id} is no message.")
    if refused.entry.door is PublicDoor.ADDRESS:
        _take_address(deps, person, refused, now=now)
    else:
        _take_words(deps, person, refused, inquiry, now=now)
    return inquiry.reference


def remove_refused(deps: Deps, person: Person, refusal_id: int, *, now: datetime) -> None:
    """Take an entry off the list. Raises ``NotFound``, ``Forbidden``, or ``Conflict`` when it is settled already."""
    require(person, Action.TAKE_REFUSED)
    with deps.db.begin() as tx:
        _open(tx, person, refusal_id)
        _settle(tx, person, refusal_id, RefusalOutcome.REMOVED, now=now)


def bring_back(deps: Deps, person: Person, refusal_id: int) -> None:
    """Put an entry that was removed on the list again. Raises as above."""
    require(person, Action.TAKE_REFUSED)
    with deps.db.begin() as tx:
        _open(tx, person, refusal_id)
        if not reopen_refusal(tx, refusal_id):
            raise Conflict("This entry was not removed.")


def fetch_refused_file(
    deps: Deps, person: Person, refusal_id: int, position: int, *, at_own_risk: bool = False
) -> FetchedFile:
    """Return a file of an entry; ``at_own_risk`` also one in which a virus was found.

    Raises ``NotFound``, ``Forbidden``, ``Withheld`` or ``StoreBusy``.
    """
    with deps.db.read() as tx:
        _open(tx, person, refusal_id)
        found = find_refused_file(tx, refusal_id, position)
    return fetched_for_staff(deps, person, found, at_own_risk=at_own_risk)


def _open(tx: Connection, person: Person, refusal_id: int) -> Refused:
    entry = find_refusal(tx, refusal_id)
    if entry is None or not person.serves(entry.product, entry.assignee):
        raise NotFound(f"There is no entry {refusal_id}.")
    return _refused(person, entry, files_of_refusals(tx, [refusal_id]).get(refusal_id, ()))


def _refused(person: Person, entry: RefusalEntry, files: Iterable[RefusedFile]) -> Refused:
    """Return an entry as ``person`` may read it: what was typed without keys for whoever may not answer (D62).

    Whoever takes an entry takes what was typed, so to them it is whole.
    """
    if not person.may(Action.ANSWER):
        entry = replace(entry, typed={name: without_status_keys(value) for name, value in entry.typed.items()})
    return Refused(entry=entry, files=tuple(files))


def _take_words(deps: Deps, person: Person, refused: Refused, inquiry: Inquiry, *, now: datetime) -> None:
    entry = refused.entry
    add_customer_message(
        deps,
        inquiry.reference,
        deps.keys.status_key(inquiry.reference, inquiry.key_version),
        body=entry.typed.get("body", ""),
        files=[file.staged for file in refused.files],
        nonce=entry.nonce or f"refusal-{entry.id}",
        now=now,
        gate=_settling(person, entry.id, now),
    )


def _take_address(deps: Deps, person: Person, refused: Refused, *, now: datetime) -> None:
    entry = refused.entry
    correct_address_for(deps, person, entry.reference, email=entry.typed.get("email", ""), now=now)
    with deps.db.begin() as tx:
        _settle(tx, person, entry.id, RefusalOutcome.TAKEN, now=now)


def _settling(person: Person, refusal_id: int, now: datetime) -> Gate:
    """Return what settles an entry within the transaction that takes it, so that it is taken once."""

    def settle(tx: Connection, inquiry_id: int) -> None:
        _open(tx, person, refusal_id)
        _settle(tx, person, refusal_id, RefusalOutcome.TAKEN, inquiry_id=inquiry_id, now=now)

    return settle


def _settle(
    tx: Connection,
    person: Person,
    refusal_id: int,
    outcome: RefusalOutcome,
    *,
    now: datetime,
    inquiry_id: int | None = None,
) -> None:
    if not settle_refusal(tx, refusal_id, outcome, by=person.address, inquiry_id=inquiry_id, now=now):
        raise Conflict("This entry was settled meanwhile.")
