"""Tables of files: their bytes once, and what they were called where they came (D6)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liju_contact.store.table import Id, Table


class BlobRow(Table):
    """The bytes of a file, once, however often it was sent (D6). ``staged_at`` is renewed whenever it is staged again.

    ``sha256`` is set when the last chunk is written: a blob without one is unfinished and counts for nothing.
    """

    __tablename__ = "blob"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    bytes_count: Mapped[int] = mapped_column(BigInteger)
    staged_at: Mapped[datetime] = mapped_column(index=True)


class BlobChunkRow(Table):
    __tablename__ = "blob_chunk"

    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class FileRow(Table):
    """An attachment of a message: what the customer called it, and which blob it is."""

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))

    __table_args__ = (UniqueConstraint("message_id", "position"), Index(None, "blob_id", "id"))
