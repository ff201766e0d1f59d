"""what changes of any photo of a product counts for search"""

from __future__ import annotations

from alembic import op

from vitrine.tables import changes

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # on SQLite env.py does it, after all migrations
        changes.watch(op.get_bind())


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # Tables have no such trigger then; the others do no harm to what knows of fewer changes.
        op.execute("DROP TRIGGER IF EXISTS note_crops_update ON crops")
        op.execute("DROP FUNCTION IF EXISTS note_crops_update()")
