"""How a shop moves some of its products for some searches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.core.clock import now
from vitrine.tables.base import Base, Row


class MerchandisingRule(Row, Base):
    """What happens to the products that `filters` leave when a search's words hold `phrase`, the
    plain form of `words`, and its own filters keep to `query_filters`; both are empty for all.

    It counts while it is `live`, from `starts_at` to `ends_at`; None is no bound.
    """

    __tablename__ = "merchandising_rules"

    name: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(200), default="")
    phrase: Mapped[str] = mapped_column(String(200), default="")
    filters: Mapped[dict[str, Any]]
    query_filters: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    live: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime | None] = mapped_column(default=None)
    ends_at: Mapped[datetime | None] = mapped_column(default=None)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)
