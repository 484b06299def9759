"""Small pictures of files: asked for when a file is added, made by the worker, shown at the desk.

A picture belongs to a blob, so the same drawing sent ten times has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from liju_contact.domain.picture import Picture
from liju_contact.store.desk_tables import ThumbnailRow
from liju_contact.store.file_tables import BlobRow, FileRow
from liju_contact.store.inbound_tables import InboundFileRow
from liju_contact.store.statements import insert_unless_taken
from liju_contact.store.tables import MessageRow

_ASK = insert_unless_taken(ThumbnailRow)
# The newest first: it belongs to the inquiry that somebody is about to open.
_WANTED = (
    select(ThumbnailRow.blob_id, ThumbnailRow.attempt_count, BlobRow.bytes_count)
    .join(BlobRow, BlobRow.id == ThumbnailRow.blob_id)
    .where(ThumbnailRow.made_at.is_(None))
    .order_by(ThumbnailRow.blob_id.desc())
    .limit(1)
)
_CLAIM = (
    update(ThumbnailRow)
    .where(ThumbnailRow.blob_id == bindparam("wanted_id"))
    .values(attempt_count=ThumbnailRow.attempt_count + 1)
)
_SETTLE = (
    update(ThumbnailRow)
    .where(ThumbnailRow.blob_id == bindparam("wanted_id"))
    .values(
        content=bindparam("to_content"),
        width=bindparam("to_width"),
        height=bindparam("to_height"),
        made_at=bindparam("to_made_at"),
    )
)
_OF_INQUIRY = (
    select(FileRow.id, ThumbnailRow.width, ThumbnailRow.height)
    .join(MessageRow, MessageRow.id == FileRow.message_id)
    .join(ThumbnailRow, ThumbnailRow.blob_id == FileRow.blob_id)
    .where(MessageRow.inquiry_id == bindparam("inquiry_id"), ThumbnailRow.width > 0)
    .order_by(FileRow.id)
)
_OF_INBOUND = (
    select(InboundFileRow.position, ThumbnailRow.width, ThumbnailRow.height)
    .join(ThumbnailRow, ThumbnailRow.blob_id == InboundFileRow.blob_id)
    .where(InboundFileRow.inbound_id == bindparam("inbound_id"), ThumbnailRow.width > 0)
    .order_by(InboundFileRow.position)
)
_CONTENT: Any = select(ThumbnailRow.content)
_CONTENT_OF_FILE = (
    _CONTENT.join(FileRow, FileRow.blob_id == ThumbnailRow.blob_id)
    .join(MessageRow, MessageRow.id == FileRow.message_id)
    .where(FileRow.id == bindparam("file_id"), MessageRow.inquiry_id == bindparam("inquiry_id"))
)
_CONTENT_OF_INBOUND_FILE = _CONTENT.join(InboundFileRow, InboundFileRow.blob_id == ThumbnailRow.blob_id).where(
    InboundFileRow.inbound_id == bindparam("inbound_id"), InboundFileRow.position == bindparam("position")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """In pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedThumbnail:
    """``attempt_count`` counts the attempts before."""

    blob_id: int
    attempt_count: int
    bytes_count: int


def ask_for_thumbnails(tx: Connection, blob_ids: Sequence[int]) -> None:
    """Have the worker make pictures of these blobs; of one that was asked for before, nothing follows."""
    if blob_ids:
        tx.execute(_ASK[tx.dialect.name], [{"blob_id": blob_id} for blob_id in sorted(set(blob_ids))])


def find_wanted(tx: Connection) -> WantedThumbnail | None:
    row = tx.execute(_WANTED).one_or_none()
    return WantedThumbnail(**row._mapping) if row else None  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping


def claim_wanted(tx: Connection, blob_id: int) -> None:
    """Count an attempt. Two workers that make the same picture come to the same end, so nothing is locked."""
    tx.execute(_CLAIM, {"wanted_id": blob_id})


def settle_thumbnail(tx: Connection, blob_id: int, picture: Picture | None, now: datetime) -> None:
    """Keep the picture of a blob, or that there can be none."""
    values = {
        "wanted_id": blob_id,
        "to_content": picture.content if picture else None,
        "to_width": picture.width if picture else 0,
        "to_height": picture.height if picture else 0,
        "to_made_at": now,
    }
    tx.execute(_SETTLE, values)


def thumbnails_of(tx: Connection, inquiry_id: int) -> dict[int, Thumbnail]:
    """Return which files of an inquiry have a picture, by the file's id."""
    rows = tx.execute(_OF_INQUIRY, {"inquiry_id": inquiry_id})
    return {id_: Thumbnail(width=width, height=height) for id_, width, height in rows}


def thumbnails_of_inbound(tx: Connection, inbound_id: int) -> dict[int, Thumbnail]:
    """Return which files of a mail have a picture, by their position."""
    rows = tx.execute(_OF_INBOUND, {"inbound_id": inbound_id})
    return {position: Thumbnail(width=width, height=height) for position, width, height in rows}


def find_thumbnail(tx: Connection, file_id: int, inquiry_id: int) -> bytes | None:
    """Return the picture of a file if it belongs to this inquiry."""
    values = {"file_id": file_id, "inquiry_id": inquiry_id}
    content: bytes | None = tx.execute(_CONTENT_OF_FILE, values).scalar_one_or_none()
    return content


def find_inbound_thumbnail(tx: Connection, inbound_id: int, position: int) -> bytes | None:
    values = {"inbound_id": inbound_id, "position": position}
    content: bytes | None = tx.execute(_CONTENT_OF_INBOUND_FILE, values).scalar_one_or_none()
    return content
