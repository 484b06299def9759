"""Erase all that is held on a mail address: inquiries with everything that hangs on them, and the address elsewhere.

Protocol: first the register beside the database says so, then the rows go in short transactions, the last of which says
so in the register within. What is left in the bytes is seen to afterwards (``clean_up``). A crash in between leaves the
rest for the next try: everything here can be done again.

People of the desk are not erased this way: their names stand in other customers' inquiries.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from liju_contact.domain.errors import Unfit
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.privacy import Step, is_one_address
from liju_contact.store.privacy import erasures, note_step
from liju_contact.store.staff import find_account
from liju_contact.store.traces import Traces, erase_rest, erase_some, find_traces, known_addresses, references_of
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.erasure_log import log_erasure, logged_erasures

_AT_ONCE = 20  # inquiries in one transaction: some tens of milliseconds in which nobody else can write
_ROUNDS = 3  # what came in while the first round ran is found by the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held on an address: how much of each, the public numbers, and whether it is one of our own people."""

    counts: dict[str, int]
    references: tuple[str, ...]
    is_staff: bool


def look_up_address(deps: Deps, address: str, *, now: datetime) -> Held:
    """Return what an erasure would take; nothing is changed. It reads the whole database. Raises ``Unfit``."""
    require_address(address)
    is_staff = is_one_of_us(deps, address)
    with deps.db.read() as tx:
        traces = find_traces(tx, address, now)
        references = references_of(tx, traces.seeds.inquiries)
    return Held(counts=traces.counts, references=tuple(references), is_staff=is_staff)


def erase_address(deps: Deps, address: str, *, actor: str, now: datetime) -> dict[str, int]:
    """Erase what is held on an address until now; returns how much of each went. ``actor`` is who of staff, or empty.

    Raises ``Unfit`` for what is no address and for one of our own people, ``StoreBusy``.
    """
    require_address(address)
    if is_one_of_us(deps, address):
        raise Unfit("This is an address of our own people, or of one of our mailboxes.", field="address")
    digest = deps.keys.erasure_digest(address)
    log_erasure(deps.settings.instance, digest, now)
    counted = _erase(deps, address, before=now)
    with deps.db.begin() as tx:
        note_step(tx, digest, Step.ERASED, actor=actor, counts=counted, now=now)
    return counted


def erase_again(deps: Deps, *, now: datetime) -> list[str]:
    """Erase once more what a restored backup has brought back; returns the addresses that were there again.

    What somebody wrote after their erasure stays. A look at two short lists, unless the database is older than the
    register beside it.
    """
    instance = deps.settings.instance
    logged = logged_erasures(instance)
    with deps.db.read() as tx:
        known = erasures(tx)
    for digest, at in known.items():
        if digest not in logged or logged[digest] < at:
            log_erasure(instance, digest, at)
    missed = {digest: at for digest, at in logged.items() if digest not in known or known[digest] < at}
    returned = _named(deps, missed) if missed else {}
    for address, before in returned.items():
        counted = _erase(deps, address, before=before)
        with deps.db.begin() as tx:
            note_step(tx, deps.keys.erasure_digest(address), Step.ERASED_AGAIN, actor="", counts=counted, now=now)
    with deps.db.begin() as tx:
        for digest, at in missed.items():
            note_step(tx, digest, Step.ERASED, actor="", now=at)
    return list(returned)


def require_address(address: str) -> None:
    """Raise ``Unfit`` for what is no mail address: nothing at all would be found in every row that names nobody."""
    if not is_one_address(address):
        raise Unfit(f"{address!r} is no e-mail address.", field="address")


def is_one_of_us(deps: Deps, address: str) -> bool:
    """Tell whether an address is one of staff, of a team, or the company's own."""
    settings, folded = deps.settings, fold_address(address)
    ours = {recipient for team in settings.catalogue.teams for recipient in team.recipients}
    ours |= {settings.mail.sender_address, *settings.alarm.recipients, *settings.reminders.escalation}
    if settings.catalogue.find_staff(address) or folded in {fold_address(one) for one in ours}:
        return True
    with deps.db.read() as tx:
        return find_account(tx, address) is not None


def _erase(deps: Deps, address: str, *, before: datetime) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for _round in range(_ROUNDS):
        with deps.db.read() as tx:
            traces = find_traces(tx, address, before)
            references = references_of(tx, traces.seeds.inquiries)
        if not traces.counts:
            break
        round_counted = _erase_found(deps, traces, address)
        _forget_letters(deps, address, references, before)
        if set(round_counted) <= {"waiting"}:
            counted["waiting"] = round_counted["waiting"]
            break
        counted += round_counted
    _forget_letters(deps, address, [], before)
    return dict(counted)


def _erase_found(deps: Deps, traces: Traces, address: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    inquiries = sorted(traces.seeds.inquiries)
    for start in range(0, len(inquiries), _AT_ONCE):
        with deps.db.begin() as tx:
            counted += Counter(erase_some(tx, traces, inquiries[start : start + _AT_ONCE]).counts())
    with deps.db.begin() as tx:
        counted += erase_rest(tx, traces, address)
    return counted


def _forget_letters(deps: Deps, address: str, references: list[str], before: datetime) -> None:
    """Take out of the demo's post office what was sent to the person, by them, or about their inquiries."""
    if deps.post_office is not None:
        deps.post_office.forget(address, references, before)


def _named(deps: Deps, digests: dict[str, datetime]) -> dict[str, datetime]:
    """Return the addresses in the database that have one of the digests, with the time of each."""
    with deps.db.read() as tx:
        addresses = set(known_addresses(tx))
    found = ((address, deps.keys.erasure_digest(address)) for address in sorted(addresses))
    return {address: digests[digest] for address, digest in found if digest in digests}
