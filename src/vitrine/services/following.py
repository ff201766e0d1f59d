"""Following many jobs from outside, as an import does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from vitrine.db import Sessions
from vitrine.tables.jobs import CANCELLED, FAILED, QUEUED, RUNNING, Job


@dataclass(frozen=True, slots=True)
class Span:
    """Jobs of one kind from the first id to the last, which are in order of time.

    Two ids stand for any number of jobs, though others of the kind may lie between them.
    """

    kind: str
    first: str
    last: str


def alone(job: Job) -> Span:
    """The span of one job."""
    return Span(job.kind, job.id, job.id)


def unfinished(sessions: Sessions, span: Span) -> int:
    """How many of the jobs have not ended."""
    return _count(sessions, span, QUEUED, RUNNING)


def any_running(sessions: Sessions, span: Span) -> bool:
    """Whether a worker holds at least one of the jobs."""
    return _count(sessions, span, RUNNING) > 0


def count_failed(sessions: Sessions, span: Span) -> int:
    """How many of the jobs failed or were cancelled."""
    return _count(sessions, span, FAILED, CANCELLED)


def failures(sessions: Sessions, span: Span, most: int) -> list[Job]:
    """Those of the jobs that failed or were cancelled, the first `most` of them."""
    failed = _within(select(Job), span, FAILED, CANCELLED).order_by(Job.id).limit(most)
    with sessions.read() as session:
        return list(session.scalars(failed))


def _count(sessions: Sessions, span: Span, *statuses: str) -> int:
    with sessions.read() as session:
        return session.scalar(_within(select(func.count(Job.id)), span, *statuses)) or 0


def _within(query: Select[Any], span: Span, *statuses: str) -> Select[Any]:
    return query.where(
        Job.kind == span.kind, Job.id.between(span.first, span.last), Job.status.in_(statuses)
    )
