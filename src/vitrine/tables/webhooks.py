"""Who is told of changes (Webhook), what happened (Event), and each telling (Delivery)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vitrine.tables.base import Base, Row, SoftDelete, deleted_index

PENDING, DELIVERED, GIVEN_UP = "pending", "delivered", "given_up"


class Webhook(Row, SoftDelete, Base):
    """An address that wants to be told of some events.

    Its secret is derived from `seed` and the settings' secret, so that no reader of this table can
    sign; `secret_hash` knows a wrong one. The earlier secret signs too until `earlier_until`.
    """

    __tablename__ = "webhooks"

    url: Mapped[str] = mapped_column(String(2000))
    description: Mapped[str] = mapped_column(String(200), default="")
    events: Mapped[list[str]]
    seed: Mapped[str] = mapped_column(String(64))
    secret_hash: Mapped[str] = mapped_column(String(64))
    earlier_seed: Mapped[str | None] = mapped_column(String(64), default=None)
    earlier_until: Mapped[datetime | None] = mapped_column(default=None)
    failing_since: Mapped[datetime | None] = mapped_column(default=None)
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)
    disabled_reason: Mapped[str | None] = mapped_column(String(200), default=None)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)

    __table_args__ = (deleted_index("webhooks"),)

    @property
    def enabled(self) -> bool:
        """Whether it is told of what happens now."""
        return self.disabled_at is None


class Event(Row, Base):
    """One thing that happened, written in the transaction that made it happen."""

    __tablename__ = "webhook_events"

    type: Mapped[str] = mapped_column(String(50))
    body: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_webhook_events_created_at", "created_at"),)


class Delivery(Row, Base):
    """One event on its way to one webhook, with a log of its latest attempts."""

    __tablename__ = "webhook_deliveries"

    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id"))
    event_id: Mapped[str] = mapped_column(ForeignKey("webhook_events.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(20), default=PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    lease_token: Mapped[str | None] = mapped_column(String(36), default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    log: Mapped[list[dict[str, Any]]] = mapped_column(default=list)

    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("event_id", "webhook_id"),
        CheckConstraint("status IN ('pending', 'delivered', 'given_up')", name="status"),
        Index("ix_webhook_deliveries_status_not_before", "status", "not_before"),
        Index("ix_webhook_deliveries_webhook_id", "webhook_id", "id"),
    )
