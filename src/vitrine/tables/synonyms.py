"""What shoppers call a thing, and what the shop calls it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.core.clock import now
from vitrine.tables.base import Base, Row


class Synonym(Row, Base):
    """Words that a search reads as others: `phrase` in the plain form in which they are compared,
    `words` and `means` as a person wrote them."""

    __tablename__ = "synonyms"

    phrase: Mapped[str] = mapped_column(String(200), unique=True)
    words: Mapped[str] = mapped_column(String(200))
    means: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)
