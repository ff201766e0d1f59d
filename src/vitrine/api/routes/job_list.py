"""A list of jobs that follows what happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from vitrine.api.deps import RuntimeDep
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.common import Id
from vitrine.api.schemas.jobs import JobList, JobTold, Status
from vitrine.services.jobs import Filters, JobKind, monitor
from vitrine.tables.jobs import ENDED
from vitrine.wiring import Runtime

router = guarded("/v1/jobs", "jobs")

LOOK_EVERY = 1.0
"""Seconds between two looks at the jobs."""
HEARTBEAT_EVERY = 15.0
LONGEST = 600.0
"""Seconds a stream lasts; who follows longer connects again, and is asked again who they are."""

EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/event-stream": {}},
        "description": "First one event `snapshot` (JobList), then an event `job` (JobTold) for "
        "each that is new or changed.",
    }
}
States = dict[str, str]


@router.get(
    "/events", summary="Follow all jobs", response_class=StreamingResponse, responses=EVENTS
)
def follow_jobs(
    runtime: RuntimeDep,
    status: Status | None = None,
    kind: JobKind | None = None,
    product_id: Id | None = None,
) -> StreamingResponse:
    """Server-sent events: the latest jobs, then each that is new or changed.

    Who connects again gets the latest jobs again, so nothing that happened meanwhile is missed. A
    job that was told and no longer fulfils the filters is told once more, as it is now.
    """
    filters, headers = Filters(status, kind, product_id), {"X-Accel-Buffering": "no"}
    return StreamingResponse(_events(runtime, filters), 200, headers, "text/event-stream")


async def _events(runtime: Runtime, filters: Filters) -> AsyncIterator[str]:
    # Each look borrows a thread for a moment; a client that waits holds none.
    began = spoke = time.monotonic()
    jobs = await run_in_threadpool(_look, runtime, filters, {})
    yield _written("snapshot", JobList(jobs=jobs), 1)
    known, number = _states(jobs), 1
    while time.monotonic() - began < LONGEST:
        await asyncio.sleep(LOOK_EVERY)
        jobs = await run_in_threadpool(_look, runtime, filters, known)
        for job in _news(jobs, known):
            number, spoke = number + 1, time.monotonic()
            yield _written("job", job, number)
        known = _states(jobs)
        if time.monotonic() - spoke >= HEARTBEAT_EVERY:
            spoke = time.monotonic()
            yield ": still here\n\n"


def _look(runtime: Runtime, filters: Filters, known: States) -> list[JobTold]:
    with runtime.sessions.read() as session:
        found = monitor.latest(session, filters, known)
        newest = sorted(found.values(), key=lambda job: job.id, reverse=True)
        return [JobTold.model_validate(job) for job in newest]


def _news(jobs: list[JobTold], known: States) -> Iterator[JobTold]:
    """What is new or changed, the oldest first."""
    return (job for job in reversed(jobs) if known.get(job.id) != job.model_dump_json())


def _states(jobs: list[JobTold]) -> States:
    """What was told, without what lies behind the latest and has ended: nobody waits for it."""
    return {
        job.id: job.model_dump_json()
        for place, job in enumerate(jobs)
        if place < monitor.LATEST or job.status not in ENDED
    }


def _written(name: str, data: BaseModel, number: int) -> str:
    return f"id: {number}\nevent: {name}\ndata: {data.model_dump_json()}\n\n"
