"""A strong house: spam, refusals, visits, retention, erasure"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_privacy()


def _create_privacy() -> None:
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
