"""The sweep: takes up what dead workers left and sends what was never sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.groups import QueueSettings
from vitrine.ports import Queue
from vitrine.services.jobs.lifecycle import changed, send_on_commit, tell_failed
from vitrine.tables.jobs import CANCELLED, FAILED, QUEUED, RUNNING, Job

SWEEP_BATCH = 200
"""Most jobs that one sweep sends: a long queue is sent in turns, not all again at once."""


def due(session: Session, policy: QueueSettings) -> bool:
    """Whether a sweep would find anything: a cheap look that takes no write lock."""
    moment = now()
    found = or_(_ran_out(moment), _to_send(moment, policy))
    return session.scalar(select(Job.id).where(found).limit(1)) is not None


def sweep(session: Session, queue: Queue, policy: QueueSettings) -> int:
    """Take up jobs whose worker fell silent and send what was never sent; the number sent."""
    moment = now()
    lost = _ran_out(moment)
    free = {"lease_token": None, "lease_until": None}
    ended = {**free, "finished_at": moment}
    changed(
        session,
        update(Job).where(lost, Job.cancel_asked_at.is_not(None)).values(status=CANCELLED, **ended),
    )
    worn_out = (
        update(Job)
        .where(lost, Job.attempts >= policy.max_attempts)
        .values(
            status=FAILED,
            error_code="worker_lost",
            error_message="The worker that ran this job stopped answering, every time.",
            **ended,
        )
    )
    options = {"synchronize_session": False}
    for job in session.scalars(worn_out.returning(Job), execution_options=options).all():
        tell_failed(session, job)
    changed(session, update(Job).where(lost).values(status=QUEUED, sent_at=None, **free))
    return _send_due(session, queue, moment, policy)


def release_all(session: Session) -> None:
    """Let every lease run out now: for a process that knows it is the only worker."""
    changed(session, update(Job).where(Job.status == RUNNING).values(lease_until=now()))


def _send_due(session: Session, queue: Queue, moment: datetime, policy: QueueSettings) -> int:
    ids = list(
        session.scalars(
            select(Job.id)
            .where(_to_send(moment, policy))
            .order_by(Job.created_at)
            .limit(SWEEP_BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    changed(session, update(Job).where(Job.id.in_(ids)).values(sent_at=moment))
    for job_id in ids:
        send_on_commit(session, queue, job_id)
    return len(ids)


def _ran_out(moment: datetime) -> Any:
    return (Job.status == RUNNING) & (Job.lease_until <= moment)


def _to_send(moment: datetime, policy: QueueSettings) -> Any:
    """Never sent; or sent so long ago, with every worker idle, that the message must be lost.

    While workers are busy an old message may just be waiting its turn in a long queue.
    """
    busy = select(Job.id).where(Job.status == RUNNING).correlate(None).exists()
    lost = moment - timedelta(seconds=policy.resend_after)
    surely_lost = moment - timedelta(seconds=10 * policy.resend_after)
    return (
        (Job.status == QUEUED)
        & or_(Job.sent_at.is_(None), Job.sent_at < surely_lost, (Job.sent_at < lost) & ~busy)
        & or_(Job.not_before.is_(None), Job.not_before <= moment)
    )
