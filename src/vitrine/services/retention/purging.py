"""The purge: what was deleted, or is too old, goes for good, a small transaction at a time.

Each step asks the database what is left to do, so a purge that was killed anywhere is simply run
again. Rows go first and leave behind which bytes are condemned; the bytes go after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.groups import RetentionSettings
from vitrine.ports import Blobs, Queue
from vitrine.services import audit, jobs
from vitrine.services.audit import Act
from vitrine.services.catalog import blobs
from vitrine.services.imports import job as importing
from vitrine.services.jobs import JobKind, Order
from vitrine.services.jobs.kinds import Purge
from vitrine.services.jobs.work import Work
from vitrine.services.retention import brake, collections
from vitrine.services.retention.remove import remove, table_of
from vitrine.tables.audit import AuditEvent
from vitrine.tables.catalog import Image, Label, Product
from vitrine.tables.jobs import ENDED, RUNNING, Job, QueryResult, Reply, RetentionResult
from vitrine.tables.models import Collection
from vitrine.tables.shop import MissedPhoto, ShopEvent, missed_key
from vitrine.tables.webhooks import Webhook

BATCH = 100
"""Most rows that one transaction removes: others write in between."""

NOTES = 100
"""Most sentences one job tells; the counts are always whole."""

IMAGES, JOBS, PRODUCTS = table_of(Image), table_of(Job), table_of(Product)

Step = Callable[[Session, Work, datetime], Mapping[str, int]]


def due(session: Session, policy: RetentionSettings) -> bool:
    """Whether no purge was submitted for so long that it is time for the next."""
    present = now()
    # Not the future's: a clock that was ahead for a while must not put off every purge till then.
    recent = Job.created_at.between(present - timedelta(seconds=policy.every), present)
    last = select(Job.id).where(Job.kind == JobKind.PURGE, recent).limit(1)
    return session.scalar(last) is None


def submit(
    session: Session, queue: Queue, policy: RetentionSettings, *, confirmed: bool = False
) -> Job:
    """A purge job that keeps things as long as the settings say now."""
    return jobs.submit(session, queue, Order(Purge(policy=policy, confirmed=confirmed)))


def purge(work: Work) -> None:
    """The purge job: every step until nothing is left to do, counted as it goes.

    Raises Conflict, having removed nothing, when that is unusually much and nobody confirmed it.
    """
    asked = work.asked(Purge)
    keep = asked.policy
    if not asked.confirmed:
        with work.sessions.read() as session:
            brake.check(session, keep)
    for place, (step, age) in enumerate(STEPS):
        before = now() - timedelta(days=getattr(keep, age))
        while _advanced(work, step, before):
            pass
        work.report(place + 1, len(STEPS))
    condemned_go(work)
    marks_agree(work)
    with work.write() as session:
        count(session, work, {})
        audit.record(session, _act(session, work))
        work.finish(session)


def _act(session: Session, work: Work) -> Act:
    removed = {name: number for name, number in _result(session, work).counts.items() if number}
    return Act("purge.end", "vitrine", target=f"purge:{work.claim.job_id}", details=removed)


def count(session: Session, work: Work, done: Mapping[str, int]) -> None:
    """Add to what the job has done, in the transaction that does it."""
    result = _result(session, work)
    sums = {name: result.counts.get(name, 0) + number for name, number in done.items()}
    result.counts = result.counts | sums


def note(session: Session, work: Work, sentence: str) -> None:
    """Add a sentence to what the job tells, up to a hundred of them."""
    result = _result(session, work)
    if len(result.notes) < NOTES:
        result.notes = [*result.notes, sentence]


def _result(session: Session, work: Work) -> RetentionResult:
    job_id = work.claim.job_id
    found = session.scalar(select(RetentionResult).where(RetentionResult.job_id == job_id))
    if found is None:
        found = RetentionResult(job_id=job_id, counts={}, notes=[])
        session.add(found)
    return found


def _advanced(work: Work, step: Step, before: datetime) -> bool:
    with work.write() as session:
        done = step(session, work, before)
        if done:
            count(session, work, done)
    return bool(done)


def _queries(session: Session, _work: Work, before: datetime) -> Mapping[str, int]:
    return _oldest(session, QueryResult, before, "queries")


def _replies(session: Session, _work: Work, before: datetime) -> Mapping[str, int]:
    return _oldest(session, Reply, before, "replies")


def _acts(session: Session, _work: Work, before: datetime) -> Mapping[str, int]:
    return _oldest(session, AuditEvent, before, "audit_events")


def _visits(session: Session, _work: Work, before: datetime) -> Mapping[str, int]:
    """Have it forgotten which events were of one visit."""
    known = ShopEvent.visit.is_not(None) & (ShopEvent.created_at <= before)
    ids = session.scalars(select(ShopEvent.id).where(known).limit(BATCH)).all()
    session.execute(update(ShopEvent).where(ShopEvent.id.in_(ids)).values(visit=None))
    return {"visits": len(ids)} if ids else {}


def _shop_events(session: Session, _work: Work, before: datetime) -> Mapping[str, int]:
    return _oldest(session, ShopEvent, before, "shop_events")


def _missed_photos(session: Session, work: Work, before: datetime) -> Mapping[str, int]:
    old = select(MissedPhoto.id).where(MissedPhoto.created_at <= before).limit(BATCH)
    ids = list(session.scalars(old))
    for photo_id in ids:  # the bytes first: without the row nobody knows them
        work.ports.blobs.delete(missed_key(photo_id))
    return _removed(session, MissedPhoto, ids, "missed_photos")


def _oldest(session: Session, mapped: Any, before: datetime, name: str) -> Mapping[str, int]:
    # Ids sort by age, so the oldest are found without an index on the time.
    first = session.execute(
        select(mapped.id, mapped.created_at).order_by(mapped.id).limit(BATCH)
    ).all()
    ids = [row.id for row in first if row.created_at <= before]
    return _removed(session, mapped, ids, name)


def _ended(session: Session, work: Work, before: datetime) -> Mapping[str, int]:
    old = select(Job).where(Job.status.in_(ENDED), Job.finished_at <= before)
    old = old.where(Job.kind != JobKind.TRAIN)  # a run is known for as long as its model is
    ended = session.scalars(old.order_by(Job.id).limit(BATCH).with_for_update()).all()
    for job in ended:
        if job.kind in importing.KINDS:  # the files first: without the job nobody knows them
            importing.forget(work.ports.blobs, job)
    return _removed(session, Job, [job.id for job in ended], "jobs")


def _labels(session: Session, _work: Work, before: datetime) -> Mapping[str, int]:
    return _removed(session, Label, _ids(session, _gone(Label, before)), "labels")


def _webhooks(session: Session, _work: Work, before: datetime) -> Mapping[str, int]:
    return _removed(session, Webhook, _ids(session, _gone(Webhook, before)), "webhooks")


def _products(session: Session, work: Work, before: datetime) -> Mapping[str, int]:
    running = select(Job.id).where(Job.product_id == Product.id, Job.status == RUNNING).exists()
    chosen = _ids(session, _gone(Product, before).where(~running))
    # Runs lock their job before the product, and so do we.
    session.execute(select(Job.id).where(Job.product_id.in_(chosen)).with_for_update()).all()
    locked = _gone(Product, before).where(Product.id.in_(chosen)).with_for_update()
    ids = _ids(session, locked)  # without what was restored meanwhile
    if not ids:
        return {}
    for collection in session.scalars(select(Collection)).all():
        work.ports.vectors.delete(collection.name, ids)
    remove(session, JOBS, JOBS.c.product_id.in_(ids))
    images = _images_removed(session, IMAGES.c.product_id.in_(ids))
    return {"products": remove(session, PRODUCTS, PRODUCTS.c.id.in_(ids)), "images": images}


def _deleted_images(session: Session, _work: Work, before: datetime) -> Mapping[str, int]:
    ids = _ids(session, _gone(Image, before).with_for_update())
    return {"images": _images_removed(session, IMAGES.c.id.in_(ids))} if ids else {}


def _uploads(session: Session, _work: Work, before: datetime) -> Mapping[str, int]:
    old = select(Image.id).where(Image.product_id.is_(None), Image.created_at <= before)
    ids = _ids(session, old.order_by(Image.id).limit(BATCH).with_for_update())
    return {"uploads": _images_removed(session, IMAGES.c.id.in_(ids))} if ids else {}


def _images_removed(session: Session, where: Any) -> int:
    blobs.condemn(session, session.scalars(select(IMAGES.c.sha256).where(where)).all())
    return remove(session, IMAGES, where)


def _gone(mapped: Any, before: datetime) -> Select[str]:
    return select(mapped.id).where(mapped.deleted_at <= before).order_by(mapped.id).limit(BATCH)


def _ids(session: Session, query: Select[str]) -> list[str]:
    return list(session.scalars(query, execution_options={"show_deleted": True}))


def _removed(session: Session, mapped: Any, ids: list[str], name: str) -> Mapping[str, int]:
    table = table_of(mapped)
    return {name: remove(session, table, table.c.id.in_(ids))} if ids else {}


def condemned_go(work: Work) -> None:
    """Delete the bytes of every condemned content, each in a transaction of its own."""
    _each(work, "blobs", blobs.condemned, blobs.remove)


def marks_agree(work: Work) -> None:
    """Tag in the store what only deleted images show, and untag what was restored."""
    _each(work, "marked", blobs.unmarked, blobs.mark)


def _each(
    work: Work,
    name: str,
    waiting: Callable[[Session, int], Sequence[str]],
    act: Callable[[Session, Blobs, str], bool],
) -> None:
    """Do it to every content that waits for it, until none does; what was done is counted."""
    while True:
        with work.sessions.read() as session:
            contents = waiting(session, BATCH)
        if not contents:
            return
        for sha256 in contents:
            with work.write() as session:
                if act(session, work.ports.blobs, sha256):
                    count(session, work, {name: 1})


STEPS: tuple[tuple[Step, str], ...] = (
    (_queries, "queries_days"),  # before the products they name
    (_replies, "replies_days"),
    (_ended, "jobs_days"),
    (_labels, "deleted_days"),
    (_webhooks, "deleted_days"),
    (_products, "deleted_days"),
    (_deleted_images, "deleted_days"),
    (_uploads, "uploads_days"),
    (_acts, "audit_days"),
    (_visits, "visits_days"),
    (_shop_events, "events_days"),
    (_missed_photos, "missed_photos_days"),
    (collections.left, "collections_days"),
    (collections.retired, "collections_days"),
)
