"""sources know the feed again that they read"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vitrine.tables.base import UtcTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("etag", "modified"):
        column = sa.Column(name, sa.String(200), server_default="", nullable=False)
        op.add_column("sources", column)
    op.add_column("sources", sa.Column("read_at", UtcTime, nullable=True))


def downgrade() -> None:
    for name in ("read_at", "modified", "etag"):
        op.drop_column("sources", name)
