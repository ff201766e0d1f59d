"""Runs that make better models."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vitrine.tables.base import Base, Row
from vitrine.tables.jobs import Job
from vitrine.tables.models import ModelVersion

ENCODER, DETECTOR, ADAPT = "encoder", "detector", "adapt"
KINDS = (ENCODER, DETECTOR, ADAPT)

PROPOSED, DISMISSED = "proposed", "dismissed"
"""The states of a run that no job does; else its state is that of its job."""


class TrainingRun(Row, Base):
    """One training of a model, from the proposal to what it made.

    `verified` is how many products people had newly verified when it was proposed. `snapshot_id` is
    the data it was asked to learn from, None for what is verified when it begins; `snapshot` names
    what it learned from. `figures` are the latest it told, `log` its last lines.
    """

    __tablename__ = "training_runs"

    kind: Mapped[str] = mapped_column(String(20))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id"), unique=True, default=None)
    verified: Mapped[int] = mapped_column(default=0)
    snapshot_id: Mapped[str | None] = mapped_column(ForeignKey("snapshots.id"), default=None)
    snapshot: Mapped[str] = mapped_column(String(50), default="")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    log: Mapped[str] = mapped_column(Text, default="")
    started_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    dismissed_at: Mapped[datetime | None] = mapped_column(default=None)
    model_version_id: Mapped[str | None] = mapped_column(
        ForeignKey("model_versions.id"), default=None
    )
    report_key: Mapped[str | None] = mapped_column(String(200), default=None)

    job: Mapped[Job | None] = relationship(lazy="joined")
    model: Mapped[ModelVersion | None] = relationship(lazy="joined")

    __table_args__ = (CheckConstraint("kind IN ('encoder', 'detector', 'adapt')", name="kind"),)

    @property
    def role(self) -> str:
        """The role of the model that it makes."""
        return DETECTOR if self.kind == DETECTOR else ENCODER

    @property
    def state(self) -> str:
        """Proposed, dismissed, or the state of its job."""
        if self.job is not None:
            return self.job.status
        return PROPOSED if self.dismissed_at is None else DISMISSED
