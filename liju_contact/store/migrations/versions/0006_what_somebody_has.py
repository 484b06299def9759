"""What somebody, or nobody yet, has, as far as it goes on"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LISTED_BY = ("state", "product", "topic", "country", "language", "priority", "has_files")


def upgrade() -> None:
    """The first page of a long list of these is read without the rest of it."""
    owed = ["assignee", "answer_due_at", "id", *_LISTED_BY]
    _create_index("ix_inquiry_assignee_answer_due_at", owed, "state IN ('received', 'open')")
    _create_index("ix_inquiry_assignee_answered", ["assignee", "id"], "state = 'answered'")


def _create_index(name: str, columns: Sequence[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "inquiry", columns, unique=False, sqlite_where=where, postgresql_where=where)
