"""What the customer sees of an inquiry: everything they gave and both sides said, and nothing only staff may see.

``StatusPage`` has no field a staff note could arrive in; that is the wall (README, D15).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Staff
from liju_contact.domain.delivery import DeliveryState
from liju_contact.domain.detail import Detail
from liju_contact.domain.event import Event, EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState, awaits_answer, has_same_customer, is_over
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.message import Author, Message
from liju_contact.domain.rating import Rating, may_be_rated
from liju_contact.store.deliveries import DeliveryLine, deliveries_of
from liju_contact.store.events import events_of
from liju_contact.store.inquiries import end_of_merges
from liju_contact.store.messages import messages_of
from liju_contact.store.status_facts import StatusFacts, status_facts
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.honest_promise import usual_answer_hours
from liju_contact.usecases.open_inquiry import open_for_reading
from liju_contact.usecases.post_letters import team_of
from liju_contact.usecases.release_inquiry import is_held
from liju_contact.usecases.staff_directory import find_colleague


class LetterFate(StrEnum):
    """What became of a letter, as far as a customer needs to know."""

    WAITING = "waiting"
    DELAYED = "delayed"
    SENT = "sent"
    FAILED = "failed"


_BEST_FIRST = (LetterFate.SENT, LetterFate.WAITING, LetterFate.DELAYED, LetterFate.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """``recipient`` is empty for a letter to our team: its addresses are not the customer's business."""

    kind: LetterKind
    is_for_customer: bool
    recipient: str
    fate: LetterFate
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """``language`` is the one its labels are in.

    ``state`` is what the customer is told: what staff call spam is closed, what the program holds as spam is received,
    with its letters waiting. ``assignee`` is a name, empty where nobody
    has taken the inquiry on. ``is_overdue`` says that we owe an answer and the promised time has passed: the page
    admits it. ``usual_answer_hours`` is within how many working hours half of such inquiries get their first answer, as
    long as this one has none. Letters to ``email`` do not arrive since ``unreachable_since``; what failed before was
    another address. ``goes_on_at`` is the path of the inquiry in which it goes on after merging, where that is the same
    customer's; where it is another's, ``goes_on_by_mail`` is all that is told of it.
    ``is_known_visit`` says that somebody from the visitor's network had it open today already.
    """

    reference: str
    status_path: str
    state: InquiryState
    language: str
    name: str
    email: str
    country: str
    company: str
    phone: str
    product: str
    topic: str
    team: str
    assignee: str
    details: tuple[Detail, ...]
    received_at: datetime
    answer_due_at: datetime
    is_promised: bool
    is_overdue: bool
    messages: tuple[Message, ...]
    events: tuple[Event, ...]
    letters: tuple[LetterLine, ...]
    unreachable_since: datetime | None
    usual_answer_hours: int | None
    may_be_rated: bool
    rating: Rating | None
    goes_on_at: str = ""
    goes_on_by_mail: bool = False
    is_known_visit: bool = False

    @property
    def is_unreachable(self) -> bool:
        return self.unreachable_since is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the page is made of."""

    inquiry: Inquiry
    end: Inquiry
    messages: tuple[Message, ...]
    events: list[Event]
    deliveries: list[DeliveryLine]
    assignee: Staff | None
    rating: Rating | None
    usual_answer_hours: int | None
    is_known_visit: bool
    is_held: bool

    @property
    def has_no_answer(self) -> bool:
        return awaits_answer(self.inquiry.state) and all(one.author is Author.CUSTOMER for one in self.messages)


def show_status(
    deps: Deps, reference: str, key: str, *, language: str | None, now: datetime, network: str = ""
) -> StatusPage:
    """Return the page ``key`` opens, worded in ``language``, else in the language of the inquiry.

    ``network`` is where the visitor comes from, for whoever wants to know whether that is known already.
    Raises ``NotFound`` or ``StoreBusy``.
    """
    label = deps.keys.network_label(reference, network)
    with deps.db.read() as tx:
        inquiry = open_for_reading(deps, tx, reference, key)
        found = _read(deps, tx, inquiry, status_facts(tx, inquiry.id, network=label, now=now))
    return _page(deps, found, language=language or _language_of(deps, inquiry), now=now)


def _page(deps: Deps, found: _Found, *, language: str, now: datetime) -> StatusPage:
    inquiry, end = found.inquiry, found.end
    waiting = _waiting_letters(inquiry) if found.is_held else ()
    is_theirs = end is not inquiry and has_same_customer(inquiry, end)
    return StatusPage(
        reference=inquiry.reference,
        status_path=deps.status_path(inquiry.reference, inquiry.key_version),
        state=InquiryState.CLOSED if is_over(inquiry.state) else inquiry.state,
        language=language,
        name=inquiry.name,
        email=inquiry.email,
        country=inquiry.country,
        company=inquiry.company,
        phone=inquiry.phone,
        product=_product_label(deps, inquiry, language),
        topic=_topic_label(deps, inquiry, language),
        team=team_of(deps, inquiry).label.in_language(language),
        assignee=found.assignee.name.in_language(language) if found.assignee else "",
        details=inquiry.details,
        received_at=inquiry.received_at,
        answer_due_at=inquiry.answer_due_at,
        is_promised=awaits_answer(inquiry.state),
        is_overdue=awaits_answer(inquiry.state) and inquiry.answer_due_at < now,
        messages=found.messages,
        events=tuple(_as_customers_see(event) for event in found.events if _is_for_customer(event)),
        letters=waiting or _letter_lines(found.deliveries),
        unreachable_since=None if end is not inquiry else inquiry.unreachable_since,
        usual_answer_hours=found.usual_answer_hours if found.has_no_answer else None,
        may_be_rated=end is inquiry and may_be_rated(inquiry.state),
        rating=found.rating,
        goes_on_at=deps.status_path(end.reference, end.key_version) if is_theirs else "",
        goes_on_by_mail=end is not inquiry and not is_theirs,
        is_known_visit=found.is_known_visit,
    )


def _read(deps: Deps, tx: Connection, inquiry: Inquiry, facts: StatusFacts) -> _Found:
    held = is_held(tx, inquiry)
    inquiry = replace(inquiry, state=InquiryState.RECEIVED) if held else inquiry
    return _Found(
        inquiry=inquiry,
        end=inquiry if held else end_of_merges(tx, inquiry),
        is_held=held,
        messages=tuple(messages_of(tx, inquiry.id, has_files=facts.has_files)),
        events=events_of(tx, inquiry.id),
        deliveries=deliveries_of(tx, inquiry.id),
        assignee=find_colleague(deps, tx, inquiry.assignee) if inquiry.assignee else None,
        rating=facts.rating,
        usual_answer_hours=usual_answer_hours(facts.answer_time),
        is_known_visit=facts.is_known_visit,
    )


def _as_customers_see(event: Event) -> Event:
    """Return what a customer may know of an event: neither an address of ours nor what staff noted about it.

    An assignment names who has the inquiry from then on, whoever gave it to them.
    """
    name = event.actor_name
    if event.kind is EventKind.INQUIRY_ASSIGNED:
        name = event.facts.get("name", name)
    return Event(kind=event.kind, actor=event.actor, happened_at=event.happened_at, actor_name=name)


def _is_for_customer(event: Event) -> bool:
    """Tell whether the customer may see an event: what was taken back is as if it had not been."""
    is_nobodys = event.kind is EventKind.INQUIRY_ASSIGNED and event.facts.get("after", "") is None
    return event.kind.is_known_to_customer and event.undone_at is None and not is_nobodys


def _language_of(deps: Deps, inquiry: Inquiry) -> str:
    """Return the inquiry's language, or the settings' first where the operator offers it no longer."""
    offered = deps.settings.web.languages
    return inquiry.language if inquiry.language in offered else offered[0]


def _product_label(deps: Deps, inquiry: Inquiry, language: str) -> str:
    """Return what the product line is called, or its id where the operator has removed it since."""
    product_line = deps.settings.catalogue.find_product_line(inquiry.product)
    return product_line.label.in_language(language) if product_line else inquiry.product


def _topic_label(deps: Deps, inquiry: Inquiry, language: str) -> str:
    topic = deps.settings.catalogue.find_topic(inquiry.topic)
    return topic.label.in_language(language) if topic else inquiry.topic


def _waiting_letters(inquiry: Inquiry) -> tuple[LetterLine, ...]:
    """Return the letters that wait for the release of an inquiry, as any that have not left yet."""
    team = LetterLine(
        kind=LetterKind.INQUIRY_FOR_TEAM,
        is_for_customer=False,
        recipient="",
        fate=LetterFate.WAITING,
        at=inquiry.received_at,
    )
    confirmation = replace(team, kind=LetterKind.INQUIRY_RECEIVED, is_for_customer=True, recipient=inquiry.email)
    return (team, confirmation)


def _letter_lines(deliveries: list[DeliveryLine]) -> tuple[LetterLine, ...]:
    """Sum up a letter to the team by the best of its deliveries: one that reached somebody has reached the team."""
    lines: dict[tuple[int, str], LetterLine] = {}
    for delivery in deliveries:
        if delivery.kind.is_known_to_customer:
            line = _letter_line(delivery)
            best = lines.setdefault((delivery.letter_id, line.recipient), line)
            if _BEST_FIRST.index(line.fate) < _BEST_FIRST.index(best.fate):
                lines[delivery.letter_id, line.recipient] = line
    return tuple(lines.values())


def _letter_line(delivery: DeliveryLine) -> LetterLine:
    return LetterLine(
        kind=delivery.kind,
        is_for_customer=delivery.kind.is_for_customer,
        recipient=delivery.recipient if delivery.kind.is_for_customer else "",
        fate=_fate(delivery),
        at=delivery.settled_at or delivery.queued_at,
    )


def _fate(delivery: DeliveryLine) -> LetterFate:
    match delivery.state:
        case DeliveryState.DELIVERED:
            return LetterFate.SENT
        case DeliveryState.QUEUED | DeliveryState.SENDING:
            return LetterFate.DELAYED if delivery.attempt_count else LetterFate.WAITING
        case (
            DeliveryState.REFUSED
            | DeliveryState.GIVEN_UP
            | DeliveryState.PARKED
            | DeliveryState.DROPPED
            | DeliveryState.BOUNCED
        ):
            return LetterFate.FAILED
