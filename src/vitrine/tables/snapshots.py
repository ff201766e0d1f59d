"""Verified data that was written into folders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.tables.base import Base, Row


class DataSnapshot(Row, Base):
    """One snapshot, known by the hash of all that is in it, and the folder it was last written to.

    `created_by` is None for the command line.
    """

    __tablename__ = "snapshots"

    name: Mapped[str] = mapped_column(String(50))
    format: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    folder: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)
