"""an image knows who gave it, so that a file's list of pictures replaces only its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vitrine.tables import changes

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Of those without an address only where nobody added an image by hand: in doubt they stay.
FROM_IMPORTS = """
UPDATE images SET source = 'import'
WHERE product_id IS NOT NULL AND created_by IS NULL
  AND (source_url <> '' OR NOT EXISTS (
    SELECT 1 FROM reviews WHERE reviews.product_id = images.product_id
      AND reviews.action = 'add_images' AND reviews.created_by IS NOT NULL))
"""


def upgrade() -> None:
    with op.batch_alter_table("images") as batch_op:
        batch_op.add_column(
            sa.Column("source", sa.String(20), server_default="person", nullable=False)
        )
    op.execute(FROM_IMPORTS)
    if op.get_bind().dialect.name == "postgresql":  # on SQLite env.py does it, after all migrations
        changes.watch(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("images") as batch_op:
        batch_op.drop_column("source")
