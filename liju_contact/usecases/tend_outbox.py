"""Staff look after the outbox: what waits, what failed and why; send again, or drop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.delivery import DeliveryState, Settlement
from liju_contact.domain.errors import NotFound
from liju_contact.domain.event import EventKind
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.person import Action, Person
from liju_contact.store.deliveries import DeliveryLine, change_state, find_delivery, last_words, page_of_deliveries
from liju_contact.store.retention import is_emptied
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.usecases.staff_directory import require
from liju_contact.usecases.staff_event import add_staff_event


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLine:
    """A delivery, and the mail server's last words about it (empty before the first attempt)."""

    delivery: DeliveryLine
    words: str


def list_outbox(deps: Deps, *, states: Sequence[DeliveryState], limit: int) -> list[OutboxLine]:
    """Return deliveries in any of ``states``, newest first."""
    with deps.db.read() as tx:
        deliveries = page_of_deliveries(tx, states=states, limit=limit)
        words = last_words(tx, [delivery.id for delivery in deliveries])
    return [OutboxLine(delivery=delivery, words=words.get(delivery.id, "")) for delivery in deliveries]


def retry_delivery(
    deps: Deps, delivery_id: int, *, now: datetime, by: Person | None = None, reference: str | None = None
) -> bool:
    """Queue a delivery to go at once, with five fresh days; False when it is being sent.

    ``by`` is somebody at the desk, who looks after the letters of the inquiry ``reference`` alone; without them it is
    the operator. Raises ``Forbidden`` or ``NotFound``.
    """
    again = Settlement(state=DeliveryState.QUEUED, next_attempt_at=now)
    return _change(deps, delivery_id, again, EventKind.LETTER_RETRIED, by=by, reference=reference, now=now)


def drop_delivery(
    deps: Deps, delivery_id: int, *, now: datetime, by: Person | None = None, reference: str | None = None
) -> bool:
    """Give up a delivery for good; False when it is being sent.

    ``by`` and ``reference`` as for ``retry_delivery``. Raises ``Forbidden``, or ``NotFound``, also for one delivered.
    """
    no_more = Settlement(state=DeliveryState.DROPPED, next_attempt_at=None)
    return _change(deps, delivery_id, no_more, EventKind.LETTER_DROPPED, by=by, reference=reference, now=now)


def _change(
    deps: Deps,
    delivery_id: int,
    settlement: Settlement,
    kind: EventKind,
    *,
    by: Person | None,
    reference: str | None,
    now: datetime,
) -> bool:
    with deps.db.begin() as tx:
        found = find_delivery(tx, delivery_id)
        if found is None:
            raise NotFound(f"There is no delivery {delivery_id} in the outbox.")
        inquiry = _inquiry_of(tx, found, by, reference) if by else None
        if found.state is DeliveryState.DELIVERED and settlement.state is DeliveryState.DROPPED:
            raise NotFound(f"Delivery {delivery_id} was delivered: there is nothing left to drop.")
        if settlement.state is DeliveryState.QUEUED and is_emptied(tx, delivery_id):
            raise NotFound(f"The text of delivery {delivery_id} is no longer kept: there is nothing to send.")
        is_changed = change_state(tx, delivery_id, settlement, now)
        if by and inquiry and is_changed:
            facts = {"delivery": found.id, "letter": found.kind.value, "recipient": found.recipient}
            add_staff_event(deps, tx, by, inquiry, kind, facts=facts, now=now)
        return is_changed


def _inquiry_of(tx: Connection, delivery: DeliveryLine, person: Person, reference: str | None) -> Inquiry:
    """Return the inquiry a letter is about, where it is ``reference`` and ``person`` serves it; raises ``NotFound``.

    A letter about no inquiry is of somebody's account, or an alarm: what warns of a theft is not the thief's to drop.
    """
    require(person, Action.DECIDE_MAIL)
    inquiry = open_for_staff(tx, person, reference or "")
    if delivery.inquiry_id != inquiry.id:
        raise NotFound(f"Delivery {delivery.id} is no letter of {reference}.")
    return inquiry
