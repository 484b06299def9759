"""A strong house: spam, refusals, visits, retention, erasure"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_visits()
    _create_scan()


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
