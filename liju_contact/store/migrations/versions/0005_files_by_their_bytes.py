"""Files by their bytes, the newest first"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of a brochure that thousands sent, the newest are found without the others."""
    op.create_index(op.f("ix_file_blob_id_id"), "file", ["blob_id", "id"])
    op.drop_index(op.f("ix_file_blob_id"), "file")
