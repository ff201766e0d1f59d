"""the colours of photos, so that one cut in two colours is no duplicate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("blobs") as batch_op:
        batch_op.add_column(sa.Column("colour_grid", sa.LargeBinary(), nullable=True))
    # The next thumbnails job looks at these photos once more.
    op.execute("UPDATE blobs SET thumbnails_at = NULL WHERE perceptual_hash IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("blobs") as batch_op:
        batch_op.drop_column("colour_grid")
