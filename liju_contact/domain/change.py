"""What staff change about an inquiry, which events that makes, and how each is taken back.

Pure: it is given what stands in the database and says what shall stand there. Every event keeps the value before and
after, so that taking it back is writing the old value where the new one still stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any, Final

from liju_contact.domain.errors import Conflict, Unfit
from liju_contact.domain.event import Actor, Event, EventKind, promised_anew
from liju_contact.domain.inquiry import Inquiry, InquiryState, awaits_answer, fold_address, is_over
from liju_contact.domain.priority import Priority
from liju_contact.domain.text import clean_line, is_blank

TAG_LENGTH = 40  # characters
TAGS_PER_INQUIRY = 20


class Keep(Enum):
    """Stands for "as it is" where None means something."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


class Aspect(StrEnum):
    """One thing about an inquiry that two people may change at once."""

    STATE = "state"
    ASSIGNEE = "assignee"
    PRIORITY = "priority"
    DUE = "due"
    TAGS = "tags"


ASPECTS: Mapping[EventKind, Aspect] = MappingProxyType(
    {
        EventKind.INQUIRY_CLOSED: Aspect.STATE,
        EventKind.INQUIRY_REOPENED: Aspect.STATE,
        EventKind.STATE_CHANGED: Aspect.STATE,
        EventKind.MARKED_SPAM: Aspect.STATE,
        EventKind.UNMARKED_SPAM: Aspect.STATE,
        EventKind.MERGED_INTO: Aspect.STATE,
        EventKind.UNMERGED: Aspect.STATE,
        EventKind.MESSAGE_ADDED: Aspect.STATE,  # whoever closes shall have read what came in
        EventKind.INQUIRY_ASSIGNED: Aspect.ASSIGNEE,
        EventKind.PRIORITY_CHANGED: Aspect.PRIORITY,
        EventKind.DUE_CHANGED: Aspect.DUE,
        EventKind.TAGS_CHANGED: Aspect.TAGS,
    }
)
"""What an event of a kind is about; a kind that is missing here overwrites nothing."""

