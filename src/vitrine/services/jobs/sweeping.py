"""The sweep: takes up what dead workers left and sends what was never sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import false, func, or_, select, update
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.groups import QueueSettings
from vitrine.ports import Queue
from vitrine.services.jobs import turns, workers
from vitrine.services.jobs.ending import FREE, tell_failed
from vitrine.services.jobs.lifecycle import changed
from vitrine.services.jobs.waking import send_on_commit
from vitrine.tables.jobs import CANCELLED, FAILED, RUNNING, Job

SWEEP_BATCH = 200
"""Most jobs that one sweep sends: a long queue is sent in turns, not all again at once."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a sweep cannot see in the database.

    `away` are the parts that do not answer: what needs them is sent when they are back. `blind` is
    whether the database itself was away lately, so that a lease that ran out says nothing.
    """

    away: frozenset[str] = frozenset()
    blind: bool = False


CLEAR = Sight()
"""All parts are there."""


def due(session: Session, policy: QueueSettings, sight: Sight = CLEAR) -> bool:
    """Whether a sweep would find anything: a cheap look that takes no write lock."""
    moment = now()
    found = or_(_ran_out(moment, sight), _to_send(session, moment, policy, sight))
    return session.scalar(select(Job.id).where(found).limit(1)) is not None


def sweep(session: Session, queue: Queue, policy: QueueSettings, sight: Sight = CLEAR) -> int:
    """Take up jobs whose worker fell silent and send what was never sent; the number sent."""
    moment = now()
    lost = _ran_out(moment, sight)
    ended = {"lease_token": None, "lease_until": None, "finished_at": moment}
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
    changed(session, update(Job).where(lost).values(**FREE, sent_at=None))
    return _send(session, queue, moment, _to_send(session, moment, policy, sight))


def release_all(session: Session) -> None:
    """Let every lease run out now: for a process that knows it is the only worker."""
    changed(session, update(Job).where(Job.status == RUNNING).values(lease_until=now()))


def _send(session: Session, queue: Queue, moment: datetime, wanted: Any) -> int:
    ids = list(
        session.scalars(
            select(Job.id)
            .where(wanted)
            .order_by(Job.created_at)
            .limit(SWEEP_BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    changed(session, update(Job).where(Job.id.in_(ids)).values(sent_at=moment))
    for job_id in ids:
        send_on_commit(session, queue, job_id)
    return len(ids)


def _ran_out(moment: datetime, sight: Sight) -> Any:
    return false() if sight.blind else (Job.status == RUNNING) & (Job.lease_until <= moment)


def _to_send(session: Session, moment: datetime, policy: QueueSettings, sight: Sight) -> Any:
    """Never sent; or sent a while ago though a worker is idle, so that the message must be lost.

    While all workers are busy an old message may just be waiting its turn in a long queue.
    """
    running = session.scalar(select(func.count(Job.id)).where(Job.status == RUNNING)) or 0
    unheard: Any = Job.sent_at.is_(None)
    if running < max(1, workers.slots(session)):
        unheard |= Job.sent_at < moment - timedelta(seconds=policy.resend_after)
    return turns.waiting(moment, sight.away) & unheard
