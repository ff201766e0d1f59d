"""a change that no person made has nobody's name on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reviews") as batch_op:
        batch_op.alter_column("created_by", existing_type=sa.String(length=36), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM reviews WHERE created_by IS NULL")
    with op.batch_alter_table("reviews") as batch_op:
        batch_op.alter_column("created_by", existing_type=sa.String(length=36), nullable=False)
