"""A list of jobs that follows what happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi.responses import StreamingResponse

from vitrine.api.deps import CallerDep, RuntimeDep, StreamsDep
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.common import Id
from vitrine.api.schemas.jobs import Job, JobList, Status
from vitrine.api.streams import Event, Look
from vitrine.services.jobs import Filters, JobKind, monitor
from vitrine.tables.jobs import ENDED
from vitrine.wiring import Runtime

router = guarded("/v1/jobs", "jobs")

LOOK_EVERY = 1.0
"""Seconds between two looks at the jobs."""

EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/event-stream": {}},
        "description": "First one event `snapshot` (JobList), then an event `job` (Job) for "
        "each that is new or changed.",
    }
}
States = dict[str, Job]


@router.get(
    "/events", summary="Follow all jobs", response_class=StreamingResponse, responses=EVENTS
)
def follow_jobs(
    runtime: RuntimeDep,
    caller: CallerDep,
    streams: StreamsDep,
    status: Status | None = None,
    kind: JobKind | None = None,
    product_id: Id | None = None,
) -> StreamingResponse:
    """Server-sent events: the latest jobs, then each that is new or changed.

    Who connects again gets the latest jobs again, so nothing that happened meanwhile is missed. A
    job that was told and no longer fulfils the filters is told once more, as it is now.
    """
    looks = _looks(runtime, Filters(status, kind, product_id))
    return streams.open(caller.user_id, looks, LOOK_EVERY)


def _looks(runtime: Runtime, filters: Filters) -> Iterator[Look]:
    jobs = _look(runtime, filters, {})
    yield Look([Event("snapshot", JobList(jobs=jobs))])
    while True:
        known = _states(jobs)
        jobs = _look(runtime, filters, known)
        yield Look([Event("job", job) for job in _news(jobs, known)])


def _look(runtime: Runtime, filters: Filters, known: States) -> list[Job]:
    with runtime.sessions.read() as session:
        found = monitor.latest(session, filters, known)
        newest = sorted(found.values(), key=lambda job: job.id, reverse=True)
        return [Job.model_validate(job) for job in newest]


def _news(jobs: list[Job], known: States) -> Iterator[Job]:
    """What is new or changed, the oldest first."""
    return (job for job in reversed(jobs) if known.get(job.id) != job)


def _states(jobs: list[Job]) -> States:
    """What was told, without what lies behind the latest and has ended: nobody waits for it."""
    return {
        job.id: job
        for place, job in enumerate(jobs)
        if place < monitor.LATEST or job.status not in ENDED
    }
