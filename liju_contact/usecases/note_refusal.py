"""Keeps what a public door turned away, for staff to look at and for some days (D10).

The person still has everything on their screen; this is for those who give up. So an entry is written only when
somebody said something, the same thing tried again is one entry, and what comes through in the end settles it.

What a network can put here in an hour is bounded, and so is all of it in a day, entries and files: beyond that nothing
is kept, because a program that sends endlessly must not fill the disk.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from liju_contact.domain.errors import StoreBusy, TooOften
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import Marks, RefusalReason, cut_to_size, is_worth_keeping, marks_of
from liju_contact.domain.text import clean_text
from liju_contact.store.files import blobs_of
from liju_contact.store.inquiries import find_inquiry
from liju_contact.store.refusal_lists import files_of_refusals
from liju_contact.store.refusals import add_refusal, add_refused_files, find_same_refusal, renew_refusal
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import window_start
from liju_contact.usecases.rate_counter import Counted

_log = logging.getLogger(__name__)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_BYTES_PER_KB = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    """What is noted, with the marks it is known by and how many of its files are not kept."""

    door: PublicDoor
    reason: RefusalReason
    typed: Mapping[str, str]
    files: Sequence[StagedFile]
    left_out_count: int
    network: str
    language: str
    marks: Marks


def note_refusal(
    deps: Deps,
    *,
    door: str,
    reason: RefusalReason,
    typed: Mapping[str, str],
    files: Sequence[StagedFile],
    network: str,
    now: datetime,
    nonce: str = "",
    language: str = "",
    reference: str = "",
    left_out_count: int = 0,
) -> int | None:
    """Write an entry, or put a later try in the place of an earlier; returns its id, None when nothing was written.

    ``files`` are staged ones, which are kept as long as the entry; ``left_out_count`` says how many more were sent.
    ``reference`` is the inquiry it was written to. Never raises for a busy database: the person's answer comes first.
    """
    typed = {name: clean_text(value) for name, value in typed.items()}
    if not is_worth_keeping(PublicDoor(door), typed, len(files)):
        return None
    refused = _Refused(
        door=PublicDoor(door),
        reason=reason,
        typed=cut_to_size(typed),
        files=files,
        left_out_count=left_out_count,
        network=network,
        language=language,
        marks=marks_of(typed, nonce=nonce),
    )
    return _noted(deps, refused, reference, now)


def _noted(deps: Deps, refused: _Refused, reference: str, now: datetime) -> int | None:
    with contextlib.suppress(TooOften):
        try:
            with deps.db.begin() as tx:
                inquiry = find_inquiry(tx, reference) if reference else None
                marks = replace(refused.marks, inquiry_id=inquiry.id if inquiry else None)
                return _note(deps, tx, replace(refused, marks=marks), now)
        except StoreBusy:
            _log.warning("What the door %s turned away could not be noted: the database is busy.", refused.door)
    return None


def _note(deps: Deps, tx: Connection, refused: _Refused, now: datetime) -> int:
    earlier = find_same_refusal(tx, refused.door, refused.marks)
    if earlier is None:
        _count_entry(deps, tx, refused.network, now)
    kept = _kept_files(deps, tx, refused.files, earlier, now)
    values = _columns(deps, refused, left_out_count=refused.left_out_count + len(refused.files) - len(kept), now=now)
    if earlier is None:
        id_ = add_refusal(tx, {**values, "tries_count": 1})
    else:
        id_ = earlier
        renew_refusal(tx, id_, values)
    add_refused_files(tx, id_, kept)
    return id_


def _columns(deps: Deps, refused: _Refused, *, left_out_count: int, now: datetime) -> dict[str, Any]:
    product = refused.typed.get("product", "")
    return {
        "door": refused.door.value,
        "reason": refused.reason.value,
        "typed": dict(refused.typed),
        "product": product if deps.settings.catalogue.find_product_line(product) else "",
        "language": refused.language,
        "network": refused.network,
        "nonce": refused.marks.nonce,
        "email_folded": refused.marks.email,
        "name_folded": refused.marks.name,
        "text_digest": refused.marks.text_digest,
        "inquiry_id": refused.marks.inquiry_id,
        "left_out_count": left_out_count,
        "happened_at": now,
    }


def _count_entry(deps: Deps, tx: Connection, network: str, now: datetime) -> None:
    """Count one more entry; raises ``TooOften`` when the journal takes no more of this network, or at all."""
    limits = deps.settings.limits.refusals
    of_network = _counted(deps, "refused network", network, _HOUR, now)
    of_all = _counted(deps, "refused in all", "", _DAY, now)
    counts = deps.counter.count(tx, [of_network, of_all])
    if any(0 < limit < count for count, limit in zip(counts, (limits.per_network, limits.in_all), strict=True)):
        raise TooOften("The journal takes no more now.", retry_seconds=int(_HOUR.total_seconds()))


def _kept_files(
    deps: Deps, tx: Connection, files: Sequence[StagedFile], earlier: int | None, now: datetime
) -> list[tuple[int, StagedFile]]:
    """Return the files to keep, with their blobs; when all entries hold too much today, those the entry has already."""
    had = {file.staged.sha256 for file in files_of_refusals(tx, [earlier]).get(earlier, ())} if earlier else set()
    blobs = blobs_of(tx, [file.sha256 for file in files], now) if files else {}
    found = [(blobs[file.sha256], file) for file in files if file.sha256 in blobs]
    more_bytes = sum(file.bytes_count for _blob_id, file in found if file.sha256 not in had)
    limit = deps.settings.limits.refusals.files_kb
    if more_bytes and limit:
        amount = more_bytes // _BYTES_PER_KB + 1
        of_files = _counted(deps, "refused kilobytes", "", _DAY, now, amount=amount)
        if deps.counter.count(tx, [of_files])[0] > limit:
            return [(blob_id, file) for blob_id, file in found if file.sha256 in had]
    return found


def _counted(deps: Deps, what: str, who: str, window: timedelta, now: datetime, *, amount: int = 1) -> Counted:
    return Counted(
        subject=deps.keys.rate_subject(what, who), window_start=window_start(window, now), window=window, amount=amount
    )
