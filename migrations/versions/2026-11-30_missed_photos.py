"""photos of searches that nothing fitted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "missed_photos",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["publishable_keys.id"],
            name=op.f("fk_missed_photos_key_id_publishable_keys"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_photos")),
    )
    op.create_index("ix_missed_photos_created_at", "missed_photos", ["created_at"])


def downgrade() -> None:
    op.drop_table("missed_photos")
