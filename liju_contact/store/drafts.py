"""What somebody has begun to write about an inquiry. A draft is for its author alone: every look-up names one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from liju_contact.store.desk_tables import DraftRow
from liju_contact.store.statements import insert_or_change

_KEEP = insert_or_change(
    DraftRow,
    ["inquiry_id", "staff_id", "kind"],
    lambda new: {"body": new.body, "version": new.version, "changed_at": new.changed_at},
)
_OF_PERSON = (
    select(DraftRow.kind, DraftRow.body, DraftRow.version, DraftRow.changed_at)
    .where(DraftRow.inquiry_id == bindparam("inquiry_id"), DraftRow.staff_id == bindparam("staff_id"))
    .order_by(DraftRow.kind)
)
_FORGET = delete(DraftRow).where(
    DraftRow.inquiry_id == bindparam("inquiry_id"),
    DraftRow.staff_id == bindparam("staff_id"),
    DraftRow.kind.in_(bindparam("kinds", expanding=True)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """``version`` is that of the inquiry its author saw while writing."""

    kind: str
    body: str
    version: int
    changed_at: datetime

    @property
    def stamp(self) -> str:
        """What a page names this very text by, so that it overwrites no other."""
        return hashlib.sha256(self.body.encode()).hexdigest()[:16]


def stamp_of_none(version: int) -> str:
    """Return what a page names it by that there is no draft, in this version of the inquiry.

    A request that says it in a later version may have been overtaken by the very message it is a draft of.
    """
    return f"@{version}"


def keep_draft(tx: Connection, inquiry_id: int, staff_id: int, draft: Draft) -> None:
    """Write a draft in place of the one of the same kind."""
    values = {
        "inquiry_id": inquiry_id,
        "staff_id": staff_id,
        "kind": draft.kind,
        "body": draft.body,
        "version": draft.version,
        "changed_at": draft.changed_at,
    }
    tx.execute(_KEEP[tx.dialect.name], values)


def drafts_of(tx: Connection, inquiry_id: int, staff_id: int) -> list[Draft]:
    rows = tx.execute(_OF_PERSON, {"inquiry_id": inquiry_id, "staff_id": staff_id})
    return [Draft(kind=kind, body=body, version=version, changed_at=at) for kind, body, version, at in rows]


def forget_drafts(tx: Connection, inquiry_id: int, staff_id: int, kinds: Sequence[str]) -> None:
    tx.execute(_FORGET, {"inquiry_id": inquiry_id, "staff_id": staff_id, "kinds": list(kinds)})
