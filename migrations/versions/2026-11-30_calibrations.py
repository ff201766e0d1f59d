"""fits of each collection by the catalogue's own words, and what the shop's words mean in ours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calibrations",
        *_row(),
        sa.Column("collection_id", sa.String(length=36), nullable=False),
        sa.Column("products", sa.Integer(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("tuning", "labels", "figures")),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_calibrations_collection_id_collections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrations")),
        sa.UniqueConstraint("collection_id", name=op.f("uq_calibrations_collection_id")),
    )
    op.create_table(
        "value_mappings",
        *_row(),
        sa.Column("facet", sa.String(length=50), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("spelled", sa.String(length=200), nullable=False),
        sa.Column("products", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.String(length=100), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("stated", sa.String(length=100), nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_value_mappings_decided_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_mappings")),
        sa.UniqueConstraint("facet", "value", name=op.f("uq_value_mappings_facet_value")),
    )
    # How much changed since a fit is asked every second.
    op.create_index(op.f("ix_products_updated_at"), "products", ["updated_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_products_updated_at"), table_name="products")
    op.drop_table("value_mappings")
    op.drop_table("calibrations")


def _row() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
