"""Decisions people made, and what else was changed on purpose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.tables.base import Base, Row


class Review(Row, Base):
    """One change of one product, before and after; rows are only ever added.

    `created_by` is None for an import, the command line, and Vitrine itself.
    """

    __tablename__ = "reviews"

    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"), index=True)
    crop_id: Mapped[str | None] = mapped_column(String(36), default=None)
    action: Mapped[str] = mapped_column(String(50))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
