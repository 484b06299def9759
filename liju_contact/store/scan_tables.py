"""The table of what a virus scanner said of files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from liju_contact.store.table import Table


class ScanRow(Table):
    """What was found in a blob: once for its bytes, whoever sent them.

    The row is written together with the first file of its blob, also where there is no scanner (yet); ``settled_at`` is
    None until a scanner has answered, or has failed to for good.
    """

    __tablename__ = "scan"

    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(20), server_default=text("'unscanned'"))
    signature: Mapped[str] = mapped_column(server_default=text("''"))
    attempt_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    settled_at: Mapped[datetime | None]

    # Only what waits, as with thumbnails.
    __table_args__ = (
        Index(
            "ix_scan_blob_id",
            "blob_id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )
