"""Jobs and what they made."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, computed_field

from vitrine.api.schemas.common import AnswerModel
from vitrine.services.jobs import JobKind
from vitrine.services.jobs.hints import hint

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class Job(AnswerModel):
    """The state of one run."""

    id: str
    kind: JobKind
    status: Status
    product_id: str | None
    progress: float = Field(description="Share of the work done, 0 to 1.")
    done: int
    total: int
    attempts: int
    error_code: str | None
    error_message: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancel_asked_at: datetime | None

    @computed_field
    def error_hint(self) -> str | None:
        """What to do about the error."""
        return hint(self.error_code)


class JobList(AnswerModel):
    """Some jobs, newest first."""

    jobs: list[Job]


class JobAnswer(AnswerModel):
    """The job that was asked for."""

    job: Job


class JobPage(AnswerModel):
    """Some jobs, newest first, and the cursor of the next page."""

    jobs: list[Job]
    next_cursor: str | None


class Retried(AnswerModel):
    """How many failed jobs were queued again."""

    retried: int


class Retention(AnswerModel):
    """What a purge or reconcile job removed, found or mended, and sentences on what was lost."""

    id: str
    job_id: str
    counts: dict[str, int]
    notes: list[str]
    created_at: datetime


class Indexing(AnswerModel):
    """What an index job made of its product; times in milliseconds by stage."""

    id: str
    job_id: str
    product_id: str
    model_version: str
    preprocess_version: str
    detector: str
    primary_crop_id: str | None
    images: int
    crops: int
    kept: int
    milliseconds: dict[str, Any]
    created_at: datetime
