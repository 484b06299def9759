"""What is looked for while others wait to write, and what has had its time"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOVED = "moved_from_id IS NOT NULL"


def upgrade() -> None:
    """Without these whoever forgot an old inquiry read every message, note, event and letter while writing."""
    for table in ("message", "note", "event"):
        _create_index(f"ix_{table}_moved_from_id", table, ["moved_from_id", "id"], _MOVED)
    _create_index("ix_letter_written_at", "letter", ["written_at", "id"], "text <> ''")
    _create_index("ix_inbound_raw_received_at", "inbound", ["received_at", "id"], "bytes_count > 0")


def _create_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)
