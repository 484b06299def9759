"""Staff look after the letters of one inquiry: send one again, give one up, or write to another address from now on."""

from __future__ import annotations

from datetime import datetime

from liju_contact.domain.delivery import DeliveryState, Settlement
from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.person import Person
from liju_contact.store.deliveries import DeliveryLine, change_state, find_delivery
from liju_contact.store.events import add_event
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_for_staff


def resend_letter(deps: Deps, person: Person, reference: str, delivery_id: int, *, now: datetime) -> int:
    """Queue a letter to go at once and return the event's id.

    Raises ``NotFound``, or ``Conflict`` when it is being sent just now.
    """
    again = Settlement(state=DeliveryState.QUEUED, next_attempt_at=now)
    return _settle(deps, person, reference, delivery_id, again, kind=EventKind.LETTER_RETRIED, now=now)


def drop_letter(deps: Deps, person: Person, reference: str, delivery_id: int, *, now: datetime) -> int:
    """Give a letter up for good and return the event's id.

    Raises ``NotFound``, or ``Conflict`` when it has gone out or is being sent just now.
    """
    never = Settlement(state=DeliveryState.DROPPED, next_attempt_at=None)
    return _settle(deps, person, reference, delivery_id, never, kind=EventKind.LETTER_DROPPED, now=now)


def _settle(
    deps: Deps,
    person: Person,
    reference: str,
    delivery_id: int,
    settlement: Settlement,
    *,
    kind: EventKind,
    now: datetime,
) -> int:
    with deps.db.begin() as tx:
        inquiry = open_for_staff(tx, person, reference, for_update=True)
        found = find_delivery(tx, delivery_id)
        if found is None or found.inquiry_id != inquiry.id:
            raise NotFound(f"Inquiry {reference} has no letter {delivery_id}.")
        if _has_gone(found, settlement) or not change_state(tx, delivery_id, settlement, now):
            raise Conflict(f"Letter {delivery_id} is {found.state.value}: this cannot be done with it now.")
        return add_event(
            tx,
            inquiry.id,
            kind,
            Actor.STAFF,
            now,
            actor_name=person.name or person.address,
            actor_address=person.address,
            facts={"recipient": found.recipient, "letter": found.kind.value},
        )


def _has_gone(found: DeliveryLine, settlement: Settlement) -> bool:
    gone = {DeliveryState.DELIVERED, DeliveryState.BOUNCED}
    return settlement.state is DeliveryState.DROPPED and found.state in gone
