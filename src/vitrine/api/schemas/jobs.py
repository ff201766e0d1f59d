"""Jobs and what they made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from vitrine.api.schemas.common import AnswerModel
from vitrine.services.jobs import JobKind
from vitrine.services.jobs.groups import State
from vitrine.services.jobs.hints import hint

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
GroupCursor = Annotated[str, Field(pattern=r"^(failed|open|ended)\.[0-9a-f-]{36}$")]


class Job(AnswerModel):
    """The state of one run."""

    id: str
    kind: JobKind
    status: Status
    product_id: str | None
    batch_id: str | None = Field(description="The job that it belongs to, such as an import.")
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


class JobProduct(AnswerModel):
    """The product that a job is about."""

    id: str
    title: str
    image_id: str | None

    @computed_field
    def thumbnail_url(self) -> str | None:
        """Where a small version of its first photo is."""
        return self.image_id and f"/v1/images/{self.image_id}/thumbnail"


class JobGroup(AnswerModel):
    """A job, what it is about, and what belongs to it: an import with all that it submitted."""

    job: Job
    state: State = Field(
        description="`failed` if any of it has, else `open` while any waits or runs, else `ended`."
    )
    name: str = Field(description="The file of an import or the source of a pull, else empty.")
    product: JobProduct | None = Field(description="None for no product, or one that is deleted.")
    counts: dict[Status, int] = Field(description="How many belong to it, by status.")
    failure: Job | None = Field(description="The job itself or the first of it that failed.")
    shown: list[JobProduct] = Field(description="Some of the products that it is about.")


class JobGroupPage(AnswerModel):
    """Some groups, and the cursor of the next page."""

    groups: list[JobGroup]
    folded: int | None = Field(
        description="Jobs of a day that keep Vitrine in order and are left out here; told with "
        "the first page."
    )
    next_cursor: str | None


class JobMember(AnswerModel):
    """A job that belongs to another, and its product."""

    job: Job
    product: JobProduct | None


class JobMemberPage(AnswerModel):
    """Some of what belongs to a job, and the cursor of the next page."""

    members: list[JobMember]
    next_cursor: str | None


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
