"""How an invented inquiry went: its state for its age, who wrote when, and when it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.message import Author
from liju_contact.usecases.seeding.language import Dice

Promise = Callable[[datetime, int], datetime]
"""Gives the moment so many working hours later."""

_FEWEST_OPEN = 6
_OPEN_SHARE = 0.005
_SPAM_SHARE = 0.008
_LONGEST_ANSWER_HOURS = 22
_REPLY = timedelta(days=6)
_CLOSING = timedelta(days=9)
_FIRST_SECONDS = timedelta(seconds=40)
_C, _S = Author.CUSTOMER, Author.STAFF
_TURNS = {
    InquiryState.RECEIVED: ((_C,), (_C,), (_C, _C)),
    InquiryState.OPEN: ((_C, _S, _C), (_C, _S, _C, _S, _C), (_C, _S, _C)),
    InquiryState.ANSWERED: ((_C, _S), (_C, _S), (_C, _S, _C, _S)),
    InquiryState.CLOSED: ((_C, _S), (_C, _S, _C), (_C, _S, _C), (_C, _S, _C, _S), (_C, _S, _C), (_C, _S, _C, _S, _C)),
    InquiryState.SPAM: ((_C,),),
}


@dataclass(slots=True, kw_only=True)
class Life:
    """``turns`` are who wrote and when, the first is the inquiry; ``ended_at`` is set in a state that is over."""

    state: InquiryState
    turns: list[tuple[Author, datetime]]
    ended_at: datetime | None = None

    @property
    def first_answered_at(self) -> datetime | None:
        return next((at for author, at in self.turns if author is Author.STAFF), None)


def life(rank: int, count: int, *, received_at: datetime, now: datetime, promise: Promise, dice: Dice) -> Life:
    """Return the life of the inquiry that is the ``rank``-th newest (0 first) of ``count``."""
    state = _state(rank, count, dice)
    kinds = _TURNS[state]
    turns, at = [], received_at
    for place, author in enumerate(kinds[int(len(kinds) * dice())]):
        if place:
            at = _before(now, at, _next(author, at, promise, dice), dice)
        turns.append((author, at))
    made = Life(state=state, turns=turns)
    if state in {InquiryState.CLOSED, InquiryState.SPAM}:
        made.ended_at = _before(now, at, at + _CLOSING * (dice() * dice()) + _FIRST_SECONDS, dice)
    return made


def _state(rank: int, count: int, dice: Dice) -> InquiryState:
    """About a two-hundredth is open, nearly all of it new; some per cent wait for the customer; the rest is over."""
    opens = max(_FEWEST_OPEN, round(_OPEN_SHARE * count))
    chance = dice()
    if rank < 0.9 * opens:
        if chance < 0.75:  # noqa: PLR2004  # with the next one this makes ``_OPEN_SHARE``
            return InquiryState.RECEIVED if rank < opens / 2 and dice() < 0.7 else InquiryState.OPEN  # noqa: PLR2004  # the newest
    elif rank < 4 * opens and chance < 0.1:  # noqa: PLR2004  # what was forgotten
        return InquiryState.OPEN
    if dice() < _SPAM_SHARE:
        return InquiryState.SPAM
    share = 0.5 if rank < 0.05 * count + _FEWEST_OPEN else 0.002
    return InquiryState.ANSWERED if dice() < share else InquiryState.CLOSED


def _next(author: Author, at: datetime, promise: Promise, dice: Dice) -> datetime:
    if author is Author.STAFF:
        return promise(at, 1 + int(_LONGEST_ANSWER_HOURS * dice() * dice()))
    share = dice()
    return at + _REPLY * (share * share * share) + _FIRST_SECONDS


def _before(now: datetime, at: datetime, wished: datetime, dice: Dice) -> datetime:
    """Return ``wished`` where it has come already, else some moment between ``at`` and ``now``; to the second."""
    if at < wished < now:
        return wished.replace(microsecond=0)
    return (at + (now - at) * (0.9 * dice())).replace(microsecond=0)
