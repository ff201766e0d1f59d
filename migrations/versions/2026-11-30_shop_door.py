"""the public door: publishable keys and what visitors did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publishable_keys",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_visitor", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(36), nullable=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_publishable_keys_created_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publishable_keys")),
        sa.UniqueConstraint("key", name=op.f("uq_publishable_keys_key")),
    )
    deleted = sa.text("deleted_at IS NOT NULL")
    op.create_index(
        op.f("ix_publishable_keys_deleted_at"),
        "publishable_keys",
        ["deleted_at"],
        sqlite_where=deleted,
        postgresql_where=deleted,
    )
    op.create_table(
        "shop_events",
        sa.Column("key_id", sa.String(36), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("visit", sa.String(64), nullable=True),
        sa.Column("search_id", sa.String(36), nullable=True),
        sa.Column("product_id", sa.String(36), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("asked", sa.String(20), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("matches", sa.Integer(), nullable=True),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('search', 'shown', 'view', 'click', 'add_to_cart')",
            name=op.f("ck_shop_events_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["publishable_keys.id"], name=op.f("fk_shop_events_key_id_publishable_keys")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_shop_events_product_id_products"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_events")),
    )
    for column in ("created_at", "product_id", "search_id", "visit"):
        op.create_index(op.f(f"ix_shop_events_{column}"), "shop_events", [column])


def downgrade() -> None:
    op.drop_table("shop_events")
    op.drop_table("publishable_keys")
