"""an audit log, identities of OpenID providers, and what tells a known client from a stranger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vitrine.tables.audit import protect

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("action", sa.String(50), nullable=False),
        sa.Column("outcome", sa.String(50), nullable=False),
        sa.Column("actor", sa.String(320), nullable=False),
        sa.Column("actor_id", sa.String(36), nullable=True),
        sa.Column("key_id", sa.String(36), nullable=True),
        sa.Column("target", sa.String(400), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    for column in ("action", "actor", "target"):
        op.create_index(f"ix_audit_events_{column}", "audit_events", [column, "id"])
    op.create_index("ix_audit_events_created_at", "audit_events", ["created_at"])
    protect(op.get_bind())
    op.create_table(
        "identities",
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_identities_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
    )
    op.create_index(op.f("ix_identities_user_id"), "identities", ["user_id"])
    with op.batch_alter_table("sign_in_attempts") as batch_op:
        batch_op.add_column(sa.Column("known_by", sa.String(64), nullable=True))
    with op.batch_alter_table("sign_ins") as batch_op:
        batch_op.add_column(sa.Column("network", sa.String(64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sign_ins") as batch_op:
        batch_op.drop_column("network")
    with op.batch_alter_table("sign_in_attempts") as batch_op:
        batch_op.drop_column("known_by")
    op.drop_table("identities")
    op.drop_table("audit_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_audit_events()")
