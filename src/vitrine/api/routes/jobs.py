"""Jobs: seen, followed, steered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import StreamingResponse

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, StreamsDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.common import Id
from vitrine.api.schemas.jobs import Indexing, Job, JobPage, Retention, Retried, Status
from vitrine.api.schemas.search import JobResult, told
from vitrine.api.streams import Event, Look
from vitrine.services import jobs, search
from vitrine.services.jobs import JobKind
from vitrine.tables.jobs import ENDED, IndexingResult, RetentionResult
from vitrine.wiring import Runtime

router = guarded("/v1/jobs", "jobs")

LOOK_EVERY = 0.5
"""Seconds between two looks at a job that somebody follows."""

EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Events named `job`."}
}


@router.get("", summary="List jobs")
def list_jobs(
    session: ReadSession,
    status: Status | None = None,
    kind: JobKind | None = None,
    product_id: Id | None = None,
    cursor: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JobPage:
    """Jobs, newest first, a page at a time."""
    filters = jobs.Filters(status, kind, product_id)
    found, next_cursor = jobs.list_jobs(session, filters, cursor, limit)
    shown = [Job.model_validate(job) for job in found]
    return JobPage(jobs=shown, next_cursor=next_cursor)


@router.get("/{job_id}", summary="Show a job")
def show_job(job_id: str, session: ReadSession) -> Job:
    """The state of one run."""
    return Job.model_validate(jobs.get(session, job_id))


@router.get("/{job_id}/result", summary="Show what a job made")
def show_job_result(job_id: str, caller: CallerDep, session: ReadSession) -> JobResult:
    """409 while there is nothing; a search only for who asked, and admins."""
    made = jobs.result(session, jobs.get(session, job_id))
    if isinstance(made, IndexingResult):
        return JobResult(indexing=Indexing.model_validate(made))
    if isinstance(made, RetentionResult):
        return JobResult(retention=Retention.model_validate(made))
    return JobResult(search=told(search.load(session, made.id, caller.sees_only)))


@router.get(
    "/{job_id}/events", summary="Follow a job", response_class=StreamingResponse, responses=EVENTS
)
def follow_job(
    job_id: str, runtime: RuntimeDep, caller: CallerDep, streams: StreamsDep
) -> StreamingResponse:
    """Server-sent events: the job now and after each change, until it ends."""
    _look(runtime, job_id)
    return streams.open(caller.user_id, _looks(runtime, job_id), LOOK_EVERY)


@router.post("/{job_id}/cancel", summary="Cancel a job")
def cancel_job(job_id: str, session: WriteSession) -> Job:
    """At once if it waits, at its next step if it runs; 409 if it has ended."""
    return Job.model_validate(jobs.cancel(session, job_id))


@router.post("/{job_id}/retry", summary="Retry a job")
def retry_job(job_id: str, runtime: RuntimeDep, session: WriteSession) -> Job:
    """Queue a failed or cancelled job again; 409 for any other."""
    return Job.model_validate(jobs.retry(session, runtime.ports.queue, job_id))


@router.post("/retry-failed", summary="Retry all failed jobs")
def retry_failed_jobs(
    session: WriteSession, kind: JobKind | None = None, batch_id: Id | None = None
) -> Retried:
    """Queue every failed job again, or those of one kind or one batch; how many there were."""
    return Retried(retried=jobs.retry_failed(session, kind, batch_id))


def _looks(runtime: Runtime, job_id: str) -> Iterator[Look]:
    known: Job | None = None
    while True:
        job = _look(runtime, job_id)
        yield Look([Event("job", job)] if job != known else [], job.status in ENDED)
        known = job


def _look(runtime: Runtime, job_id: str) -> Job:
    with runtime.sessions.read() as session:
        return Job.model_validate(jobs.get(session, job_id))
