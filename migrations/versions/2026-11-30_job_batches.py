"""jobs know the batch they belong to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Never made anew as a batch would: on SQLite what refers to jobs would go with the table.
    op.add_column("jobs", sa.Column("batch_id", sa.String(36), nullable=True))
    op.create_index(op.f("ix_jobs_batch_id_id"), "jobs", ["batch_id", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_jobs_batch_id_id"), table_name="jobs")
    op.drop_column("jobs", "batch_id")
