"""What people do with jobs: cancel one, retry one, retry all that failed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict
from vitrine.ports import Queue
from vitrine.services.jobs.kinds import JobKind
from vitrine.services.jobs.lifecycle import changed, get
from vitrine.services.jobs.waking import send_on_commit
from vitrine.tables.jobs import CANCELLED, FAILED, QUEUED, RUNNING, Job

ANEW: dict[str, Any] = {
    "status": QUEUED,
    "attempts": 0,
    "error_code": None,
    "error_message": None,
    "not_before": None,
    "cancel_asked_at": None,
    "finished_at": None,
}
"""What a job is that begins again, with all its attempts."""


def cancel(session: Session, job_id: str) -> Job:
    """Cancel: at once if queued, at its next step if running; raises Conflict if ended."""
    moment = now()
    queued = update(Job).where(Job.id == job_id, Job.status == QUEUED)
    running = update(Job).where(Job.id == job_id, Job.status == RUNNING)
    done = changed(
        session, queued.values(status=CANCELLED, finished_at=moment, cancel_asked_at=moment)
    ) or changed(session, running.values(cancel_asked_at=moment))
    job = get(session, job_id)
    if not done:
        raise Conflict("job_ended", f"The job has already {job.status}.")
    session.refresh(job)
    return job


def retry(session: Session, queue: Queue, job_id: str) -> Job:
    """Queue a failed or cancelled job again, with all its attempts; raises Conflict otherwise."""
    done = changed(
        session,
        update(Job)
        .where(Job.id == job_id, Job.status.in_((FAILED, CANCELLED)))
        .values(**ANEW, sent_at=now() if queue.sends else None),
    )
    job = get(session, job_id)
    if not done:
        raise Conflict("job_not_failed", f"Only a failed job can be retried; this is {job.status}.")
    session.refresh(job)
    send_on_commit(session, queue, job_id)
    return job


def retry_failed(session: Session, kind: JobKind | None = None, batch_id: str | None = None) -> int:
    """Queue every failed job again, or those of a kind or a batch; how many.

    The sweep sends them.
    """
    failed = update(Job).where(Job.status == FAILED)
    if kind is not None:
        failed = failed.where(Job.kind == kind)
    if batch_id is not None:
        failed = failed.where(or_(Job.id == batch_id, Job.batch_id == batch_id))
    values = failed.values(**ANEW, sent_at=None)
    done = session.execute(values, execution_options={"synchronize_session": False})
    return done.rowcount if isinstance(done, CursorResult) else 0
