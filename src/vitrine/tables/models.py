"""Which models have been used, and the vector spaces they made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, composite, mapped_column

from vitrine.tables.base import Base, Row
from vitrine.vision.types import Space, Versions

INSTALLED, CANDIDATE, REFUSED, PROMOTED = "installed", "candidate", "refused", "promoted"
RETIRED = "retired"

BUILDING, READY, ACTIVE, STANDBY = "building", "ready", "active", "standby"
LIVE = (BUILDING, READY, ACTIVE, STANDBY)
"""The states of collections that every write goes to."""


class ModelVersion(Row, Base):
    """One model with its card, and where its files lie in the store, if they do.

    `files` are by name their sha256 and bytes; `gate` is what a candidate was measured to be.
    """

    __tablename__ = "model_versions"

    role: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(100))
    card: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(String(20), default=INSTALLED)
    files: Mapped[dict[str, Any]] = mapped_column(default=dict)
    run_id: Mapped[str | None] = mapped_column(String(36), default=None, index=True)
    gate: Mapped[dict[str, Any]] = mapped_column(default=dict)
    retired_at: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (
        UniqueConstraint("role", "version"),
        CheckConstraint("role IN ('encoder', 'detector')", name="role"),
    )


class Collection(Row, Base):
    """One vector space with all that makes it; at most one is active, and only that is searched.

    `detector` is the promoted one that sees photos for it; empty: the one each process was set to.
    `comparison` is what was measured of it beside the active one when its build ended.
    """

    __tablename__ = "collections"

    name: Mapped[str] = mapped_column(String(250), unique=True)
    model_version: Mapped[str] = mapped_column(String(100))
    preprocess_version: Mapped[str] = mapped_column(String(100))
    space: Mapped[Space] = composite("model_version", "preprocess_version")
    dimension: Mapped[int]
    text_share: Mapped[float] = mapped_column(default=0.0)
    detector: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(20), default=BUILDING)
    comparison: Mapped[dict[str, Any]] = mapped_column(default=dict)
    activated_at: Mapped[datetime | None] = mapped_column(default=None)
    built_at: Mapped[datetime | None] = mapped_column(default=None)
    retired_at: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (
        Index(
            "uq_collections_active",
            "state",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    @hybrid_property
    def active(self) -> bool:
        """Whether this is the one that is searched."""
        return self.state == ACTIVE

    @active.inplace.expression
    @classmethod
    def _active(cls) -> ColumnElement[bool]:
        return cls.state == ACTIVE

    @property
    def versions(self) -> Versions:
        """What makes its vectors; with no detector named where any may see for it."""
        space = (self.model_version, self.preprocess_version)
        return Versions(*space, self.detector, self.dimension, self.text_share)


class BuildFailure(Row, Base):
    """A product that a collection could not take in, and why."""

    __tablename__ = "build_failures"

    collection_id: Mapped[str] = mapped_column(ForeignKey("collections.id", ondelete="CASCADE"))
    product_id: Mapped[str] = mapped_column(
        ForeignKey("products.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str] = mapped_column(String(100))
    message: Mapped[str] = mapped_column(String(1000))

    __table_args__ = (UniqueConstraint("collection_id", "product_id"),)
