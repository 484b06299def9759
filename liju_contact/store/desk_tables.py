"""Tables of the staff desk: what staff add to inquiries, and what makes lists and searches quick."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from liju_contact.store.table import Id, Table


class TagRow(Table):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(unique=True)


class InquiryTagRow(Table):
    __tablename__ = "inquiry_tag"

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index(None, "tag_id", "inquiry_id"),)


class WatcherRow(Table):
    """Somebody who wants every letter about an inquiry, whoever has it."""

    __tablename__ = "watcher"

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)


class SavedViewRow(Table):
    """A list somebody keeps: the query string of the list page. A shared one is shown to everybody."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    query: Mapped[str]
    is_shared: Mapped[bool]
    saved_at: Mapped[datetime]


class CannedReplyRow(Table):
    """An answer that is given often; ``texts`` has one per language, with placeholders."""

    __tablename__ = "canned_reply"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str]
    texts: Mapped[dict[str, Any]]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class DraftRow(Table):
    """What somebody has begun to write: ``kind`` is answer or note, ``version`` that of the inquiry they saw."""

    __tablename__ = "draft"

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    body: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime]


class PresenceRow(Table):
    """Who looks at an inquiry just now, and whether they are typing."""

    __tablename__ = "presence"

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)
    typed_at: Mapped[datetime | None]


class ViewCountRow(Table):
    """How many inquiries a ready view holds, counted by the worker when something has changed.

    ``subject`` is the address of the person whose view it is, folded, or empty for a view that is everybody's.
    """

    __tablename__ = "view_count"

    view: Mapped[str] = mapped_column(String(30), primary_key=True)
    product: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    row_count: Mapped[int] = mapped_column(Integer)


class SearchDocumentRow(Table):
    """All that can be searched of an inquiry, folded, one piece per line; its words are indexed beside this table.

    ``search_words`` is not among these tables, because each database has its own: FTS5 on SQLite, a ``tsvector`` with
    a GIN index on PostgreSQL. The migration makes it. There is no foreign key: the index forgets only words that it is
    told once more, so a cascade would take away here what is needed there (see ``store.search_documents``).
    """

    __tablename__ = "search_document"

    inquiry_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    body: Mapped[str]


class SearchDueRow(Table):
    """That an inquiry says something else than its search document; the worker writes it anew.

    Every change adds a row of its own. So nobody who writes ever waits for the worker or for somebody else, and what is
    written while the worker reads is not forgotten with what it has read.
    """

    __tablename__ = "search_due"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(BigInteger)


class ExportRow(Table):
    """A list being written to a file by the worker; ``query`` is the list page's. The file is a blob."""

    __tablename__ = "export"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    query: Mapped[str]
    format: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), index=True)
    row_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    bytes_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    blob_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"), index=True)
    words: Mapped[str] = mapped_column(server_default=text("''"))
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ThumbnailRow(Table):
    """A small picture of a file, made once for its bytes; without ``content`` none can be made.

    The row is written together with the first file of its blob, and ``made_at`` is None until the worker has seen to
    it.
    """

    __tablename__ = "thumbnail"

    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    width: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    height: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    attempt_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    made_at: Mapped[datetime | None]

    # Only what waits: a million files that have their picture cost the worker nothing.
    __table_args__ = (
        Index(
            "ix_thumbnail_blob_id",
            "blob_id",
            sqlite_where=text("made_at IS NULL"),
            postgresql_where=text("made_at IS NULL"),
        ),
    )


class RatingRow(Table):
    """What the customer thought of our help: one to five, and words if they like.

    ``is_told`` says that our team got a letter about it, which it gets once.
    """

    __tablename__ = "rating"

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True)
    stars: Mapped[int] = mapped_column(Integer)
    words: Mapped[str]
    rated_at: Mapped[datetime] = mapped_column(index=True)
    is_told: Mapped[bool] = mapped_column(server_default=false())


class InsightRow(Table):
    """What one month brought for one product line, summed up by the worker; ``month`` is like 2026-11."""

    __tablename__ = "insight"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    product: Mapped[str] = mapped_column(String(40), primary_key=True)
    facts: Mapped[dict[str, Any]]


class InsightMonthRow(Table):
    """When a month was summed up, and the newest event then: without a newer one nothing has changed."""

    __tablename__ = "insight_month"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    newest_event_id: Mapped[int] = mapped_column(BigInteger)
    measured_at: Mapped[datetime]


class ReminderRow(Table):
    """That a step of reminding was taken for one promise: the key makes it happen once."""

    __tablename__ = "reminder"

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True)
    promised_at: Mapped[datetime] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    taken_at: Mapped[datetime]


class AnswerTimeRow(Table):
    """How long the first answer takes for a product line, in working minutes, counted by the worker now and then.

    ``median_minutes`` is None where most have not been answered at all.
    """

    __tablename__ = "answer_time"

    product: Mapped[str] = mapped_column(String(40), primary_key=True)
    median_minutes: Mapped[int | None] = mapped_column(Integer)
    inquiry_count: Mapped[int] = mapped_column(Integer)
    counted_at: Mapped[datetime]
