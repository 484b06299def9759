"""Holds back who uses a public door too often, and tells what was turned away before that it has come through.

A door counts for the network, then for whom it is about, then for all. It counts at the end of the transaction that
does the thing: what is one too many is rolled back with its count, so exactly the limit goes through, however many
processes count; and the one row that all senders share is held for the length of a commit. What is sent twice by a
double click is one thing and counts once.

Only what is accepted counts, so a typing error costs nobody anything. What is turned away has a bound of its own
(``note_refusal``), and so have the kilobytes of files. Whoever is signed in to the desk is not counted: customers in
the same office cannot lock them out, nor they the customers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.errors import StoreBusy, TooOften
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import Marks
from liju_contact.store.refusals import settle_same_refusals
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.limit_guesses import seconds_left
from liju_contact.usecases.rate_counter import Counted

Gate = Callable[[Connection, int], None]
"""What a story calls within its transaction once it has done something for the inquiry of that id; may raise
``TooOften``, and then nothing is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who uses a public door: from which network, and whether they are signed in to the desk."""

    network: str
    is_staff: bool = False


def open_gate(_tx: Connection, _inquiry_id: int) -> None:
    """Let everything through: for what comes by staff's hand or from the program itself."""


def gate_of(
    deps: Deps, door: PublicDoor, caller: Caller, *, who: str, marks: Marks | None = None, now: datetime
) -> Gate:
    """Return the gate of one sending; ``marks`` are by what an earlier try is known that was turned away."""

    def admit(tx: Connection, inquiry_id: int) -> None:
        count_entry(deps, tx, door, caller, who=who, now=now)
        if marks is not None:
            same = marks if door is PublicDoor.INQUIRY else replace(marks, inquiry_id=inquiry_id)
            settle_same_refusals(tx, door, same, inquiry_id=inquiry_id, now=now)

    return admit


def count_entry(
    deps: Deps, tx: Connection, door: PublicDoor, caller: Caller, *, who: str = "", amount: int = 1, now: datetime
) -> None:
    """Count one more use of a door, or so many of what it counts; raises ``TooOften``."""
    if caller.is_staff:
        return
    limits = deps.settings.limits.doors[door]
    scopes = [
        (f"{door} network", caller.network, limits.per_network),
        (f"{door} subject", fold_address(who), limits.per_subject if who else 0),
        (f"{door} in all", "", limits.in_all),
    ]
    held = [(what, whose, limit) for what, whose, limit in scopes if limit]
    start = window_start(limits.window, now)
    counts = deps.counter.count(
        tx,
        [
            Counted(
                subject=deps.keys.rate_subject(what, whose), window_start=start, window=limits.window, amount=amount
            )
            for what, whose, _limit in held
        ],
    )
    if door is PublicDoor.INQUIRY:
        _remember_noise(deps, caller.network, start, dict(zip((what for what, *_ in held), counts, strict=True)))
    if any(count > limit for count, (_what, _whose, limit) in zip(counts, held, strict=True)):
        raise TooOften(f"The door {door} was used too often.", retry_seconds=seconds_left(limits.window, now))


def count_wrong_key(deps: Deps, caller: Caller, *, now: datetime) -> None:
    """Count one status link that opened nothing; raises ``TooOften``.

    Only wrong links count, and a right one opens whatever was guessed before: it has 136 bits, so holding it back
    would protect nothing and lock out the customer beside the guesser. A database that is busy lets a guess go
    uncounted, because a GET waits for nobody.
    """
    with contextlib.suppress(StoreBusy), deps.db.hurried(), deps.db.begin() as tx:
        count_entry(deps, tx, PublicDoor.KEY, caller, now=now)


def window_start(window: timedelta, now: datetime) -> datetime:
    """Return when the current window began; windows stand one after another and do not slide."""
    seconds = window.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, now.tzinfo)


def is_loud(deps: Deps, network: str, now: datetime) -> bool:
    """Tell whether so much was sent lately that a proof of work is worth asking for."""
    start = window_start(deps.settings.limits.doors[PublicDoor.INQUIRY].window, now)
    return deps.noise.is_loud(start, network=network, limits=deps.settings.limits.proof)


def _remember_noise(deps: Deps, network: str, start: datetime, counts: dict[str, int]) -> None:
    door = PublicDoor.INQUIRY
    deps.noise.learn(
        start,
        network=network,
        network_count=counts.get(f"{door} network", 0),
        in_all=counts.get(f"{door} in all", 0),
    )
