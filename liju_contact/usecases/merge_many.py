"""Staff merge several inquiries at once: into the oldest of them, each for itself; and take that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict, NotFound, Unfit
from liju_contact.domain.person import Action, Person
from liju_contact.store.inquiries import end_of_merges, inquiries_by_reference
from liju_contact.usecases.change_inquiry import Changed
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.merge_inquiries import (
    Merging,
    OtherCustomers,
    SeveralCustomers,
    merge_inquiries,
    unmerge_inquiry,
)
from liju_contact.usecases.staff_directory import require


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyMerged:
    """``into`` is where the conversations go on, ``failed`` are the references of what could not be merged."""

    into: str
    merged: tuple[Changed, ...]
    failed: tuple[str, ...]


def merging_of(deps: Deps, person: Person, references: Sequence[str]) -> Merging | None:
    """Return what merging the inquiries would come to, as far as ``person`` serves them; None where that is none."""
    with deps.db.read() as tx:
        return _merging(tx, person, references)


def merge_into_oldest(
    deps: Deps, person: Person, references: Sequence[str], *, others: OtherCustomers | None = None, now: datetime
) -> ManyMerged:
    """Merge the inquiries into the one that came first, or where that goes on itself.

    Raises ``Forbidden``, ``StoreBusy``, and ``SeveralCustomers`` where they are and ``others`` does not say what
    becomes of them; then nothing is merged.
    """
    require(person, Action.ARRANGE)
    merging = merging_of(deps, person, references)
    if merging is None:
        return ManyMerged(into="", merged=(), failed=tuple(references))
    if others is None and not merging.is_of_one_customer:
        raise SeveralCustomers("These inquiries are of different customers.")
    into = merging.into.reference
    merged, failed = [], []
    for reference in references:
        if reference == into:
            continue
        try:
            done = merge_inquiries(deps, person, reference, into=into, others=others, now=now)
        except (NotFound, Conflict, Unfit):
            failed.append(reference)
        else:
            events = (done.event_id,) if done.event_id else ()
            merged.append(Changed(reference=reference, version=0, event_ids=events))
    return ManyMerged(into=into, merged=tuple(merged), failed=tuple(failed))


def unmerge_many(
    deps: Deps, person: Person, merges: Mapping[str, int], *, now: datetime
) -> tuple[list[str], list[str]]:
    """Take merges back, each known by its inquiry and its event, the last first, as each has found the one before it.

    Returns the references of what was taken apart and of what could not be. Raises ``Forbidden``, ``StoreBusy``.
    """
    undone, failed = [], []
    for reference, event_id in reversed(tuple(merges.items())):
        try:
            done = unmerge_inquiry(deps, person, reference, event_id=event_id, now=now)
        except (NotFound, Conflict):
            failed.append(reference)
        else:
            undone += [reference] if done.event_id else []
    return undone, failed


def _merging(tx: Connection, person: Person, references: Sequence[str]) -> Merging | None:
    there = inquiries_by_reference(tx, references)
    found = {inquiry.id: inquiry for inquiry in there if person.serves(inquiry.product, inquiry.assignee)}
    if not found:
        return None
    oldest = found[min(found)]
    end = end_of_merges(tx, oldest)
    into = end if person.serves(end.product, end.assignee) else oldest
    found[into.id] = into
    return Merging(into=into, inquiries=tuple(found[id_] for id_ in sorted(found)))
