"""The journal of what the public doors turned away: one entry for each thing that somebody wanted to send (D10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    union,
    update,
)

from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import Marks, RefusalOutcome
from liju_contact.store.refusal_tables import RefusalFileRow, RefusalRow
from liju_contact.store.scans import ask_for_scans

# Written out as the partial indexes have it: with a bound value SQLite could not know that they fit.
_IS_OPEN = text("refusal.settled_at IS NULL")
# A mark that is not known is NULL, which equals nothing.
_IS_THE_FORM = (
    RefusalRow.nonce == bindparam("same_nonce"),
    or_(
        RefusalRow.email_folded == bindparam("same_email"),
        RefusalRow.name_folded == bindparam("same_name"),
        RefusalRow.text_digest == bindparam("same_text"),
        RefusalRow.inquiry_id == bindparam("same_inquiry"),
    ),
)
_IS_THE_TEXT = (
    RefusalRow.text_digest == bindparam("same_text"),
    or_(RefusalRow.email_folded == bindparam("same_email"), RefusalRow.inquiry_id == bindparam("same_inquiry")),
)
# Two searches, each by an index of its own: with an OR between them SQLite reads every entry, and a flood leaves many.
_FOUND = union(*(select(RefusalRow.id).where(_IS_OPEN, *marks) for marks in (_IS_THE_FORM, _IS_THE_TEXT)))
_SAME = RefusalRow.door == bindparam("same_door"), _IS_OPEN, RefusalRow.id.in_(_FOUND)
_FIND_SAME = select(RefusalRow.id).where(*_SAME).order_by(RefusalRow.id.desc()).limit(1)
_SETTLE_SAME = (
    update(RefusalRow)
    .where(*_SAME)
    .values(settled_at=bindparam("now"), outcome=RefusalOutcome.ACCEPTED.value, inquiry_id=bindparam("into"))
)
_ADD = insert(RefusalRow).returning(RefusalRow.id)
_RENEW = (
    update(RefusalRow).where(RefusalRow.id == bindparam("refusal_id")).values(tries_count=RefusalRow.tries_count + 1)
)
_DROP_FILES = delete(RefusalFileRow).where(RefusalFileRow.refusal_id == bindparam("refusal_id"))
_ADD_FILE = insert(RefusalFileRow)
_SETTLE = (
    update(RefusalRow)
    .where(RefusalRow.id == bindparam("refusal_id"), _IS_OPEN)
    .values(
        settled_at=bindparam("now"),
        outcome=bindparam("how"),
        settled_by=bindparam("who"),
        inquiry_id=func.coalesce(bindparam("into", type_=BigInteger()), RefusalRow.inquiry_id),
    )
)
_REOPEN = (
    update(RefusalRow)
    .where(RefusalRow.id == bindparam("refusal_id"), RefusalRow.outcome == RefusalOutcome.REMOVED.value)
    .values(settled_at=None, outcome=None, settled_by="")
)


def find_same_refusal(tx: Connection, door: PublicDoor, marks: Marks) -> int | None:
    """Return the newest open entry of the same thing, sent before."""
    return tx.execute(_FIND_SAME, _marked(door, marks)).scalar_one_or_none()


def add_refusal(tx: Connection, values: dict[str, Any]) -> int:
    """Write an entry of ``RefusalRow``'s columns and return its id."""
    id_: int = tx.execute(_ADD, values).scalar_one()
    return id_


def renew_refusal(tx: Connection, refusal_id: int, values: dict[str, Any]) -> None:
    """Put a later try in the place of the earlier; its files are written anew."""
    tx.execute(_RENEW.values(**values), {"refusal_id": refusal_id})
    tx.execute(_DROP_FILES, {"refusal_id": refusal_id})


def add_refused_files(tx: Connection, refusal_id: int, files: Sequence[tuple[int, StagedFile]]) -> None:
    """Keep files, each with the id of its blob, as long as the entry, and have them looked at for viruses."""
    rows = [
        {"refusal_id": refusal_id, "position": place, "blob_id": blob_id, "name": file.name, "kind": file.kind.value}
        for place, (blob_id, file) in enumerate(files)
    ]
    if rows:
        tx.execute(_ADD_FILE, rows)
        ask_for_scans(tx, [blob_id for blob_id, _file in files])


def settle_same_refusals(tx: Connection, door: PublicDoor, marks: Marks, *, inquiry_id: int, now: datetime) -> int:
    """Settle what was turned away of the same thing now that it was accepted; returns how many entries."""
    return tx.execute(_SETTLE_SAME, {**_marked(door, marks), "into": inquiry_id, "now": now}).rowcount


def settle_refusal(
    tx: Connection, refusal_id: int, outcome: RefusalOutcome, *, by: str, inquiry_id: int | None, now: datetime
) -> bool:
    """Settle an open entry by staff's hand; False when it is settled already."""
    values = {"refusal_id": refusal_id, "how": outcome.value, "who": by, "into": inquiry_id, "now": now}
    return tx.execute(_SETTLE, values).rowcount == 1


def reopen_refusal(tx: Connection, refusal_id: int) -> bool:
    """Bring back an entry that was removed; False when there is none such."""
    return tx.execute(_REOPEN, {"refusal_id": refusal_id}).rowcount == 1


def sweep_refusals(tx: Connection, before: datetime) -> int:
    """Forget entries of before, settled or not; returns how many. Their files are swept as nobody's afterwards."""
    return tx.execute(delete(RefusalRow).where(RefusalRow.happened_at < before)).rowcount


def _marked(door: PublicDoor, marks: Marks) -> dict[str, Any]:
    return {
        "same_door": door.value,
        "same_nonce": marks.nonce or None,
        "same_email": marks.email or None,
        "same_name": marks.name or None,
        "same_text": marks.text_digest or None,
        "same_inquiry": marks.inquiry_id,
    }
