"""blobs and retention."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("condemned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thumbnails_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("perceptual_hash", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_index(op.f("ix_blobs_condemned_at"), "blobs", ["condemned_at"])
    op.create_index(op.f("ix_blobs_thumbnails_at"), "blobs", ["thumbnails_at"])
    op.execute(
        "INSERT INTO blobs (sha256, created_at) "
        "SELECT sha256, MIN(created_at) FROM images GROUP BY sha256"
    )
    op.create_table(
        "retention_results",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_retention_results_job_id_jobs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_results")),
        sa.UniqueConstraint("job_id", name=op.f("uq_retention_results_job_id")),
    )
    op.create_index("ix_jobs_kind_created_at", "jobs", ["kind", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_jobs_kind_created_at", table_name="jobs")
    op.drop_table("retention_results")
    op.drop_index(op.f("ix_blobs_thumbnails_at"), table_name="blobs")
    op.drop_index(op.f("ix_blobs_condemned_at"), table_name="blobs")
    op.drop_table("blobs")
