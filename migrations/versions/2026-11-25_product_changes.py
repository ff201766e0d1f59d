"""product changes, and what a search counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vitrine.tables import changes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SOFT = ("products", "images", "labels", "users", "api_keys")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def index_deleted(only: sa.TextClause | None) -> None:
    """SQLite would take an index over all rows to find the living ones, which are most."""
    for table in SOFT:
        name = f"ix_{table}_deleted_at"
        op.drop_index(name, table_name=table)
        op.create_index(name, table, ["deleted_at"], sqlite_where=only, postgresql_where=only)


def upgrade() -> None:
    index_deleted(sa.text("deleted_at IS NOT NULL"))
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
    index_deleted(None)
