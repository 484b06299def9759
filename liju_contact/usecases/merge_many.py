"""Staff merge several inquiries at once: into the oldest of them, each for itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from liju_contact.domain.errors import Conflict, NotFound, Unfit
from liju_contact.domain.person import Person
from liju_contact.store.inquiries import find_inquiry
from liju_contact.usecases.change_inquiry import Changed
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.merge_inquiries import merge_inquiries


def merge_into_oldest(
    deps: Deps, person: Person, references: Sequence[str], *, now: datetime
) -> tuple[list[Changed], list[str]]:
    """Merge the inquiries into the one that came first; returns what was merged and the references that were not."""
    with deps.db.read() as tx:
        found = [inquiry for inquiry in (find_inquiry(tx, reference) for reference in references) if inquiry]
    if not found:
        return [], list(references)
    oldest = min(found, key=lambda inquiry: inquiry.id)
    merged, failed = [], []
    for reference in references:
        if reference == oldest.reference:
            continue
        try:
            done = merge_inquiries(deps, person, reference, into=oldest.reference, now=now)
        except (NotFound, Conflict, Unfit):
            failed.append(reference)
        else:
            events = (done.event_id,) if done.event_id else ()
            merged.append(Changed(reference=reference, version=0, event_ids=events))
    return merged, failed
