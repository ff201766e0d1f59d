"""Process state (Job), apart from what runs made (IndexingResult, QueryResult)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, composite, mapped_column

from vitrine.core.clock import now
from vitrine.tables.base import Base, Row
from vitrine.vision.types import Space

QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED = (
    "queued",
    "running",
    "succeeded",
    "failed",
    "cancelled",
)
ENDED = (SUCCEEDED, FAILED, CANCELLED)


class Job(Row, Base):
    """The state of one run; `lease_token` names who may write it until `lease_until`.

    `share` is whose turn it takes: a person's, a source's, or "" for what Vitrine does by itself;
    `bulk` is whether it belongs to a whole catalogue. `trace` is the trace of the request that
    submitted it, if one was kept. `batch_id` is the job that it belongs to, which may have been
    forgotten meanwhile.
    """

    __tablename__ = "jobs"

    kind: Mapped[str] = mapped_column(String(30))
    status: Mapped[str] = mapped_column(String(20), default=QUEUED)
    product_id: Mapped[str | None] = mapped_column(
        ForeignKey("products.id"), default=None, index=True
    )
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str | None] = mapped_column(String(50), default=None)
    error_message: Mapped[str | None] = mapped_column(Text, default=None)
    idempotency_key: Mapped[str | None] = mapped_column(String(200), default=None)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)
    share: Mapped[str] = mapped_column(String(36), default="", server_default="")
    bulk: Mapped[bool] = mapped_column(default=False, server_default=false())
    trace: Mapped[str] = mapped_column(String(55), default="", server_default="")
    batch_id: Mapped[str | None] = mapped_column(String(36), default=None)
    not_before: Mapped[datetime | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    cancel_asked_at: Mapped[datetime | None] = mapped_column(default=None)
    lease_token: Mapped[str | None] = mapped_column(String(36), default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="status"
        ),
        Index("ix_jobs_status_created_at", "status", "created_at"),
        Index("ix_jobs_kind_created_at", "kind", "created_at"),
        Index("ix_jobs_started_at", "started_at"),
        Index("ix_jobs_turns", "status", "share", "bulk", "kind", "id"),
        Index("ix_jobs_created_by_idempotency_key", "created_by", "idempotency_key"),
        Index("ix_jobs_batch_id_id", "batch_id", "id"),
    )

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen unless a person asks for a retry."""
        return self.status in ENDED

    @property
    def progress(self) -> float:
        """Share of the work done, 0 to 1."""
        if self.status == SUCCEEDED:
            return 1.0
        return self.done / self.total if self.total else 0.0


class Worker(Row, Base):
    """A process that runs jobs, as it last told: `slots` at once, `jobs` since it began."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(200))
    slots: Mapped[int]
    running: Mapped[int] = mapped_column(default=0)
    jobs: Mapped[int] = mapped_column(default=0)
    last_job_at: Mapped[datetime | None] = mapped_column(default=None)
    seen_at: Mapped[datetime] = mapped_column(default=now, index=True)


class IndexingResult(Row, Base):
    """What one index job made of one product; at most one per job, however often it was tried."""

    __tablename__ = "indexing_results"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), unique=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"), index=True)
    model_version: Mapped[str] = mapped_column(String(100))
    preprocess_version: Mapped[str] = mapped_column(String(100))
    space: Mapped[Space] = composite("model_version", "preprocess_version")
    detector: Mapped[str] = mapped_column(String(100))
    primary_crop_id: Mapped[str | None] = mapped_column(String(36), default=None)
    images: Mapped[int]
    crops: Mapped[int]
    kept: Mapped[int]
    milliseconds: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ImportResult(Row, Base):
    """What one import job did, counted; its errors are a blob.

    `details`: encoding and delimiter of the file, its first rows, and its first errors.
    """

    __tablename__ = "import_results"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), unique=True)
    format: Mapped[str] = mapped_column(String(20))
    dry_run: Mapped[bool]
    columns: Mapped[list[dict[str, Any]]]
    counts: Mapped[dict[str, Any]]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class QueryResult(Row, Base):
    """What one search asked and was answered; `summary` counts all that fulfils its filters."""

    __tablename__ = "query_results"

    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id"), unique=True, default=None)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None, index=True)
    collection: Mapped[str] = mapped_column(String(250))
    query: Mapped[dict[str, Any]]
    hits: Mapped[list[dict[str, Any]]]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    milliseconds: Mapped[float] = mapped_column(Float)


class RetentionResult(Row, Base):
    """What one purge or reconcile job removed, found and mended, counted in its transactions."""

    __tablename__ = "retention_results"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), unique=True)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[list[str]] = mapped_column(default=list)


class Reply(Row, Base):
    """The answer once given to a request with an Idempotency-Key, to be given again."""

    __tablename__ = "replies"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    idempotency_key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("user_id", "idempotency_key"),)
