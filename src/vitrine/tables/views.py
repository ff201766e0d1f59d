"""What of the catalogue people look at again and again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.tables.base import Base, Row


class SavedView(Row, Base):
    """One person's way to see the catalogue: filters, order, columns; `shows` is as it was sent."""

    __tablename__ = "saved_views"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(80))
    shows: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (UniqueConstraint("user_id", "name"),)
