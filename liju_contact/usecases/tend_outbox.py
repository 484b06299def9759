"""Staff look after the outbox: what waits, what failed and why; send again, or drop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from liju_contact.domain.delivery import DeliveryState, Settlement
from liju_contact.domain.errors import NotFound
from liju_contact.store.deliveries import DeliveryLine, change_state, find_delivery, last_words, page_of_deliveries
from liju_contact.usecases.deps import Deps


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


def retry_delivery(deps: Deps, delivery_id: int, *, now: datetime) -> bool:
    """Queue a delivery to go at once, with five fresh days; False when it is being sent. Raises ``NotFound``."""
    return _change(deps, delivery_id, Settlement(state=DeliveryState.QUEUED, next_attempt_at=now), now)


def drop_delivery(deps: Deps, delivery_id: int, *, now: datetime) -> bool:
    """Give up a delivery for good; False when it is being sent. Raises ``NotFound``, also when it was delivered."""
    return _change(deps, delivery_id, Settlement(state=DeliveryState.DROPPED, next_attempt_at=None), now)


def _change(deps: Deps, delivery_id: int, settlement: Settlement, now: datetime) -> bool:
    with deps.db.begin() as tx:
        found = find_delivery(tx, delivery_id)
        if found is None:
            raise NotFound(f"There is no delivery {delivery_id} in the outbox.")
        if found.state is DeliveryState.DELIVERED and settlement.state is DeliveryState.DROPPED:
            raise NotFound(f"Delivery {delivery_id} was delivered: there is nothing left to drop.")
        return change_state(tx, delivery_id, settlement, now)
