"""Letters in the outbox without an inquiry around them, and hands that claim and settle them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from liju_contact.domain.delivery import DeliveryState, Settlement
from liju_contact.domain.letter import Addressee, Letter, LetterKind
from liju_contact.store.database import Database
from liju_contact.store.deliveries import (
    Claimed,
    claim_deliveries,
    settle_delivery,
)
from liju_contact.store.letters import Posting, post_letters
from liju_contact.usecases.deps import Deps
from tests.usecases.stories import (
    DELIVERED,
    rows,
)

LETTER = Letter(
    kind=LetterKind.INQUIRY_RECEIVED,
    language="en",
    sender_name="LIJU Boilers",
    sender_address="inquiry@liju.example",
    subject="We have your inquiry",
    text="We have it.",
    html="<p>We have it.</p>",
    headers={"Auto-Submitted": "auto-generated"},
)
LEASE = timedelta(minutes=5)
DONE = Settlement(state=DeliveryState.DELIVERED, next_attempt_at=None)


def post(deps: Deps, *recipients: str) -> None:
    """Put one letter for each recipient into the outbox."""
    addressees = [(Addressee(name="", address=address), f"<{address}>") for address in recipients]
    with deps.db.begin() as tx:
        post_letters(
            tx, [Posting(letter=LETTER, addressees=[pair]) for pair in addressees], inquiry_id=None, now=deps.now()
        )


def many(count: int) -> list[str]:
    return [f"r{number:03}@there.example" for number in range(count)]


def claim(deps: Deps, holder: str, limit: int = 10) -> list[Claimed]:
    with deps.db.begin() as tx:
        return claim_deliveries(tx, holder=holder, limit=limit, lease=LEASE, now=deps.now())


def settle(deps: Deps, claimed: Claimed, holder: str, settlement: Settlement = DONE) -> bool:
    with deps.db.begin() as tx:
        return settle_delivery(
            tx,
            claimed,
            holder=holder,
            outcome="delivered",
            answer=DELIVERED.answer,
            settlement=settlement,
            now=deps.now(),
        )


def recipients(claimed: list[Claimed]) -> list[str]:
    return [one.addressee.address for one in claimed]


def only_delivery(db: Database) -> dict[str, Any]:
    [row] = rows(db, "delivery")
    return row
