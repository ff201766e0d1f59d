"""Jobs: seen, followed, steered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.common import Id
from vitrine.api.schemas.jobs import IndexingTold, JobPage, JobTold, RetentionTold, Status
from vitrine.api.schemas.search import JobResult, told
from vitrine.services import jobs, search
from vitrine.services.jobs import JobKind
from vitrine.tables.jobs import ENDED, IndexingResult, RetentionResult
from vitrine.wiring import Runtime

router = guarded("/v1/jobs", "jobs")

LOOK_EVERY = 0.5
"""Seconds between two looks at a job that somebody follows."""
HEARTBEAT_EVERY = 15.0
"""Seconds of silence after which proxies may think a stream dead."""
LONGEST = 600.0
"""Seconds a stream lasts; who follows longer connects again, and is asked again who they are."""

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
    shown = [JobTold.model_validate(job) for job in found]
    return JobPage(jobs=shown, next_cursor=next_cursor)


@router.get("/{job_id}", summary="Show a job")
def show_job(job_id: str, session: ReadSession) -> JobTold:
    """The state of one run."""
    return JobTold.model_validate(jobs.get(session, job_id))


@router.get("/{job_id}/result", summary="Show what a job made")
def show_job_result(job_id: str, caller: CallerDep, session: ReadSession) -> JobResult:
    """409 while there is nothing; a search only for who asked, and admins."""
    made = jobs.result(session, jobs.get(session, job_id))
    if isinstance(made, IndexingResult):
        return JobResult(indexing=IndexingTold.model_validate(made))
    if isinstance(made, RetentionResult):
        return JobResult(retention=RetentionTold.model_validate(made))
    return JobResult(search=told(search.load(session, made.id, caller.sees_only)))


@router.get(
    "/{job_id}/events", summary="Follow a job", response_class=StreamingResponse, responses=EVENTS
)
def follow_job(job_id: str, runtime: RuntimeDep) -> StreamingResponse:
    """Server-sent events: the job now and after each change, until it ends."""
    _look(runtime, job_id)
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_events(runtime, job_id), 200, headers, "text/event-stream")


@router.post("/{job_id}/cancel", summary="Cancel a job")
def cancel_job(job_id: str, session: WriteSession) -> JobTold:
    """At once if it waits, at its next step if it runs; 409 if it has ended."""
    return JobTold.model_validate(jobs.cancel(session, job_id))


@router.post("/{job_id}/retry", summary="Retry a job")
def retry_job(job_id: str, runtime: RuntimeDep, session: WriteSession) -> JobTold:
    """Queue a failed or cancelled job again; 409 for any other."""
    return JobTold.model_validate(jobs.retry(session, runtime.ports.queue, job_id))


async def _events(runtime: Runtime, job_id: str) -> AsyncIterator[str]:
    # Each look borrows a thread for a moment; a client that waits holds none.
    began = spoke = time.monotonic()
    known, number = "", 0
    while time.monotonic() - began < LONGEST:
        job = await run_in_threadpool(_look, runtime, job_id)
        state = job.model_dump_json()
        if state != known:
            known, number, spoke = state, number + 1, time.monotonic()
            yield f"id: {number}\nevent: job\ndata: {state}\n\n"
        elif time.monotonic() - spoke >= HEARTBEAT_EVERY:
            spoke = time.monotonic()
            yield ": still waiting\n\n"
        if job.status in ENDED:
            return
        await asyncio.sleep(LOOK_EVERY)


def _look(runtime: Runtime, job_id: str) -> JobTold:
    with runtime.sessions.read() as session:
        return JobTold.model_validate(jobs.get(session, job_id))
