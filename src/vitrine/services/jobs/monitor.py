"""Following many jobs from outside, as an import does, or a person who looks at a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from vitrine.db import Sessions
from vitrine.services.jobs import lifecycle
from vitrine.services.jobs.kinds import JobKind
from vitrine.services.jobs.lifecycle import Filters
from vitrine.tables.jobs import CANCELLED, FAILED, QUEUED, RUNNING, Job

LATEST = 100
"""How many jobs a live list begins with."""


@dataclass(frozen=True, slots=True)
class Span:
    """Jobs of one kind from the first id to the last, which are in order of time.

    Two ids stand for any number of jobs, though others of the kind may lie between them.
    """

    kind: JobKind
    first: str
    last: str


def alone(job: Job) -> Span:
    """The span of one job."""
    return Span(JobKind(job.kind), job.id, job.id)


def latest(session: Session, filters: Filters, known: Iterable[str]) -> dict[str, Job]:
    """The newest jobs that fulfil the filters, all that run, and the known ones, by id."""
    wanted = lifecycle.matching(filters).order_by(Job.id.desc()).limit(LATEST)
    found = {job.id: job for job in session.scalars(wanted)}
    found |= {job.id: job for job in session.scalars(wanted.where(Job.status == RUNNING))}
    missing = sorted(set(known) - set(found), reverse=True)[: 2 * LATEST]
    others = session.scalars(select(Job).where(Job.id.in_(missing)))
    return found | {job.id: job for job in others}


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
