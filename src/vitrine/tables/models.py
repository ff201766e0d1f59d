"""Which models have been used, and the vector spaces they made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, composite, mapped_column

from vitrine.tables.base import Base, Row
from vitrine.vision.types import Space


class ModelVersion(Row, Base):
    """One model as it was first loaded here, with its card."""

    __tablename__ = "model_versions"

    role: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(100))
    card: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        UniqueConstraint("role", "version"),
        CheckConstraint("role IN ('encoder', 'detector')", name="role"),
    )


class Collection(Row, Base):
    """One vector space; at most one is active, and only that one is searched."""

    __tablename__ = "collections"

    name: Mapped[str] = mapped_column(String(250), unique=True)
    model_version: Mapped[str] = mapped_column(String(100))
    preprocess_version: Mapped[str] = mapped_column(String(100))
    space: Mapped[Space] = composite("model_version", "preprocess_version")
    dimension: Mapped[int]
    text_share: Mapped[float] = mapped_column(default=0.0)
    active: Mapped[bool] = mapped_column(default=False)
    activated_at: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (
        Index(
            "uq_collections_active",
            "active",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )
