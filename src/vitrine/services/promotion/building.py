"""Building a collection beside the searched one, from the crops that there are.

Every step asks the database what is left to do, so a build that was stopped or killed anywhere is
simply run again. What is written meanwhile goes to the collection too (`indexing.spaces`).
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, VitrineError
from vitrine.ports import Queue, Vision
from vitrine.services import calibration, jobs, models
from vitrine.services.indexing import analyse, publish, reindex, spaces
from vitrine.services.jobs import Order
from vitrine.services.jobs.batches import batches
from vitrine.services.jobs.kinds import Build
from vitrine.services.jobs.work import Work
from vitrine.services.promotion import comparing, standing
from vitrine.services.search.engine import SearchEngine
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job
from vitrine.tables.models import ACTIVE, BUILDING, READY, RETIRED, STANDBY, Collection
from vitrine.vision.types import Versions

STEP = 16
"""Products between two reports: how soon a cancelled build ends."""

log = structlog.get_logger()


def begin(
    session: Session, queue: Queue, versions: Versions, created_by: str | None = None
) -> tuple[Collection, Job]:
    """The collection these versions make, and the job that builds it or goes on building it.

    Raises NotFound for an encoder nobody wrote down, Conflict for the collection that is searched
    or waits to be searched again.
    """
    models.model(session, "encoder", versions.encoder)
    collection = models.collection_for(session, versions)
    if collection.state in (ACTIVE, STANDBY):
        raise Conflict("collection_built", f"{collection.name} is built already, and kept in step.")
    pending = standing.job_of(session, collection)
    if pending is not None:
        return collection, pending
    collection.state, collection.retired_at = BUILDING, None
    collection.detector = models.searched(session).detector
    session.flush()
    order = Order(Build(collection_id=collection.id), created_by=created_by)
    return collection, jobs.submit(session, queue, order)


def build(engine: SearchEngine, work: Work) -> None:
    """The build job: every crop in the collection's space, its index, its calibration, and how it
    compares with what is searched.

    Products that cannot be embedded are counted with their code, and cost no other.
    """
    with work.sessions.read() as session:
        collection = models.get(session, work.asked(Build).collection_id)
    _require_open(collection)
    started, vision = now(), work.ports.vision_of(collection.versions)
    _fill(work, collection, vision)
    reindex.project(work, collection, started)
    engine.retriever.complete(work.sessions, collection)
    fitted = calibration.fit_of(engine, work, collection, lambda *_: _alive(work))
    told = comparing.compare(engine, work, collection)
    with work.write() as session:
        present = models.get(session, collection.id)
        if present.state == BUILDING:
            present.state = READY
        present.built_at, present.comparison = now(), told
        calibration.write(session, present, fitted)
        work.finish(session)


def redetect(work: Work) -> None:
    """The job that follows another detector: look anew at every photo that it did not see.

    Products stay as they are until their turn comes; each is changed and published at once.
    """
    failed = 0
    for product_ids, done, total in batches(work, select(Product.id)):
        for product_id in product_ids:
            failed += not _seen_anew(work, product_id)
            _alive(work)
        work.report(done, total)
    if failed:
        raise Conflict(
            "products_not_embedded",
            f"{failed:,} products could not be looked at anew, and the log says why of each.",
        )
    with work.write() as session:
        work.finish(session)


def _seen_anew(work: Work, product_id: str) -> bool:
    try:
        analyse.index_products(work, {product_id: work.claim.job_id})
        spaces.fill_all(work, [product_id])
    except VitrineError as error:
        if error.retried:
            raise
        log.warning("not seen anew", product_id=product_id, code=error.code, why=error.message)
        return error.code == "product_unknown"  # deleted meanwhile
    with work.write() as session:
        publish.publish(session, work.ports.vectors, [product_id])
    return True


def _require_open(collection: Collection) -> None:
    if collection.state == RETIRED:
        raise Conflict("collection_retired", f"{collection.name} was retired before it was built.")


def _fill(work: Work, collection: Collection, vision: Vision) -> None:
    for product_ids, done, total in batches(work, select(Product.id)):
        for start in range(0, len(product_ids), STEP):
            some: Sequence[str] = product_ids[start : start + STEP]
            spaces.fill(work, collection, vision, some)
            work.report(done - len(product_ids) + start + len(some), total)


def _alive(work: Work) -> None:
    """Raise Stopped where the job was cancelled."""
    with work.write():
        pass
