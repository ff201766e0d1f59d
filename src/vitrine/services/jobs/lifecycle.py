"""Jobs as a state machine in the database: submitted, claimed, held, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased

from vitrine.core import tracing
from vitrine.core.clock import new_id, now
from vitrine.core.errors import Conflict, NotFound
from vitrine.ports import Queue
from vitrine.services.jobs import membership, shares
from vitrine.services.jobs.claims import Claim
from vitrine.services.jobs.kinds import JobKind, Payload
from vitrine.services.jobs.shares import Share
from vitrine.services.jobs.waking import send_on_commit
from vitrine.tables.jobs import (
    CANCELLED,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    IndexingResult,
    Job,
    QueryResult,
    RetentionResult,
)

Made = IndexingResult | QueryResult | RetentionResult
"""What a job may have made."""


class Stopped(Exception):
    """The job was cancelled, or its lease went to another worker; nothing more may be written."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to do and for whom.

    Unless it says a `share`, it takes the turn of who asked, or of the job that submits it.
    """

    payload: Payload
    product_id: str | None = None
    created_by: str | None = None
    idempotency_key: str | None = None
    share: Share | None = None

    @property
    def turn(self) -> Share:
        """The share whose turn it takes."""
        return self.share or (Share(self.created_by) if self.created_by else shares.current())


@dataclass(frozen=True, slots=True)
class Filters:
    """Which jobs to list; None means any."""

    status: str | None = None
    kind: JobKind | None = None
    product_id: str | None = None


def submit(session: Session, queue: Queue, order: Order, delay: float = 0.0) -> Job:
    """Add a Job, to run after `delay` seconds; its id is sent once this session has committed."""
    due, share, job_id = now() + timedelta(seconds=delay), order.turn, new_id()
    job = Job(
        id=job_id,
        batch_id=membership.joined(job_id),
        kind=order.payload.kind,
        product_id=order.product_id,
        payload=order.payload.model_dump(mode="json"),
        created_by=order.created_by,
        share=share.who,
        bulk=share.bulk,
        idempotency_key=order.idempotency_key,
        trace=tracing.carried(),
        not_before=due if delay else None,
        sent_at=due if queue.sends else None,
    )
    session.add(job)
    send_on_commit(session, queue, job_id, delay)
    return job


def get(session: Session, job_id: str) -> Job:
    """The job; raises NotFound."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound("job_unknown", "There is no such job.")
    return job


def list_jobs(
    session: Session, filters: Filters, cursor: str | None, limit: int
) -> tuple[Sequence[Job], str | None]:
    """Jobs newest first after the cursor, and the next page's cursor if there is one."""
    query = matching(filters).order_by(Job.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(Job.id < cursor)
    found = session.scalars(query).all()
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def matching(filters: Filters) -> Select[Job]:
    """The query for jobs that fulfil the filters."""
    wanted = {name: value for name, value in asdict(filters).items() if value is not None}
    return select(Job).filter_by(**wanted)


def result(session: Session, job: Job) -> Made:
    """What the job made; raises Conflict while it has made nothing."""
    made: Made | None = (
        session.scalar(select(IndexingResult).where(IndexingResult.job_id == job.id))
        or session.scalar(select(QueryResult).where(QueryResult.job_id == job.id))
        or session.scalar(select(RetentionResult).where(RetentionResult.job_id == job.id))
    )
    if made is not None:
        return made
    raise Conflict("no_result", f"The job is {job.status} and has made no result.")


def claim(session: Session, job_id: str, lease: float) -> Claim | None:
    """Take a queued, due job; None if it is not to be had (run, cancelled, taken already, or one
    of the same product runs)."""
    return next(iter(claim_all(session, [job_id], lease)), None)


def claim_all(session: Session, job_ids: Sequence[str], lease: float) -> list[Claim]:
    """Take those jobs, no two of one product, that are to be had, oldest first; they share a token.

    The caller holds `workers.lock`, or two could take a job each of one product.
    """
    moment, token = now(), new_id()
    taken = (
        update(Job)
        .where(Job.id.in_(job_ids), Job.status == QUEUED)
        .where(or_(Job.not_before.is_(None), Job.not_before <= moment), free())
        .values(
            status=RUNNING,
            attempts=Job.attempts + 1,
            started_at=moment,
            done=0,
            total=0,
            lease_token=token,
            lease_until=moment + timedelta(seconds=lease),
        )
        .returning(Job)
    )
    options = {"synchronize_session": False, "populate_existing": True}
    rows = session.scalars(taken, execution_options=options).all()
    return [_claimed(job, token) for job in sorted(rows, key=attrgetter("id"))]


@cache
def free() -> Any:
    """What a job fulfils of whose product no other job runs: they would undo each other's work.

    Made once: an alias costs more than the statements that it stands in.
    """
    other = aliased(Job)
    return ~exists().where(other.product_id == Job.product_id, other.status == RUNNING)


def _claimed(job: Job, token: str) -> Claim:
    return Claim(
        job_id=job.id,
        kind=job.kind,
        token=token,
        attempt=job.attempts,
        product_id=job.product_id,
        payload=job.payload,
        created_by=job.created_by,
        trace=job.trace,
        share=Share(job.share, job.bulk),
        batch_id=job.batch_id,
    )


def hold(session: Session, held: Claim, lease: float) -> None:
    """Prolong the lease; raises Stopped when it is no longer ours or the job was cancelled.

    Called first in every transaction of a run, it keeps a worker thought dead from writing.
    """
    hold_all(session, [held], lease)


def hold_all(session: Session, held: Sequence[Claim], lease: float) -> None:
    """Prolong the leases; raises Stopped as `hold` does, for any of them."""
    alive = ours(*held).where(Job.cancel_asked_at.is_(None))
    until = now() + timedelta(seconds=lease)
    if _changed(session, alive.values(lease_until=until)) < len(held):
        raise Stopped


def report(session: Session, held: Claim, done: int, total: int) -> None:
    """Write down the progress of a run."""
    changed(session, ours(held).values(done=done, total=total))


def finish(session: Session, *held: Claim) -> None:
    """Running -> succeeded, all of them; raises Stopped when a lease is no longer ours."""
    if _ended(session, held, SUCCEEDED, {}) < len(held):
        raise Stopped


def stop(session: Session, held: Claim) -> None:
    """Running -> cancelled, if somebody asked for it and the lease is still ours."""
    asked = ours(held).where(Job.cancel_asked_at.is_not(None))
    free = {"lease_token": None, "lease_until": None}
    changed(session, asked.values(status=CANCELLED, finished_at=now(), **free))


def ours(*held: Claim) -> Any:
    """An UPDATE of the jobs of these claims, of each while its lease is its claim's."""
    return update(Job).where(
        Job.id.in_([each.job_id for each in held]),
        Job.status == RUNNING,
        Job.lease_token.in_({each.token for each in held}),
    )


def ended(session: Session, held: Claim, status: str, **told: str | None) -> bool:
    """Running -> this status, if the lease is still ours; whether it was."""
    return _ended(session, [held], status, told) > 0


def _ended(
    session: Session, held: Sequence[Claim], status: str, told: Mapping[str, str | None]
) -> int:
    free = {"lease_token": None, "lease_until": None}
    values: dict[str, Any] = {"error_code": None, "error_message": None, **free, **told}
    return _changed(session, ours(*held).values(status=status, finished_at=now(), **values))


def changed(session: Session, statement: Any) -> bool:
    """Run an UPDATE; whether it changed any row."""
    return _changed(session, statement) > 0


def _changed(session: Session, statement: Any) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return done.rowcount if isinstance(done, CursorResult) else 0
