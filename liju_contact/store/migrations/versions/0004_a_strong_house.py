"""A strong house: spam, refusals, visits, retention, erasure"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_spam()


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
