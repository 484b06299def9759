"""What somebody, or nobody yet, owes an answer, by promise"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AWAITED = "state IN ('received', 'open')"
_LISTED_BY = ("state", "product", "topic", "country", "language", "priority", "has_files")


def upgrade() -> None:
    """The first page of a long list of these is read without the rest of it."""
    op.create_index(
        "ix_inquiry_assignee_answer_due_at",
        "inquiry",
        ["assignee", "answer_due_at", "id", *_LISTED_BY],
        unique=False,
        sqlite_where=sa.text(_AWAITED),
        postgresql_where=sa.text(_AWAITED),
    )
