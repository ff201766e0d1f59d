"""Filling the index of a whole collection from SQL, with no model run."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import NotFound, Unavailable
from vitrine.ports import Ports
from vitrine.services import jobs, models
from vitrine.services.indexing.publish import points_of, publish, upsert
from vitrine.services.jobs import JobKind, Order
from vitrine.services.jobs.batches import BATCH, batches
from vitrine.services.jobs.kinds import Reindex
from vitrine.services.jobs.work import Work
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import ENDED, IndexingResult, Job
from vitrine.tables.models import Collection
from vitrine.tables.vectors import embedded

LATE = timedelta(minutes=5)
"""How long a change may be written before it is committed, and how far clocks may differ."""

log = structlog.get_logger()


def reindex(work: Work) -> None:
    """The reindex job: refill the active collection from SQL; searches go on meanwhile."""
    started = now()
    with work.sessions.read() as session:
        collection = models.active(session)
    if collection is not None:
        project(work, collection, started)
    with work.write() as session:
        work.finish(session)


def project(work: Work, collection: Collection, started: datetime) -> None:
    """Make the index hold exactly what SQL has of a collection, also of changes since `started`."""
    _refill(work, collection)
    _drop_strays(work, collection)
    _catch_up(work, started - LATE)


def submit_missing(session: Session, ports: Ports) -> None:
    """Have the active collection filled from SQL where the index has nothing of it."""
    collection = models.active(session)
    if collection is None or session.scalar(embedded(collection).limit(1)) is None:
        return
    try:
        missing = ports.vectors.count(collection.name) == 0
    except NotFound:
        missing = True
    except Unavailable:  # whoever needs it says so
        return
    running = select(Job.id).where(Job.kind == JobKind.REINDEX, Job.status.not_in(ENDED)).limit(1)
    if missing and session.scalar(running) is None:
        jobs.submit(session, ports.queue, Order(Reindex()))


def _refill(work: Work, collection: Collection) -> None:
    work.ports.vectors.ensure(collection.name, collection.dimension)
    for product_ids, done, total in batches(work, select(Product.id)):
        with work.sessions.read() as session:
            points = list(points_of(session, collection, product_ids))
        upsert(work.ports.vectors, collection, points)
        work.report(done, total)


def _drop_strays(work: Work, collection: Collection) -> None:
    stored = work.ports.vectors.ids(collection.name)
    with work.sessions.read() as session:
        alive = set(session.scalars(embedded(collection).with_only_columns(Product.id)))
    strays = sorted(stored - alive)
    for start in range(0, len(strays), BATCH):
        work.ports.vectors.delete(collection.name, strays[start : start + BATCH])


def _catch_up(work: Work, since: datetime) -> None:
    """Publish again what changed while we copied: we may have put back what was older."""
    changed = (
        select(Product.id)
        .outerjoin(IndexingResult, IndexingResult.product_id == Product.id)
        .where(
            or_(
                Product.updated_at >= since,
                Product.deleted_at >= since,
                IndexingResult.created_at >= since,
            )
        )
        .distinct()
        .execution_options(show_deleted=True)
    )
    with work.sessions.read() as session:
        product_ids = list(session.scalars(changed))
    for start in range(0, len(product_ids), BATCH):
        with work.write() as session:
            publish(session, work.ports.vectors, product_ids[start : start + BATCH])
