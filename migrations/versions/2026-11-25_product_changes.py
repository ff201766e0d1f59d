"""product changes, and what a search counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vitrine.tables import changes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "product_changes",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("product_id", sa.String(length=36), nullable=True),
        sa.Column("txid", BIG, nullable=True),
        sa.Column("changed_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_product_changes_txid"), "product_changes", ["txid"])
    op.create_index(op.f("ix_product_changes_changed_at"), "product_changes", ["changed_at"])
    op.add_column(
        "query_results", sa.Column("summary", sa.JSON(), nullable=False, server_default="{}")
    )
    if op.get_bind().dialect.name == "postgresql":  # on SQLite env.py does it, after all migrations
        changes.watch(op.get_bind())


def downgrade() -> None:
    changes.unwatch(op.get_bind())
    op.drop_column("query_results", "summary")
    op.drop_table("product_changes")
