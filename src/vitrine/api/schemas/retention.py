"""RetentionPolicy and purges."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, RequestModel
from vitrine.core.groups import RetentionSettings
from vitrine.services.retention import Retention as RetentionState


class PurgeRequest(RequestModel):
    """A purge; `confirmed` by a person who has looked at the clock."""

    confirmed: bool = False


class PurgeStarted(AnswerModel):
    """The job of the purge."""

    job_id: str


class PurgeWaiting(AnswerModel):
    """A purge that removed nothing and waits for a person."""

    job_id: str
    since: datetime
    reason: str = Field(description="How much it would remove, for people.")


class RetentionStatus(AnswerModel):
    """What is kept for how long, in days, and how it stands with purges."""

    deleted_days: float
    queries_days: float
    replies_days: float
    jobs_days: float
    uploads_days: float
    audit_days: float
    events_days: float
    visits_days: float
    missed_photos_days: float
    collections_days: float
    purged_at: datetime | None
    waiting: PurgeWaiting | None


def retention_told(state: RetentionState, policy: RetentionSettings) -> RetentionStatus:
    """Both in the API's words."""
    job = state.waiting
    waiting = job and PurgeWaiting(
        job_id=job.id, since=job.created_at, reason=job.error_message or ""
    )
    days = {name: getattr(policy, name) for name in RetentionStatus.model_fields if "_days" in name}
    return RetentionStatus(**days, purged_at=state.purged_at, waiting=waiting)
