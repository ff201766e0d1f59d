"""Following many jobs from outside, as an import does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from vitrine.db import Sessions
from vitrine.tables.jobs import CANCELLED, FAILED, QUEUED, RUNNING, Job

AT_ONCE = 200
"""Job ids in one query: databases limit how many values a statement may have."""


def unfinished(sessions: Sessions, job_ids: Sequence[str]) -> list[str]:
    """Those of the jobs that have not ended, in the given order."""
    waiting: set[str] = set()
    with sessions.read() as session:
        for some in _slices(job_ids):
            query = select(Job.id).where(Job.id.in_(some), Job.status.in_((QUEUED, RUNNING)))
            waiting.update(session.scalars(query))
    return [job_id for job_id in job_ids if job_id in waiting]


def any_running(sessions: Sessions, job_ids: Sequence[str]) -> bool:
    """Whether a worker holds at least one of the jobs."""
    with sessions.read() as session:
        return any(
            session.scalar(select(Job.id).where(Job.id.in_(some), Job.status == RUNNING).limit(1))
            for some in _slices(job_ids)
        )


def failures(sessions: Sessions, job_ids: Sequence[str]) -> list[Job]:
    """Those of the jobs that failed or were cancelled."""
    with sessions.read() as session:
        return [
            job
            for some in _slices(job_ids)
            for job in session.scalars(
                select(Job).where(Job.id.in_(some), Job.status.in_((FAILED, CANCELLED)))
            )
        ]


def _slices(job_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(job_ids), AT_ONCE):
        yield job_ids[start : start + AT_ONCE]
