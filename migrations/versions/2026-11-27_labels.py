"""labels name their product; a person's have no crop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vitrine.tables import changes

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATED = sa.text("source = 'person' AND deleted_at IS NULL")
ALIVE = sa.text("deleted_at IS NULL")
DELETED = sa.text("deleted_at IS NOT NULL")


def upgrade() -> None:
    # Made anew rather than altered: until now nothing wrote to the table.
    op.drop_table("labels")
    make(
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("crop_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("(source = 'person') = (crop_id IS NULL)", name=op.f("ck_labels_whose")),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_labels_product_id_products"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_labels_product_id"), "labels", ["product_id"])
    op.create_index(
        "uq_labels_product_id_facet_value_person",
        "labels",
        ["product_id", "facet", "value"],
        unique=True,
        sqlite_where=STATED,
        postgresql_where=STATED,
    )
    if op.get_bind().dialect.name == "postgresql":  # on SQLite env.py does it, after all migrations
        changes.watch(op.get_bind())


def downgrade() -> None:
    op.drop_table("labels")
    make(sa.Column("crop_id", sa.String(length=36), nullable=False))


def make(*own: sa.Column[str] | sa.Constraint) -> None:
    op.create_table(
        "labels",
        *own,
        sa.Column("facet", sa.String(length=50), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source IN ('model', 'person')", name=op.f("ck_labels_source")),
        sa.ForeignKeyConstraint(
            ["crop_id"], ["crops.id"], name=op.f("fk_labels_crop_id_crops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
    )
    op.create_index(op.f("ix_labels_crop_id"), "labels", ["crop_id"])
    op.create_index(
        "ix_labels_deleted_at",
        "labels",
        ["deleted_at"],
        sqlite_where=DELETED,
        postgresql_where=DELETED,
    )
    op.create_index(
        "uq_labels_crop_id_facet_value_alive",
        "labels",
        ["crop_id", "facet", "value"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