_UNDOABLE = frozenset(ASPECTS) - {EventKind.MERGED_INTO, EventKind.UNMERGED, EventKind.MESSAGE_ADDED}
_CHOSEN_STATES = frozenset({InquiryState.OPEN, InquiryState.ANSWERED, InquiryState.CLOSED, InquiryState.SPAM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What shall be different; everything left out stays as it is.

    ``state`` may be open, answered, closed or spam; ``open`` takes what is spam back to the state it had before.
    ``assignee`` and ``due_at`` are taken away with None.
    """

    state: InquiryState | None = None
    assignee: str | Keep | None = KEEP
    priority: Priority | None = None
    due_at: datetime | Keep | None = KEEP
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What counts beside the inquiry's row: its tags, its state before it was spam, and what would be promised now.

    ``promise_after_hold`` is the promise of one that is held as spam and released now, None for every other.
    """

    tags: Sequence[str]
    state_before_spam: InquiryState | None
    promise: datetime
    promise_after_hold: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event to be written: ``columns`` of the inquiry become what they say, tags join and leave."""

    kind: EventKind
    columns: Mapping[str, Any]
    facts: Mapping[str, Any]
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    @property
    def aspect(self) -> Aspect:
        return ASPECTS[self.kind]


class StaleChange(Conflict):
    """What a change touches was changed meanwhile; ``meanwhile`` says by whom, when and how, oldest first."""

    def __init__(self, sentence: str, meanwhile: Sequence[Event]) -> None:
        super().__init__(sentence)
        self.meanwhile = tuple(meanwhile)


def steps_of(inquiry: Inquiry, change: Change, standing: Standing) -> tuple[Step, ...]:
    """Return what ``change`` comes to; what is so already is no step. Raises ``Unfit``.

    The state comes last: who takes an inquiry on and closes it has it before it is closed.
    """
    steps = (
        _assignee_step(inquiry, change.assignee),
        _priority_step(inquiry, change.priority),
        _due_step(inquiry, change.due_at),
        _tags_step(change, standing.tags),
        _state_step(inquiry, change.state, standing),
    )
    return tuple(step for step in steps if step)


def step_back(inquiry: Inquiry, event: Event, tags: Sequence[str]) -> Step | None:
    """Return what takes ``event`` back; None where its new value does not stand any more.

    Raises ``Conflict`` for an event that is nothing to be taken back.
    """
    if event.kind not in _UNDOABLE or not ("before" in event.facts or "added" in event.facts):
        raise Conflict("This cannot be taken back.")
    if event.actor is Actor.PROGRAM:
        raise Conflict("What the program did is changed, not taken back: letters may depend on it.")
    if event.kind is EventKind.TAGS_CHANGED:
        return _tags_back(event, tags)
    aspect = ASPECTS[event.kind]
    # Compared as values, not as text: an event may spell a moment in another zone than the database does.
    if getattr(inquiry, _COLUMNS[aspect]) != _column_value(aspect, event.facts["after"]):
        return None
    columns = {_COLUMNS[aspect]: _column_value(aspect, event.facts["before"])}
    promised = event.facts.get("promised")
    if promised and inquiry.answer_due_at.isoformat() == promised["after"]:
        columns["answer_due_at"] = datetime.fromisoformat(promised["before"])
    return Step(kind=event.kind, columns=columns, facts={})


def is_by(event: Event, address: str) -> bool:
    """Tell whether the last thing that became of an event, its being taken back included, was that person's doing."""
    who = event.facts.get("undone_by", event.actor_address)
    return bool(who) and fold_address(who) == fold_address(address)


def in_the_way(event: Event, step: Step, *, of: str) -> bool:
    """Tell whether ``event`` has changed what ``step`` would change, and was not by the person with address ``of``."""
    if ASPECTS.get(event.kind) is not step.aspect or is_by(event, of):
        return False
    if step.aspect is not Aspect.TAGS:
        return True
    theirs = {fold_tag(tag) for tag in (*event.facts.get("added", ()), *event.facts.get("removed", ()))}
    return not theirs.isdisjoint(map(fold_tag, (*step.add_tags, *step.remove_tags)))


def clean_tags(typed: Iterable[str]) -> tuple[str, ...]:
    """Return tags as they are stored, each once; raises ``Unfit`` for one that is empty or too long."""
    tags: dict[str, str] = {}
    for name in typed:
        tag = clean_tag(name)
        if not tag or len(tag) > TAG_LENGTH:
            raise Unfit(f"A tag has one to {TAG_LENGTH} characters.", field="tags")
        tags.setdefault(fold_tag(tag), tag)
    return tuple(tags.values())


def clean_tag(typed: str) -> str:
    """Return a tag as it is stored; nothing where a reader would see nothing.

    Other characters that nobody sees stay, because they are part of how some tags are written.
    """
    tag = " ".join(clean_line(typed).split())
    return "" if is_blank(tag) else tag


def split_tags(typed: str) -> tuple[str, ...]:
    """Return the tags in a line that has commas between them, as Chinese writes them too."""
    commas = clean_line(typed).replace("，", ",").replace("、", ",")
    return tuple(tag.strip() for tag in commas.split(",") if tag.strip())


def fold_tag(tag: str) -> str:
    """Return what two spellings of one tag have in common."""
    return tag.casefold()


def _state_step(inquiry: Inquiry, wanted: InquiryState | None, standing: Standing) -> Step | None:
    if wanted is None or wanted is inquiry.state:
        return None
    if wanted not in _CHOSEN_STATES:
        raise Unfit(f"Nobody can choose the state {wanted.value}.", field="state")
    after = wanted
    if inquiry.state is InquiryState.SPAM and wanted is InquiryState.OPEN:
        after = standing.state_before_spam or InquiryState.OPEN
    columns: dict[str, Any] = {"state": after.value}
    facts: dict[str, Any] = {"before": inquiry.state.value, "after": after.value}
    is_promised_anew = awaits_answer(after) and not awaits_answer(inquiry.state)
    promise = standing.promise_after_hold if inquiry.state is InquiryState.SPAM else standing.promise
    if is_promised_anew and promise:
        columns["answer_due_at"] = promise
        facts |= promised_anew(inquiry.answer_due_at, promise)
    return Step(kind=_kind_of(inquiry.state, after), columns=columns, facts=facts)


def _kind_of(before: InquiryState, after: InquiryState) -> EventKind:
    if after is InquiryState.SPAM:
        return EventKind.MARKED_SPAM
    if before is InquiryState.SPAM:
        return EventKind.UNMARKED_SPAM
    if after is InquiryState.CLOSED:
        return EventKind.INQUIRY_CLOSED
    return EventKind.INQUIRY_REOPENED if is_over(before) else EventKind.STATE_CHANGED


def _assignee_step(inquiry: Inquiry, wanted: str | Keep | None) -> Step | None:
    if wanted is KEEP or fold_address(wanted or "") == fold_address(inquiry.assignee or ""):
        return None
    return _plain_step(inquiry, EventKind.INQUIRY_ASSIGNED, wanted)


def _priority_step(inquiry: Inquiry, wanted: Priority | None) -> Step | None:
    if wanted is None or wanted is inquiry.priority:
        return None
    return _plain_step(inquiry, EventKind.PRIORITY_CHANGED, wanted.value)


def _due_step(inquiry: Inquiry, wanted: datetime | Keep | None) -> Step | None:
    if wanted is KEEP or wanted == inquiry.due_at:
        return None
    return _plain_step(inquiry, EventKind.DUE_CHANGED, wanted.astimezone(UTC).isoformat() if wanted else None)


def _plain_step(inquiry: Inquiry, kind: EventKind, after: str | None) -> Step:
    aspect = ASPECTS[kind]
    facts = {"before": _value_of(inquiry, aspect), "after": after}
    return Step(kind=kind, columns={_COLUMNS[aspect]: _column_value(aspect, after)}, facts=facts)


def _tags_step(change: Change, tags: Sequence[str]) -> Step | None:
    there = {fold_tag(tag): tag for tag in tags}
    removed = tuple(there[fold_tag(tag)] for tag in clean_tags(change.remove_tags) if fold_tag(tag) in there)
    gone = set(map(fold_tag, removed))
    added = tuple(tag for tag in clean_tags(change.add_tags) if fold_tag(tag) not in there)
    if len(there) - len(gone) + len(added) > TAGS_PER_INQUIRY and added:
        raise Unfit(f"An inquiry has at most {TAGS_PER_INQUIRY} tags.", field="tags")
    if not added and not removed:
        return None
    facts = {"added": list(added), "removed": list(removed)}
    return Step(kind=EventKind.TAGS_CHANGED, columns={}, facts=facts, add_tags=added, remove_tags=removed)


def _tags_back(event: Event, tags: Sequence[str]) -> Step:
    """Take away what was added and is still there, and bring back what is missing: nobody else's tag is touched."""
    there = {fold_tag(tag) for tag in tags}
    return Step(
        kind=event.kind,
        columns={},
        facts={},
        add_tags=tuple(tag for tag in event.facts["removed"] if fold_tag(tag) not in there),
        remove_tags=tuple(tag for tag in event.facts["added"] if fold_tag(tag) in there),
    )


_COLUMNS: Mapping[Aspect, str] = MappingProxyType(
    {
        Aspect.STATE: "state",
        Aspect.ASSIGNEE: "assignee",
        Aspect.PRIORITY: "priority",
        Aspect.DUE: "due_at",
    }
)


def _value_of(inquiry: Inquiry, aspect: Aspect) -> str | None:
    """Return what stands there as the facts of an event spell it."""
    value = getattr(inquiry, _COLUMNS[aspect])
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def _column_value(aspect: Aspect, value: str | None) -> str | datetime | None:
    return datetime.fromisoformat(value) if value and aspect is Aspect.DUE else value
