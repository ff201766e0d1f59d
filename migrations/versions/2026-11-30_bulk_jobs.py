"""jobs know whether they belong to a whole catalogue"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Never made anew as a batch would: on SQLite what refers to jobs would go with the table.
    op.add_column("jobs", sa.Column("bulk", sa.Boolean, server_default=sa.false(), nullable=False))
    op.create_index("ix_jobs_turns", "jobs", ["status", "share", "bulk", "kind", "id"])


def downgrade() -> None:
    op.drop_index("ix_jobs_turns", table_name="jobs")
    op.drop_column("jobs", "bulk")
