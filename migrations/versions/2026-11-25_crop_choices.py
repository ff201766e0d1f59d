"""what verdicts and the choice of the primary crop rest on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added one by one, without rebuilding: crops and products point at each other.
    op.add_column("products", _source("primary_source"))
    op.add_column("crops", _source("verdict_source"))
    op.add_column("crops", _facts("measures"))
    op.add_column("crops", sa.Column("primary_score", sa.Float(), nullable=True))
    op.add_column("crops", _facts("primary_parts"))
    op.create_table(
        "text_embeddings",
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_text_embeddings_product_id_products"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_embeddings")),
        sa.UniqueConstraint(
            "product_id", "model_version", name=op.f("uq_text_embeddings_product_id_model_version")
        ),
    )


def downgrade() -> None:
    op.drop_table("text_embeddings")
    for name in ("primary_parts", "primary_score", "measures", "verdict_source"):
        op.drop_column("crops", name)
    op.drop_column("products", "primary_source")


def _source(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=20), nullable=False, server_default="model")


def _facts(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
