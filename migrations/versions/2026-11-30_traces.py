"""jobs know the trace of the request that submitted them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Never made anew as a batch would: on SQLite what refers to jobs would go with the table.
    op.add_column("jobs", sa.Column("trace", sa.String(55), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("jobs", "trace")
