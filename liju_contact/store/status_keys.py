"""The version of an inquiry's status key (D7): raising it makes every link given out so far open nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from liju_contact.store.tables import InquiryRow

# An old link of an inquiry that was merged leads on to the one it went into, so it is a way in to that one too.
_MERGED = select(InquiryRow.id).where(InquiryRow.id == bindparam("inquiry_id")).cte("leading_here", recursive=True)
_LEADING_HERE = _MERGED.union(
    select(InquiryRow.id).join(_MERGED, InquiryRow.merged_into_id == _MERGED.c.id),
)
_RAISE = (
    update(InquiryRow)
    .where(InquiryRow.id.in_(select(_LEADING_HERE.c.id)))
    .values(key_version=InquiryRow.key_version + 1, changed_at=bindparam("at"))
)


def raise_key_version(tx: Connection, inquiry_id: int, now: datetime) -> None:
    """End all links that lead to this inquiry, those of inquiries merged into it included."""
    tx.execute(_RAISE, {"inquiry_id": inquiry_id, "at": now})
