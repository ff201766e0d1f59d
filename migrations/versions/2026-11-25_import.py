"""where an image came from, and what an import did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("images") as batch_op:
        batch_op.add_column(sa.Column("source_url", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "import_results",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_import_results_job_id_jobs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_results")),
        sa.UniqueConstraint("job_id", name=op.f("uq_import_results_job_id")),
    )


def downgrade() -> None:
    op.drop_table("import_results")
    with op.batch_alter_table("images") as batch_op:
        batch_op.drop_column("source_url")
