"""models lie in the store, and collections are built, searched, kept and retired."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

ONE_ACTIVE = sa.text("state = 'active'")
WAS_ACTIVE = sa.text("active")


def upgrade() -> None:
    _add(
        "model_versions",
        sa.Column("status", sa.String(20), server_default="installed", nullable=False),
    )
    for name in ("files", "gate"):
        _add("model_versions", sa.Column(name, sa.JSON(), server_default="{}", nullable=False))
    _add("model_versions", sa.Column("run_id", sa.String(36)))
    _add("model_versions", sa.Column("retired_at", sa.DateTime(timezone=True)))
    op.create_index(op.f("ix_model_versions_run_id"), "model_versions", ["run_id"])
    # Never made anew as a batch would: on SQLite calibrations would go with the earlier table.
    _add("collections", sa.Column("state", sa.String(20), server_default="retired", nullable=False))
    _add("collections", sa.Column("detector", sa.String(120), server_default="", nullable=False))
    _add("collections", sa.Column("comparison", sa.JSON(), server_default="{}", nullable=False))
    for name in ("built_at", "retired_at"):
        _add("collections", sa.Column(name, sa.DateTime(timezone=True)))
    _states()
    op.drop_index("uq_collections_active", table_name="collections")
    op.drop_column("collections", "active")
    _only_one("state", ONE_ACTIVE)
    _failures()


def downgrade() -> None:
    op.drop_table("build_failures")
    _add(
        "collections", sa.Column("active", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute("UPDATE collections SET active = (state = 'active')")
    op.drop_index("uq_collections_active", table_name="collections")
    _only_one("active", WAS_ACTIVE)
    for name in ("state", "detector", "comparison", "built_at", "retired_at"):
        op.drop_column("collections", name)
    op.drop_index(op.f("ix_model_versions_run_id"), table_name="model_versions")
    for name in ("status", "files", "gate", "run_id", "retired_at"):
        op.drop_column("model_versions", name)


def _states() -> None:
    """The searched collection stays so; what was left behind by others before it is retired."""
    collections = sa.table(
        "collections",
        sa.column("active", sa.Boolean()),
        sa.column("state"),
        sa.column("activated_at"),
        sa.column("built_at"),
        sa.column("retired_at", sa.DateTime(timezone=True)),
    )
    op.execute(
        collections.update()
        .where(collections.c.active)
        .values(state="active", built_at=collections.c.activated_at)
    )
    op.execute(
        collections.update()
        .where(sa.not_(collections.c.active))
        .values(retired_at=sa.func.current_timestamp())
    )
    # A model is what its card says, whatever rule then chooses among its boxes.
    op.execute("DELETE FROM model_versions WHERE role = 'detector'")


def _failures() -> None:
    op.create_table(
        "build_failures",
        sa.Column("collection_id", sa.String(length=36), nullable=False),
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{one}_id"],
                [f"{one}s.id"],
                name=op.f(f"fk_build_failures_{one}_id_{one}s"),
                ondelete="CASCADE",
            )
            for one in ("collection", "product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_build_failures")),
        sa.UniqueConstraint(
            "collection_id", "product_id", name=op.f("uq_build_failures_collection_id_product_id")
        ),
    )
    op.create_index(op.f("ix_build_failures_product_id"), "build_failures", ["product_id"])


def _add(table: str, column: sa.Column[object]) -> None:
    op.add_column(table, column)


def _only_one(column: str, where: sa.TextClause) -> None:
    op.create_index(
        "uq_collections_active",
        "collections",
        [column],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
