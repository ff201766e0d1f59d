"""what waits for a reviewer, and what reviewers answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0015"
branch_labels = None
depends_on = None

DOUBTS = ("label_margin", "primary_margin", "detector_score", "disagreement")
STATES = "state IN ('open', 'second', 'dispute', 'flagged', 'done')"
OUTCOMES = "outcome IN ('accept', 'correct', 'reject', 'flag', 'skip', 'return', 'revert')"


def upgrade() -> None:
    _items()
    _answers()


def downgrade() -> None:
    op.drop_table("review_answers")
    op.drop_table("review_items")


def _items() -> None:
    op.create_table(
        "review_items",
        *_row(),
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.Column("draw", sa.Float(), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("traffic", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in DOUBTS),
        sa.Column("facets", sa.String(length=500), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("leased_by", sa.String(length=36), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_review_items_state")),
        _refers("review_items", "product_id", "products"),
        _refers("review_items", "leased_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_items")),
        sa.UniqueConstraint("product_id", name=op.f("uq_review_items_product_id")),
    )
    op.create_index("ix_review_items_state_priority", "review_items", ["state", "priority"])
    counted = ["state", *DOUBTS, "facets"]
    op.create_index("ix_review_items_counted", "review_items", counted)
    op.create_index("ix_review_items_lease_until", "review_items", ["lease_until"])
    op.create_index("ix_review_items_sampled_draw", "review_items", ["sampled", "draw"])


def _answers() -> None:
    op.create_table(
        "review_answers",
        *_row(),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        *(
            sa.Column(name, sa.JSON(), nullable=False)
            for name in ("before", "after", "versions", "verified")
        ),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reverted_by", sa.String(length=36), nullable=True),
        sa.CheckConstraint(OUTCOMES, name=op.f("ck_review_answers_outcome")),
        _refers("review_answers", "item_id", "review_items"),
        _refers("review_answers", "product_id", "products"),
        _refers("review_answers", "created_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_answers")),
    )
    for columns in (["item_id"], ["product_id"], ["created_by", "created_at"], ["created_at"]):
        name = f"ix_review_answers_{'_'.join(columns)}"
        op.create_index(name, "review_answers", columns)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def _row() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
