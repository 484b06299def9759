"""A customer says how we did, and may change it; who was not content is told to the team, once for an inquiry."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState
from liju_contact.domain.rating import Rating, may_be_rated
from liju_contact.store.events import add_event
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import newest_message_id
from liju_contact.store.ratings import GivenRating, find_rating, write_rating
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Gate, open_gate
from liju_contact.usecases.open_inquiry import open_for_update
from liju_contact.usecases.post_letters import to_team

_CHANGES_PER_DAY = 10  # more changes of mind are somebody's program


def rate_inquiry(
    deps: Deps, reference: str, key: str, rating: Rating, *, now: datetime, gate: Gate = open_gate
) -> bool:
    """Keep what the customer says of our help; False when it was changed too often today.

    The same again changes nothing. Raises ``Conflict`` where we still owe an answer, ``TooOften`` (by ``gate``),
    ``NotFound`` or ``StoreBusy``.
    """
    with deps.db.begin() as tx:
        inquiry = open_for_update(deps, tx, reference, key)
        if not may_be_rated(inquiry.state):
            raise Conflict(f"The inquiry {inquiry.reference} waits for an answer, so there is nothing to rate yet.")
        earlier = find_rating(tx, inquiry.id)
        if earlier and earlier.rating == rating:
            return True
        if count_in_window(deps, tx, "rating", reference, window=timedelta(days=1), now=now) > _CHANGES_PER_DAY:
            return False
        _write(deps, tx, inquiry, rating, earlier, now=now)
        gate(tx, inquiry.id)
    return True


def _write(
    deps: Deps, tx: Connection, inquiry: Inquiry, rating: Rating, earlier: GivenRating | None, *, now: datetime
) -> None:
    was_told = earlier is not None and earlier.is_told
    is_ours = inquiry.state not in {InquiryState.SPAM, InquiryState.MERGED}
    is_worth_telling = rating.is_low and is_ours and not was_told
    write_rating(tx, inquiry.id, rating, is_told=was_told or is_worth_telling, now=now)
    facts = {"stars": rating.stars, "words": rating.words, "before": earlier.rating.stars if earlier else None}
    add_event(tx, inquiry.id, EventKind.RATED, Actor.CUSTOMER, now, facts=facts)
    if is_worth_telling:
        posting = to_team(
            deps,
            deps.letters.rating_for_team(inquiry, rating),
            inquiry,
            letter_key="rating_for_team",
            number=newest_message_id(tx, inquiry.id),
            only=inquiry.assignee or "",
        )
        post_letters(tx, [posting], inquiry_id=inquiry.id, now=now)
