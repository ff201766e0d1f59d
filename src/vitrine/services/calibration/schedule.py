"""When a catalogue is fitted anew: after an import, and when a fifth of it has changed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.db import SHOW_DELETED
from vitrine.ports import Queue
from vitrine.services import jobs, models
from vitrine.services.jobs import JobKind, Order
from vitrine.services.jobs.kinds import Calibrate
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import QUEUED, RUNNING, SUCCEEDED, ImportResult, Job
from vitrine.tables.vectors import embedded

SHARE = 0.2
"""A fit holds until this share of the products has changed."""

FEWEST = 20
"""With fewer products nothing can be fitted."""

REST = timedelta(minutes=10)
"""How long it rests after a fit, whether it succeeded, failed or was cancelled."""

FIRST = (JobKind.IMPORT, JobKind.PULL, JobKind.PICTURES, JobKind.INDEX, JobKind.REINDEX)
"""Jobs that bring in what is fitted: they end first."""


def due(session: Session) -> bool:
    """Whether the active collection wants a fit and no job stands in the way: a cheap look."""
    if _busy(session) or _rests(session):
        return False
    collection = models.active(session)
    if collection is None:
        return False
    last = models.calibration(session, collection)
    if last is None:
        known = embedded(collection).with_only_columns(Product.id).limit(FEWEST)
        return len(session.scalars(known).all()) >= FEWEST
    changed = (
        session.scalar(
            select(func.count(Product.id)).where(Product.updated_at > last.fitted_at),
            execution_options=SHOW_DELETED,
        )
        or 0
    )
    if changed >= max(1, SHARE * last.products):
        return True
    imported = (
        select(Job.id)
        .join(ImportResult, ImportResult.job_id == Job.id)
        .where(Job.status == SUCCEEDED, Job.finished_at > last.fitted_at, ~ImportResult.dry_run)
    )
    return changed > 0 and session.scalar(imported.limit(1)) is not None


def submit(session: Session, queue: Queue, created_by: str | None = None) -> Job:
    """A job that fits the active collection; the one that waits already, if there is one."""
    waiting = select(Job).where(Job.kind == JobKind.CALIBRATE, Job.status == QUEUED)
    found = session.scalar(waiting.order_by(Job.created_at).limit(1))
    return found or jobs.submit(session, queue, Order(Calibrate(), None, created_by))


def _busy(session: Session) -> bool:
    kinds = (*FIRST, JobKind.CALIBRATE)
    running = select(Job.id).where(Job.status.in_((QUEUED, RUNNING)), Job.kind.in_(kinds))
    return session.scalar(running.limit(1)) is not None


def _rests(session: Session) -> bool:
    """Whether a fit was tried a moment ago, and no import came since."""
    last = session.scalar(select(func.max(Job.created_at)).where(Job.kind == JobKind.CALIBRATE))
    if last is None or last <= now() - REST:
        return False
    newer = select(Job.id).where(Job.kind == JobKind.IMPORT, Job.finished_at > last)
    return session.scalar(newer.limit(1)) is None
