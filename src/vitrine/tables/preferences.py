"""What the shop chose for all that it sells."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.core.clock import now
from vitrine.tables.base import Base, Row


class Preference(Row, Base):
    """One choice by name, in place of what the settings of the process say."""

    __tablename__ = "preferences"

    name: Mapped[str] = mapped_column(String(50), unique=True)
    value: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)
