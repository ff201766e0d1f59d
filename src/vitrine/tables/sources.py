"""Where a catalogue is pulled from (Source), each pull, and the products that came with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vitrine.tables.base import Base, Row
from vitrine.tables.jobs import Job

APPLIED, UNCHANGED, HELD, FAILED = "applied", "unchanged", "held", "failed"
"""How a pull ended: its differences are in, there were none because the feed is the one that was
read before, they wait for a person, or it brought nothing."""


class Source(Row, Base):
    """A feed's address, or a folder, that is read every so many minutes; 0: when a person says.

    What of the address is secret (its query, and how to sign in there) is `sealed`. A pull that
    would hide over the share `hides` of what it brought waits for a person. By `etag` and
    `modified` its host knows the file again that was applied when it was `read_at`.
    """

    __tablename__ = "sources"

    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000), default="")
    folder: Mapped[str] = mapped_column(String(1000), default="")
    sealed: Mapped[str] = mapped_column(Text, default="")
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    every_minutes: Mapped[int] = mapped_column(default=0)
    hides: Mapped[float] = mapped_column(default=0.2)
    next_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    etag: Mapped[str] = mapped_column(String(200), default="", server_default="")
    modified: Mapped[str] = mapped_column(String(200), default="", server_default="")
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    paused_at: Mapped[datetime | None] = mapped_column(default=None)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)

    @property
    def paused(self) -> bool:
        """Whether it is pulled only when a person says so."""
        return self.paused_at is not None

    @property
    def secret(self) -> bool:
        """Whether it keeps a part of the address, or credentials, that nobody is shown."""
        return bool(self.sealed)


class SourcePull(Row, Base):
    """One reading of a source, and what came of it; `missing` are products that the feed lost."""

    __tablename__ = "source_pulls"

    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id"), default=None, index=True)
    outcome: Mapped[str | None] = mapped_column(String(20), default=None)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    missing: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    job: Mapped[Job | None] = relationship(lazy="joined")

    __table_args__ = (Index("ix_source_pulls_source_id", "source_id", "id"),)

    @property
    def state(self) -> str:
        """How it ended, or else how its job is."""
        return self.outcome or (self.job.status if self.job else FAILED)

    @property
    def told(self) -> str:
        """Why it brought nothing, or waits; empty where all is well."""
        return self.message or (self.job.error_message if self.job else None) or ""


class SourceProduct(Base):
    """A product that came with a source; `hidden_from` is its status before it was hidden."""

    __tablename__ = "source_products"

    source_id: Mapped[str] = mapped_column(
        ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True
    )
    product_id: Mapped[str] = mapped_column(
        ForeignKey("products.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    hidden_from: Mapped[str | None] = mapped_column(String(20), default=None)
