"""a product has a status, and what a shop's file said of it as an attribute counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vitrine.tables import changes

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("products") as batch_op:
        batch_op.add_column(
            sa.Column("status", sa.String(20), server_default="active", nullable=False)
        )
    products = sa.table("products", sa.column("status"), sa.column("attributes", sa.JSON))
    said = sa.func.lower(products.c.attributes["status"].as_string())
    op.execute(
        products.update().where(said.in_(["draft", "archived", "private"])).values(status=said)
    )
    if op.get_bind().dialect.name == "postgresql":  # on SQLite env.py does it, after all migrations
        changes.watch(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("products") as batch_op:
        batch_op.drop_column("status")
