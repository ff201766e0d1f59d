"""a collection may hold a share of each product's words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vitrine.tables import changes

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("collections") as batch_op:
        batch_op.add_column(
            sa.Column("text_share", sa.Double(), server_default="0", nullable=False)
        )
    if op.get_bind().dialect.name == "postgresql":  # on SQLite env.py does it, after all migrations
        changes.watch(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("collections") as batch_op:
        batch_op.drop_column("text_share")
