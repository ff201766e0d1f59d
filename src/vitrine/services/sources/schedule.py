"""When a source is pulled: at its time, or when a person says so, and once at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id, now
from vitrine.core.errors import Conflict
from vitrine.ports import Queue
from vitrine.services import jobs
from vitrine.services.jobs import Order, Share
from vitrine.services.jobs.kinds import Pull
from vitrine.services.sources.endpoints import after
from vitrine.tables.jobs import QUEUED, RUNNING, Job
from vitrine.tables.sources import Source, SourcePull

KEPT = 200
"""Reports of a source that are kept, the newest."""


def due(session: Session) -> bool:
    """Whether `submit_due` would find anything: a cheap look."""
    return session.scalar(select(Source.id).where(_is_due()).limit(1)) is not None


def submit_due(session: Session, queue: Queue) -> None:
    """Submit a pull of every source whose time has come, unless one still waits or runs."""
    query = select(Source).where(_is_due()).with_for_update(skip_locked=True)
    for source in session.scalars(query).all():
        if _under_way(session, source):
            after(source)
        else:
            _submit(session, queue, source, Pull(**_ids(source), unless_seen=True), None)


def start(
    session: Session, queue: Queue, source: Source, by: str | None, confirmed: int = 0
) -> SourcePull:
    """Submit a pull that reads the source though it did not change, and may hide so many products
    as a person `confirmed`.

    Raises Conflict while one waits or runs. The caller holds the source.
    """
    if _under_way(session, source):
        raise Conflict("pull_running", "The source is being pulled already.")
    return _submit(session, queue, source, Pull(**_ids(source), confirmed=confirmed), by)


def _ids(source: Source) -> dict[str, str]:
    return {"source_id": source.id, "pull_id": new_id()}


def _submit(
    session: Session, queue: Queue, source: Source, asked: Pull, by: str | None
) -> SourcePull:
    after(source)
    pull = SourcePull(id=asked.pull_id, source_id=source.id, counts={})
    order = Order(asked, None, by, share=Share(source.id, bulk=True))
    pull.job = jobs.submit(session, queue, order)
    session.add(pull)
    session.flush()
    _forget_old(session, source)
    return pull


def _forget_old(session: Session, source: Source) -> None:
    of_source = select(SourcePull.id).where(SourcePull.source_id == source.id)
    old = of_source.order_by(SourcePull.id.desc()).offset(KEPT)
    session.execute(delete(SourcePull).where(SourcePull.id.in_(old)))


def _is_due() -> Any:
    return (Source.next_at <= now()) & Source.paused_at.is_(None)


def _under_way(session: Session, source: Source) -> bool:
    waits = select(SourcePull.id).join(Job, Job.id == SourcePull.job_id)
    waits = waits.where(SourcePull.source_id == source.id, Job.status.in_((QUEUED, RUNNING)))
    return session.scalar(waits.limit(1)) is not None
