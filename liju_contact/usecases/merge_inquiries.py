"""Staff find that two inquiries are one: the conversation of the first goes on in the second. And back.

Messages, notes and received mails are carried over with what the timeline tells of them; letters stay where they were
written, because they name who got them. The source keeps its own facts and says in its event what was carried, so that
``unmerge_inquiry`` brings back exactly that. Both rows are locked in the order of their ids, so that two people who
merge the other way round wait for each other and neither makes a ring.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from liju_contact.domain.change import TAGS_PER_INQUIRY
from liju_contact.domain.errors import Conflict
from liju_contact.domain.event import Event, EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState, fold_address, has_same_customer, merged_state
from liju_contact.domain.person import Action, Person
from liju_contact.store.events import events_by_id, mark_undone, newest_event_of_kind
from liju_contact.store.inquiries import change_columns, end_of_merges, refresh_conversation
from liju_contact.store.moves import carry_events, carry_mails, carry_messages, carry_notes
from liju_contact.store.participants import Participant, add_participant, participants_of, remove_participant
from liju_contact.store.tags import put_tags, tags_of, take_tags
from liju_contact.store.watchers import add_watchers, remove_watchers, watcher_ids
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_both, open_for_staff
from liju_contact.usecases.promise_answer import promise_moved, put_waiting_back, set_waiting
from liju_contact.usecases.release_inquiry import release_if_held
from liju_contact.usecases.staff_directory import require
from liju_contact.usecases.staff_event import add_staff_event


class OtherCustomers(StrEnum):
    """What becomes of the customers of other addresses: they join the conversation, or hear no more of it."""

    JOIN = "join"
    LEAVE = "leave"


class SeveralCustomers(Conflict):
    """The inquiries are of different customers, and nobody has said what becomes of those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """What would be merged, oldest first: ``into`` is one of ``inquiries``, and the rest goes on in it."""

    into: Inquiry
    inquiries: tuple[Inquiry, ...]

    @property
    def is_of_one_customer(self) -> bool:
        return all(has_same_customer(inquiry, self.into) for inquiry in self.inquiries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """``reference`` is that of the inquiry in which the conversation goes on; no event when nothing was to be done."""

    reference: str
    event_id: int | None


def merging_into(deps: Deps, person: Person, reference: str, *, into: str) -> Merging:
    """Return what merging an inquiry into another would come to. Raises ``NotFound``, ``StoreBusy``."""
    with deps.db.read() as tx:
        source = open_for_staff(tx, person, reference)
        target = open_for_staff(tx, person, end_of_merges(tx, open_for_staff(tx, person, into)).reference)
    return Merging(into=target, inquiries=tuple(sorted((source, target), key=lambda inquiry: inquiry.id)))


def merge_inquiries(
    deps: Deps, person: Person, reference: str, *, into: str, others: OtherCustomers | None = None, now: datetime
) -> Merged:
    """Let the conversation of an inquiry go on in ``into``, or where that goes on itself; merging twice is once.

    One that was held as spam is released first where the other is none, so that its customer hears that it has come.

    Raises ``Forbidden``, ``NotFound``, ``Conflict`` where it would go on in itself or was merged elsewhere,
    ``SeveralCustomers`` where they are and ``others`` does not say what becomes of them, ``StoreBusy``.
    """
    require(person, Action.ARRANGE)
    with deps.db.begin() as tx:
        found = end_of_merges(tx, open_for_staff(tx, person, into))
        source, target = open_both(tx, person, reference, found.reference)
        if source.merged_into_id is not None and end_of_merges(tx, source).id == target.id:
            return Merged(reference=target.reference, event_id=None)
        if source.id == target.id:
            raise Conflict("An inquiry cannot go on in itself.")
        if source.merged_into_id is not None or target.merged_into_id is not None:
            raise Conflict("One of the two was merged into another at the same moment.")
        if others is None and not has_same_customer(source, target):
            raise SeveralCustomers("These two are of different customers.")
        if (source.state is InquiryState.SPAM) != (target.state is InquiryState.SPAM):
            source, target = (release_if_held(deps, tx, inquiry, now=now) for inquiry in (source, target))
        event_id = _merge(deps, tx, person, source, target, and_join=others is OtherCustomers.JOIN, now=now)
        return Merged(reference=target.reference, event_id=event_id)


def unmerge_inquiry(
    deps: Deps, person: Person, reference: str, *, event_id: int | None = None, now: datetime
) -> Merged:
    """Bring back what was carried over, with the state the inquiry had; what was written since stays where it is.

    Doing it twice is once. With ``event_id`` that merge alone is meant, and none that came after it.

    Raises ``Forbidden``, ``NotFound``, ``Conflict`` when somebody merges at the same moment or the merge is another
    one by now, ``StoreBusy``.
    """
    require(person, Action.ARRANGE)
    with deps.db.begin() as tx:
        found = end_of_merges(tx, open_for_staff(tx, person, reference))
        source, target = open_both(tx, person, reference, found.reference)
        if source.merged_into_id is None:
            return Merged(reference=reference, event_id=None)
        merged = newest_event_of_kind(tx, source.id, EventKind.MERGED_INTO)
        if merged is None:
            raise Conflict("This was split off and brought back: there is nothing to take apart.")
        if event_id not in {None, merged.id}:
            raise Conflict("This was taken apart and merged again since.")
        if target.merged_into_id is not None:
            raise Conflict("One of the two was merged into another at the same moment.")
        return Merged(reference=reference, event_id=_unmerge(deps, tx, person, source, target, merged, now))


def _merge(
    deps: Deps, tx: Connection, person: Person, source: Inquiry, target: Inquiry, *, and_join: bool, now: datetime
) -> int:
    carried = {
        "messages": carry_messages(tx, source.id, target.id),
        "notes": carry_notes(tx, source.id, target.id),
        "events": carry_events(tx, source.id, target.id, version=target.version + 1),
        "mails": carry_mails(tx, source.id, target.id),
    }
    joined = _join(tx, source, target, and_join=and_join, now=now)
    target_facts = set_waiting(tx, target, *merged_state(source, target), now=now)
    state = InquiryState.MERGED
    change_columns(tx, source.id, {"state": state.value, "merged_into_id": target.id}, now)
    refresh_conversation(tx, source.id)
    refresh_conversation(tx, target.id)
    arrived = {"from": source.reference, **promise_moved(target_facts)}
    from_id = add_staff_event(deps, tx, person, target, EventKind.MERGED_FROM, facts=arrived, now=now)
    facts = {
        "before": source.state.value,
        "after": state.value,
        "into": target.reference,
        "into_id": target.id,
        "event": from_id,
        "target": target_facts,
        **carried,
        **joined,
    }
    return add_staff_event(deps, tx, person, source, EventKind.MERGED_INTO, facts=facts, now=now)


def _join(tx: Connection, source: Inquiry, target: Inquiry, *, and_join: bool, now: datetime) -> dict[str, list[Any]]:
    """Let tags and watchers, and people where they may, join the target; returns who and what is new there."""
    has_tags, tags = (tags_of(tx, [inquiry.id]).get(inquiry.id, []) for inquiry in (target, source))
    new_tags = [tag for tag in tags if tag not in has_tags][: max(TAGS_PER_INQUIRY - len(has_tags), 0)]
    put_tags(tx, target.id, new_tags)
    new_watchers = sorted({*watcher_ids(tx, source.id)} - {*watcher_ids(tx, target.id)})
    add_watchers(tx, target.id, new_watchers)
    people = participants_of(tx, source.id) if and_join or has_same_customer(source, target) else []
    if and_join and not has_same_customer(source, target):
        people.insert(0, Participant(address=source.email, name=source.name))
    strangers = [one for one in people if fold_address(one.address) != fold_address(target.email)]
    joined = [one.address for one in strangers if add_participant(tx, target.id, one, now)]
    return {"tags": new_tags, "watchers": new_watchers, "joined": joined}


def _unmerge(  # noqa: PLR0917  # all are looked at together and none is optional
    deps: Deps, tx: Connection, person: Person, source: Inquiry, target: Inquiry, merged: Event, now: datetime
) -> int:
    facts = merged.facts
    carry_messages(tx, target.id, source.id, facts["messages"])
    carry_notes(tx, target.id, source.id, facts["notes"])
    carry_events(tx, target.id, source.id, facts["events"], version=source.version + 1)
    carry_mails(tx, target.id, source.id, facts["mails"])
    take_tags(tx, target.id, facts["tags"])
    remove_watchers(tx, target.id, facts["watchers"])
    for address in facts["joined"]:
        remove_participant(tx, target.id, address)
    if facts["into_id"] == target.id:
        put_waiting_back(tx, target, facts["target"], now=now)
    change_columns(tx, source.id, {"state": facts["before"], "merged_into_id": None}, now)
    refresh_conversation(tx, source.id)
    refresh_conversation(tx, target.id)
    told = events_by_id(tx, facts["into_id"], [facts["event"]])
    mark_undone(tx, facts["into_id"], told, by=person.address, now=now)
    mark_undone(tx, source.id, [merged], by=person.address, now=now)
    add_staff_event(deps, tx, person, target, EventKind.UNMERGED, facts={"from": source.reference}, now=now)
    return add_staff_event(deps, tx, person, source, EventKind.UNMERGED, facts={"into": target.reference}, now=now)
