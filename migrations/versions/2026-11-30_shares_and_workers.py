"""jobs take turns by share, and workers tell of themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vitrine.tables.base import UtcTime

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("slots", sa.Integer, nullable=False),
        sa.Column("running", sa.Integer, nullable=False),
        sa.Column("jobs", sa.Integer, nullable=False),
        sa.Column("last_job_at", UtcTime, nullable=True),
        sa.Column("seen_at", UtcTime, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_index(op.f("ix_workers_seen_at"), "workers", ["seen_at"])
    op.add_column("jobs", sa.Column("share", sa.String(36), server_default="", nullable=False))
    op.execute("UPDATE jobs SET share = created_by WHERE created_by IS NOT NULL")
    op.create_index(op.f("ix_jobs_started_at"), "jobs", ["started_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_jobs_started_at"), table_name="jobs")
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_column("share")
    op.drop_table("workers")
