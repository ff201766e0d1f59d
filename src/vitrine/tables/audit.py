"""The audit log: who did what, to what, from where, and how it ended; rows are only ever added."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.tables.base import Base, Row


class AuditEvent(Row, Base):
    """One act. It refers to nothing, so that it outlives whoever acted and what was acted on.

    `actor` is an e-mail address, `command:NAME` for the command line, or `vitrine` itself.
    """

    __tablename__ = "audit_events"

    action: Mapped[str] = mapped_column(String(50))
    outcome: Mapped[str] = mapped_column(String(50))
    actor: Mapped[str] = mapped_column(String(320))
    actor_id: Mapped[str | None] = mapped_column(String(36), default=None)
    key_id: Mapped[str | None] = mapped_column(String(36), default=None)
    target: Mapped[str] = mapped_column(String(400), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        Index("ix_audit_events_action", "action", "id"),
        Index("ix_audit_events_actor", "actor", "id"),
        Index("ix_audit_events_target", "target", "id"),
        Index("ix_audit_events_created_at", "created_at"),
    )


def protect(connection: Connection) -> None:
    """Have the database itself refuse to change a row of the log; removing old ones stays."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(_SQLITE))
        return
    for statement in _POSTGRES:
        connection.execute(text(statement))


_REFUSAL = "the audit log is only ever added to"
_SQLITE = (
    "CREATE TRIGGER keep_audit_events BEFORE UPDATE ON audit_events "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
)
_POSTGRES = (
    "CREATE FUNCTION keep_audit_events() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    "CREATE TRIGGER keep_audit_events BEFORE UPDATE ON audit_events "
    "FOR EACH ROW EXECUTE FUNCTION keep_audit_events()",
)
