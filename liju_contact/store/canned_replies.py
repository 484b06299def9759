"""Answers that are given often: one text per language, written by staff for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from liju_contact.store.desk_tables import CannedReplyRow

_COLUMNS = (
    CannedReplyRow.id,
    CannedReplyRow.title,
    CannedReplyRow.texts,
    CannedReplyRow.changed_by,
    CannedReplyRow.changed_at,
)
_ALL = select(*_COLUMNS).order_by(CannedReplyRow.title, CannedReplyRow.id)
_BY_ID = select(*_COLUMNS).where(CannedReplyRow.id == bindparam("reply_id"))
_TITLES = select(CannedReplyRow.id, CannedReplyRow.title).order_by(CannedReplyRow.title, CannedReplyRow.id)
_ADD = insert(CannedReplyRow).returning(CannedReplyRow.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedReply:
    """``texts`` has one per language id, with the placeholders of ``domain.canned_reply``."""

    id: int
    title: str
    texts: Mapping[str, str]
    changed_by: str
    changed_at: datetime


def every_reply(tx: Connection) -> list[CannedReply]:
    """Return all of them by title: there are as many as people can choose from."""
    return [_reply(row) for row in tx.execute(_ALL)]


def reply_titles(tx: Connection) -> list[tuple[int, str]]:
    """Return ids and titles alone, for a list to choose from."""
    return [(id_, title) for id_, title in tx.execute(_TITLES)]


def find_reply(tx: Connection, reply_id: int) -> CannedReply | None:
    row = tx.execute(_BY_ID, {"reply_id": reply_id}).one_or_none()
    return _reply(row) if row else None


def add_reply(tx: Connection, *, title: str, texts: Mapping[str, str], by: str, now: datetime) -> int:
    values = {"title": title, "texts": dict(texts), "changed_by": by, "changed_at": now}
    id_: int = tx.execute(_ADD, values).scalar_one()
    return id_


def change_reply(
    tx: Connection, reply_id: int, *, title: str, texts: Mapping[str, str], by: str, now: datetime
) -> bool:
    """Write a reply anew; False when somebody has deleted it."""
    change = update(CannedReplyRow).where(CannedReplyRow.id == reply_id)
    return tx.execute(change.values(title=title, texts=dict(texts), changed_by=by, changed_at=now)).rowcount == 1


def remove_reply(tx: Connection, reply_id: int) -> None:
    tx.execute(delete(CannedReplyRow).where(CannedReplyRow.id == reply_id))


def _reply(row: Any) -> CannedReply:
    id_, title, texts, changed_by, changed_at = row
    return CannedReply(id=id_, title=title, texts=texts, changed_by=changed_by, changed_at=changed_at)
