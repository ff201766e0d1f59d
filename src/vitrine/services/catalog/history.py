"""The history of one product: its birth, every change, and the jobs that looked at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from vitrine.db import SHOW_DELETED
from vitrine.services.jobs import JobKind
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job
from vitrine.tables.people import User
from vitrine.tables.review import Review

CREATE, JOB = "create", "job"
FOLLOWING = JobKind.PUBLISH
"""The kind of job that follows every change, which would only say everything twice."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `by` is None for an import, the command line or Vitrine itself."""

    id: str
    at: datetime
    action: str
    by: User | None
    review: Review | None = None
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Some of it, newest first, and the cursor of what was before."""

    events: tuple[Event, ...]
    next_cursor: str | None


def of(session: Session, product: Product, cursor: str | None, limit: int) -> History:
    """What happened to the product before the cursor, living or deleted."""
    found = [*_reviews(session, product, cursor, limit), *_jobs(session, product, cursor, limit)]
    if cursor is None or product.id < cursor:
        found.append(product)
    # All ids sort by age, whichever table they are of.
    newest = sorted(found, key=lambda row: row.id, reverse=True)[: limit + 1]
    people = _people(session, newest)
    events = tuple(_event(row, people) for row in newest[:limit])
    return History(events, events[-1].id if len(newest) > limit else None)


def _reviews(
    session: Session, product: Product, cursor: str | None, limit: int
) -> list[Review | Job | Product]:
    query = select(Review).where(Review.product_id == product.id).order_by(Review.id.desc())
    if cursor:
        query = query.where(Review.id < cursor)
    return list(session.scalars(query.limit(limit + 1)))


def _jobs(
    session: Session, product: Product, cursor: str | None, limit: int
) -> list[Review | Job | Product]:
    query: Select[Job] = select(Job).where(Job.product_id == product.id, Job.kind != FOLLOWING)
    if cursor:
        query = query.where(Job.id < cursor)
    return list(session.scalars(query.order_by(Job.id.desc()).limit(limit + 1)))


def _people(session: Session, rows: Iterable[Review | Job | Product]) -> Mapping[str, User]:
    ids = {row.created_by for row in rows if row.created_by}
    # Who left is still who did it.
    found = session.scalars(select(User).where(User.id.in_(ids)), execution_options=SHOW_DELETED)
    return {user.id: user for user in found}


def _event(row: Review | Job | Product, people: Mapping[str, User]) -> Event:
    by = people.get(row.created_by or "")
    if isinstance(row, Review):
        return Event(row.id, row.created_at, row.action, by, review=row)
    if isinstance(row, Job):
        return Event(row.id, row.created_at, JOB, by, job=row)
    return Event(row.id, row.created_at, CREATE, by)
