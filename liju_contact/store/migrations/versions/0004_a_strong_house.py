"""A strong house: spam, refusals, visits, retention, erasure"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_visits()
    _create_scan()
    _create_refusals()
    _create_refused_files()
    _create_privacy_requests()
    _create_privacy_register()
    _create_spam()
    _create_desk_indices()


def _create_visits() -> None:
    op.create_table(
        "visit",
        sa.Column("inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("network", sa.String(length=8), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_visit_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("inquiry_id", "day", "network", name=op.f("pk_visit")),
    )


def _create_scan() -> None:
    """What a virus scanner said of files; those that there are wait for it."""
    op.create_table(
        "scan",
        sa.Column("blob_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=20), server_default=sa.text("'unscanned'"), nullable=False),
        sa.Column("signature", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("attempt_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_scan_blob_id_blob"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("blob_id", name=op.f("pk_scan")),
    )
    with op.batch_alter_table("scan") as batch:
        batch.create_index(
            "ix_scan_blob_id",
            ["blob_id"],
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
    op.execute("INSERT INTO scan (blob_id) SELECT blob_id FROM file UNION SELECT blob_id FROM inbound_file")


def _create_refusals() -> None:
    is_open = sa.text("settled_at IS NULL")
    op.create_table(
        "refusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("door", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("product", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("network", sa.String(length=50), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("email_folded", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.String(length=40), nullable=False),
        sa.Column("tries_count", sa.Integer(), nullable=False),
        sa.Column("left_out_count", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("settled_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_refusal_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    for name, columns in (("open", ["happened_at", "id"]), ("nonce", ["nonce"]), ("text_digest", ["text_digest"])):
        op.create_index(f"ix_refusal_{name}", "refusal", columns, sqlite_where=is_open, postgresql_where=is_open)
    op.create_index(op.f("ix_refusal_happened_at_id"), "refusal", ["happened_at", "id"])
    op.create_index(op.f("ix_refusal_email_folded"), "refusal", ["email_folded"])
    op.create_index(op.f("ix_refusal_inquiry_id"), "refusal", ["inquiry_id"])


def _create_refused_files() -> None:
    op.create_table(
        "refusal_file",
        sa.Column("refusal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("blob_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_refusal_file_blob_id_blob")),
        sa.ForeignKeyConstraint(
            ["refusal_id"], ["refusal.id"], name=op.f("fk_refusal_file_refusal_id_refusal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("refusal_id", "position", name=op.f("pk_refusal_file")),
    )
    op.create_index(op.f("ix_refusal_file_blob_id"), "refusal_file", ["blob_id"])


def _create_privacy_requests() -> None:
    op.add_column("inquiry", sa.Column("notice_version", sa.String(40), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "privacy_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("blob_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["staff.id"], name="fk_privacy_request_asked_by_id_staff", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["staff.id"], name="fk_privacy_request_agreed_by_id_staff", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name="fk_privacy_request_blob_id_blob"),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_request"),
    )
    for column in ("asked_by_id", "agreed_by_id", "blob_id"):
        op.create_index(f"ix_privacy_request_{column}", "privacy_request", [column])


def _create_privacy_register() -> None:
    """What was done, without whom it was done to, and what the notices said."""
    op.create_table(
        "privacy_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_event"),
    )
    op.create_index("ix_privacy_event_step", "privacy_event", ["step"])
    op.create_table(
        "privacy_notice",
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_privacy_notice"),
    )


def _create_spam() -> None:
    op.create_table(
        "spam_judgement",
        sa.Column("inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("learnt", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_spam_judgement_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("inquiry_id", name=op.f("pk_spam_judgement")),
    )
    op.create_table(
        "spam_word",
        sa.Column("word", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("spam_count", sa.Integer(), nullable=False),
        sa.Column("honest_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_spam_word")),
    )
    op.create_table(
        "spam_sketch",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_spam_sketch_inquiry_id_inquiry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", "inquiry_id", name=op.f("pk_spam_sketch")),
    )
    op.create_index(op.f("ix_spam_sketch_inquiry_id"), "spam_sketch", ["inquiry_id"], unique=False)


_LISTED_BY = ("state", "product", "topic", "country", "language", "assignee", "priority", "has_files")
_OF_SOME = {"assignee": "assignee IS NOT NULL", "priority": "priority <> 'normal'"}


def _create_desk_indices() -> None:
    """Let the indices of one value tell what else a list asks: two filters that leave little are read by them alone."""
    for column in ("product", "topic", "country"):
        op.drop_index(f"ix_inquiry_{column}_id", "inquiry")
    for column in _OF_SOME:
        op.drop_index(f"ix_inquiry_{column}", "inquiry")
    for column in ("product", "topic", "country", "assignee", "priority"):
        others = [other for other in _LISTED_BY if other != column]
        where = sa.text(_OF_SOME[column]) if column in _OF_SOME else None
        condition: dict[str, Any] = {} if where is None else {"sqlite_where": where, "postgresql_where": where}
        op.create_index(f"ix_inquiry_{column}", "inquiry", [column, "id", *others], **condition)
