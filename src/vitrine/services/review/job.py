"""The job that keeps the queue in step, and when it is time for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.ports import Queue
from vitrine.services import jobs
from vitrine.services.indexing import spaces
from vitrine.services.jobs import JobKind, Order
from vitrine.services.jobs.batches import BATCH, batches
from vitrine.services.jobs.kinds import Doubts
from vitrine.services.jobs.work import Work
from vitrine.services.review import queue
from vitrine.tables.catalog import Image, Product
from vitrine.tables.changes import ProductChange
from vitrine.tables.jobs import ENDED, QUEUED, RUNNING, SUCCEEDED, Job, QueryResult
from vitrine.tables.shop import ADD_TO_CART, CLICK, ShopEvent

REST = timedelta(seconds=30)
"""How long it rests after a run: a burst of changes is one run."""

PATIENCE = timedelta(minutes=10)
"""So long it waits for an import to end, whose products would all be looked at once more."""

LATE = timedelta(seconds=60)
"""How long a change may be written before it is committed, and how far clocks may differ."""

REMEMBERED = timedelta(hours=20)
"""Changes are kept for a day: after this long without a run all products are looked at."""


def due(session: Session) -> bool:
    """Whether anything changed since the last run that was not looked at: a cheap look."""
    last = _last(session)
    if last is None:
        first = select(func.min(Image.created_at)).where(Image.product_id.is_not(None))
        begun = session.scalar(first)
        return begun is not None and not _better_later(session, begun)
    if last.status not in ENDED or last.created_at > now() - REST:
        return False
    if _better_later(session, last.created_at):
        return False
    changed = select(ProductChange.id).where(ProductChange.changed_at >= _second(_seen_by(last)))
    return session.scalar(changed.limit(1)) is not None


def _better_later(session: Session, since: datetime) -> bool:
    """Whether products are about to be indexed, which changes them, and nobody waited long."""
    indexing = select(Job.id).where(Job.kind == JobKind.INDEX, Job.status.in_((QUEUED, RUNNING)))
    return since > now() - PATIENCE and session.scalar(indexing.limit(1)) is not None


def submit(session: Session, queue: Queue) -> Job:
    """A job that follows what changed."""
    return jobs.submit(session, queue, Order(Doubts()))


def run(work: Work) -> None:
    """The job: look again at the products that changed since its last run, and count what was found
    by searches and chosen by visitors."""
    with work.sessions.read() as session:
        started = jobs.get(session, work.claim.job_id).started_at or now()
        last = _last(session, SUCCEEDED)
        if last is not None and last.created_at < started - REMEMBERED:
            last = None
        changed = None if last is None else _changed(session, _seen_by(last))
    parts = batches(work, select(Product.id)) if changed is None else _parts(changed)
    for product_ids, done, total in parts:
        queue.refresh(work.sessions, spaces.searched(work), product_ids)
        work.report(done, total)
    with work.sessions.read() as session:
        since = last.started_at if last else None
        seen = _hits(session, since, started) + _chosen(session, since, started)
    with work.write() as session:
        queue.count_traffic(session, seen, anew=last is None)
        work.finish(session)


def _parts(product_ids: Sequence[str]) -> Iterator[tuple[Sequence[str], int, int]]:
    total = len(product_ids)
    for start in range(0, total, BATCH):
        yield product_ids[start : start + BATCH], min(start + BATCH, total), total


def _last(session: Session, *statuses: str) -> Job | None:
    query = select(Job).where(Job.kind == JobKind.DOUBTS).order_by(Job.created_at.desc())
    return session.scalar((query.where(Job.status.in_(statuses)) if statuses else query).limit(1))


def _seen_by(last: Job) -> datetime:
    """What was committed before it is surely known to that run."""
    return (last.started_at or last.created_at) - LATE


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


def _changed(session: Session, since: datetime) -> list[str] | None:
    """The products that changed; None for all."""
    query = select(ProductChange.product_id).where(ProductChange.changed_at >= _second(since))
    found = set(session.scalars(query.distinct()))
    return None if None in found else sorted(one for one in found if one is not None)


def _hits(session: Session, since: datetime | None, until: datetime) -> Counter[str]:
    """How often each product was found by the searches of that time."""
    query = select(QueryResult.hits).where(QueryResult.created_at <= until)
    if since is not None:
        query = query.where(QueryResult.created_at > since)
    seen: Counter[str] = Counter()
    for found in session.scalars(query.execution_options(yield_per=500)):
        seen.update(queue.hits([found]))
    return seen


def _chosen(session: Session, since: datetime | None, until: datetime) -> Counter[str]:
    """How often visitors of the shop chose each product in that time."""
    query = select(ShopEvent.product_id, func.count()).where(
        ShopEvent.kind.in_((CLICK, ADD_TO_CART)),
        ShopEvent.product_id.is_not(None),
        ShopEvent.created_at <= until,
    )
    if since is not None:
        query = query.where(ShopEvent.created_at > since)
    rows = session.execute(query.group_by(ShopEvent.product_id))
    return Counter({product_id: count for product_id, count in rows if product_id})
