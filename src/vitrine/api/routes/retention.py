"""What is kept for how long, and a purge that a person starts or confirms."""

from __future__ import annotations

from vitrine.api.deps import ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.retention import (
    PurgeRequest,
    PurgeStarted,
    RetentionStatus,
    retention_told,
)
from vitrine.services import retention

router = guarded("/v1/retention", "system")


@router.get("", summary="What is kept for how long, and whether a purge waits")
def show_retention(runtime: RuntimeDep, session: ReadSession) -> RetentionStatus:
    """The days of each kind, the last purge, and the one that a person has to confirm."""
    return retention_told(retention.state(session), runtime.settings.retention)


@router.post("/purge", status_code=202, summary="Purge now")
def purge(asked: PurgeRequest, runtime: RuntimeDep, session: WriteSession) -> PurgeStarted:
    """A job that removes for good what is over; `confirmed` also where that is unusually much."""
    policy, queue = runtime.settings.retention, runtime.ports.queue
    job = retention.submit(session, queue, policy, confirmed=asked.confirmed)
    return PurgeStarted(job_id=job.id)
