"""The staff desk: accounts, lists, search, drafts, exports"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LISTED_BY = (
    ["state", "product", "topic", "country", "language"]
    + ["assignee", "priority", "has_files", "has_mail_trouble"]
)


def upgrade() -> None:
    _create_accounts()
    _create_other_ways_in()
    _create_lists()
    _create_work_on_inquiries()
    _create_promises()
    _create_exports()
    _create_thumbnails()
    _create_search_documents()
    _widen_received_mail()
    _widen_conversations()
    _widen_inquiries()
    _index_inquiries()
    _create_search_words()
    _fill_new_columns()


def _create_accounts() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("product_lines", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("password_digest", sa.Text(), nullable=True),
        sa.Column("password_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("password_is_temporary", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("totp_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_counter", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("address_folded", name=op.f("uq_staff_address_folded")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_session_digest")),
    )
    op.create_index(op.f("ix_staff_session_ends_at"), "staff_session", ["ends_at"], unique=False)
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"], unique=False)


def _index_where(name: str, table: str, columns: list[str], condition: str) -> None:
    """Index only the rows anybody looks for, on both databases alike."""
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)


def _create_other_ways_in() -> None:
    """Second factors, passkeys, and what a forgotten password needs."""
    op.create_table(
        "passkey",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkey_staff_id_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_staff_id"), "passkey", ["staff_id"], unique=False)
    op.create_table(
        "password_reset",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_password_reset_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_password_reset")),
    )
    op.create_index(op.f("ix_password_reset_ends_at"), "password_reset", ["ends_at"], unique=False)
    op.create_index(op.f("ix_password_reset_staff_id"), "password_reset", ["staff_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_recovery_code_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "digest", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "reset_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_folded", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_request")),
    )


def _create_lists() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("name_folded", name=op.f("uq_tag_name_folded")),
    )
    op.create_table(
        "view_count",
        sa.Column("view", sa.String(length=30), nullable=False),
        sa.Column("product", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("view", "product", "subject", name=op.f("pk_view_count")),
    )
    op.create_table(
        "inquiry_tag",
        sa.Column("inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_inquiry_tag_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_inquiry_tag_tag_id_tag"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("inquiry_id", "tag_id", name=op.f("pk_inquiry_tag")),
    )
    op.create_index(op.f("ix_inquiry_tag_tag_id_inquiry_id"), "inquiry_tag", ["tag_id", "inquiry_id"], unique=False)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_saved_view_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(op.f("ix_saved_view_staff_id"), "saved_view", ["staff_id"], unique=False)


def _create_work_on_inquiries() -> None:
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
    )
    op.create_table(
        "draft",
        sa.Column("inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_draft_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_draft_staff_id_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("inquiry_id", "staff_id", "kind", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_staff_id"), "draft", ["staff_id"], unique=False)
    op.create_table(
        "presence",
        sa.Column("inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_presence_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_presence_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("inquiry_id", "staff_id", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_seen_at"), "presence", ["seen_at"], unique=False)
    op.create_index(op.f("ix_presence_staff_id"), "presence", ["staff_id"], unique=False)
    op.create_table(
        "watcher",
        sa.Column("inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_watcher_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_watcher_staff_id_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("inquiry_id", "staff_id", name=op.f("pk_watcher")),
    )
    op.create_index(op.f("ix_watcher_staff_id"), "watcher", ["staff_id"], unique=False)


def _create_promises() -> None:
    """Reminders of them, how they were kept, and what the company learns."""
    op.create_table(
        "answer_time",
        sa.Column("product", sa.String(length=40), nullable=False),
        sa.Column("median_minutes", sa.Integer(), nullable=True),
        sa.Column("inquiry_count", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("product", name=op.f("pk_answer_time")),
    )
    op.create_table(
        "insight",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("product", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("month", "product", name=op.f("pk_insight")),
    )
    op.create_table(
        "insight_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("newest_event_id", sa.BigInteger(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_insight_month")),
    )
    op.create_table(
        "rating",
        sa.Column("inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_rating_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("inquiry_id", name=op.f("pk_rating")),
    )
    op.create_index(op.f("ix_rating_rated_at"), "rating", ["rated_at"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_reminder_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("inquiry_id", "promised_at", "step", name=op.f("pk_reminder")),
    )


def _create_exports() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("row_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bytes_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("blob_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_export_blob_id_blob")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_export_staff_id_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index(op.f("ix_export_blob_id"), "export", ["blob_id"], unique=False)
    op.create_index(op.f("ix_export_staff_id"), "export", ["staff_id"], unique=False)
    op.create_index(op.f("ix_export_state"), "export", ["state"], unique=False)


def _create_thumbnails() -> None:
    op.create_table(
        "thumbnail",
        sa.Column("blob_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("width", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("height", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempt_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_thumbnail_blob_id_blob"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("blob_id", name=op.f("pk_thumbnail")),
    )
    _index_where("ix_thumbnail_blob_id", "thumbnail", ["blob_id"], "made_at IS NULL")


def _create_search_documents() -> None:
    op.create_table(
        "search_document",
        sa.Column(
            "inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("inquiry_id", name=op.f("pk_search_document")),
    )
    op.create_table(
        "search_due",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inquiry_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_due")),
    )


def _widen_received_mail() -> None:
    op.create_table(
        "inbound_text",
        sa.Column("inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name=op.f("fk_inbound_text_inbound_id_inbound"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("inbound_id", name=op.f("pk_inbound_text")),
    )
    op.add_column("inbound", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    _index_where("ix_inbound_decided_at", "inbound", ["decided_at", "id"], "decided_at IS NOT NULL")
    # The same rows in the order they are listed in; with both, SQLite would take the one that has to be sorted.
    op.drop_index("ix_inbound_state", table_name="inbound")
    _index_where("ix_inbound_received_at", "inbound", ["received_at", "id"], "state IN ('held', 'parked')")


def _widen_conversations() -> None:
    op.add_column("event", sa.Column("actor_address", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("event", sa.Column("facts", sa.JSON(), nullable=True))
    op.add_column("event", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("inquiry_version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("event", sa.Column("moved_from_id", sa.BigInteger(), nullable=True))
    op.add_column("message", sa.Column("moved_from_id", sa.BigInteger(), nullable=True))
    op.add_column("note", sa.Column("moved_from_id", sa.BigInteger(), nullable=True))


def _widen_inquiries() -> None:
    op.add_column("inquiry", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column(
        "inquiry", sa.Column("priority", sa.String(length=10), server_default=sa.text("'normal'"), nullable=False)
    )
    op.add_column("inquiry", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inquiry", sa.Column("has_files", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("inquiry", sa.Column("preview", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("inquiry", sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inquiry", sa.Column("first_answer_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inquiry", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("inquiry", sa.Column("has_mail_trouble", sa.Boolean(), server_default=sa.false(), nullable=False))


def _index_inquiries() -> None:
    """For every order of the list, what a row of it is narrowed by stands in the index."""
    _index_where("ix_inquiry_answer_due_at", "inquiry", ["answer_due_at", "id", *_LISTED_BY, "received_at", "changed_at"], "state IN ('received', 'open')")
    _index_where("ix_inquiry_assignee", "inquiry", ["assignee", "id"], "assignee IS NOT NULL")
    op.create_index(
        "ix_inquiry_assignee_state", "inquiry", ["assignee", "state", "answer_due_at", "id", "product"], unique=False
    )
    op.create_index("ix_inquiry_received_at", "inquiry", ["received_at", "id", *_LISTED_BY, "changed_at"], unique=False)
    _index_where("ix_inquiry_mail_trouble", "inquiry", ["changed_at", "id"], "has_mail_trouble")
    op.create_index("ix_inquiry_changed_at", "inquiry", ["changed_at", "id", *_LISTED_BY, "received_at"], unique=False)
    op.create_index(op.f("ix_inquiry_country_id"), "inquiry", ["country", "id"], unique=False)
    _index_where("ix_inquiry_due_at", "inquiry", ["due_at", "id"], "due_at IS NOT NULL")
    _index_where("ix_inquiry_has_files", "inquiry", ["id"], "has_files")
    op.create_index(op.f("ix_inquiry_language_id"), "inquiry", ["language", "id"], unique=False)
    _index_where("ix_inquiry_merged_into_id", "inquiry", ["merged_into_id", "id"], "merged_into_id IS NOT NULL")
    _index_where("ix_inquiry_priority", "inquiry", ["priority", "id"], "priority <> 'normal'")
    op.create_index(op.f("ix_inquiry_product_id"), "inquiry", ["product", "id"], unique=False)
    op.create_index("ix_inquiry_state", "inquiry", ["state", "changed_at", "id", *_LISTED_BY[1:], "received_at"], unique=False)
    op.create_index(op.f("ix_inquiry_topic_id"), "inquiry", ["topic", "id"], unique=False)
    _index_where("ix_inquiry_unreachable_since", "inquiry", ["unreachable_since", "id"], "unreachable_since IS NOT NULL")


def _create_search_words() -> None:
    """The words of the search documents: each database indexes them in its own way."""
    if op.get_bind().dialect.name == "sqlite":
        # The words come cut and folded, so the tokenizer only splits at blanks; no positions are kept.
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5"
            "(words, content='', detail='none', columnsize=0, tokenize='ascii')"
        )
        return
    op.execute(
        "CREATE TABLE search_words (inquiry_id BIGINT PRIMARY KEY"
        " REFERENCES search_document (inquiry_id) ON DELETE CASCADE, words TSVECTOR NOT NULL)"
    )
    op.execute("ALTER TABLE search_words ALTER COLUMN words SET STATISTICS 1000")
    op.execute("CREATE INDEX ix_search_words_words ON search_words USING gin (words)")


def _fill_new_columns() -> None:
    """What is there already gets what the desk needs; the worker writes the search documents and makes the pictures."""
    pictured = (
        "kind IN ('pdf', 'jpeg', 'png') OR (kind = 'other' AND (lower(name) LIKE '%.gif' OR lower(name) LIKE '%.webp'"
        " OR lower(name) LIKE '%.bmp' OR lower(name) LIKE '%.tif' OR lower(name) LIKE '%.tiff'))"
    )
    op.execute(
        f"INSERT INTO thumbnail (blob_id) SELECT blob_id FROM file WHERE {pictured}"
        f" UNION SELECT blob_id FROM inbound_file WHERE NOT is_folded AND ({pictured})"
    )
    op.execute("UPDATE inbound SET decided_at = coalesce(judged_at, received_at) WHERE decided_by <> ''")
    op.execute("INSERT INTO search_due (inquiry_id) SELECT id FROM inquiry ORDER BY id")
    op.execute("UPDATE inquiry SET first_answer_due_at = answer_due_at")
    op.execute(
        "UPDATE inquiry SET has_files = EXISTS (SELECT 1 FROM message JOIN file ON file.message_id = message.id"
        " WHERE message.inquiry_id = inquiry.id)"
    )
    op.execute(
        "UPDATE inquiry SET has_mail_trouble = true WHERE unreachable_since IS NOT NULL OR id IN (SELECT letter.inquiry_id"
        " FROM delivery JOIN letter ON letter.id = delivery.letter_id WHERE delivery.due_at IS NULL"
        " AND delivery.state IN ('refused', 'given_up', 'parked', 'bounced') AND letter.inquiry_id IS NOT NULL)"
    )
    op.execute(
        "UPDATE inquiry SET preview = coalesce((SELECT substr(message.body, 1, 200) FROM message"
        " WHERE message.inquiry_id = inquiry.id ORDER BY message.id DESC LIMIT 1), '')"
    )
    op.execute(
        "UPDATE inquiry SET first_answered_at = (SELECT min(message.written_at) FROM message"
        " WHERE message.inquiry_id = inquiry.id AND message.author = 'staff')"
    )
