"""Filling a whole collection: again from SQL with no model run, or anew with other models."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, NotFound, Unavailable, VitrineError
from vitrine.ports import Ports
from vitrine.services import jobs, models
from vitrine.services.indexing import analyse
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
    """The reindex job: refill the active collection from SQL; searches go on meanwhile.

    With `embed` in its payload, products without a vector of the present versions run through the
    models first, and their collection becomes the active one at the end.
    """
    started = now()
    if work.asked(Reindex).embed:
        _embed_all(work)
    with work.sessions.read() as session:
        collection = _target(session, work)
    if collection is not None:
        _refill(work, collection)
        _drop_strays(work, collection)
        _catch_up(work, started - LATE)
    with work.write() as session:
        if collection is not None and work.asked(Reindex).embed:
            models.activate(session, collection)
        work.finish(session)


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


def _target(session: Session, work: Work) -> Collection | None:
    if work.asked(Reindex).embed:
        return models.collection_for(session, work.ports.vision.versions)
    return models.active(session)


def _embed_all(work: Work) -> None:
    with work.write() as session:
        models.collection_for(session, work.ports.vision.versions)
    failed = 0
    for product_ids, done, total in batches(work, select(Product.id)):
        failed += sum(not _embedded(work, product_id) for product_id in product_ids)
        work.report(done, total)
    if failed:
        raise Conflict(
            "products_not_embedded",
            f"{failed:,} products could not be embedded, and the log says why of each. What is "
            "searched stays as it was; mend or delete them and run this again.",
        )


def _embedded(work: Work, product_id: str) -> bool:
    try:
        analyse.index_product(work, product_id)
    except VitrineError as error:
        if error.retried:
            raise
        if error.code == "product_unknown":
            return True  # deleted meanwhile
        log.warning("not embedded", product_id=product_id, code=error.code, why=error.message)
        return False
    return True


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
