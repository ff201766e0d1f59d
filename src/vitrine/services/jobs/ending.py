"""How a run ends that did not succeed: failed for good, to be tried again, or given back."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import VitrineError
from vitrine.core.groups import QueueSettings
from vitrine.ports import Queue
from vitrine.services.jobs.claims import Claim
from vitrine.services.jobs.lifecycle import changed, ended, get, ours
from vitrine.services.jobs.waking import send_on_commit
from vitrine.services.webhooks import events
from vitrine.tables.jobs import FAILED, QUEUED, Job

FREE: dict[str, Any] = {"status": QUEUED, "lease_token": None, "lease_until": None}
"""What a job is that nobody holds any more and that is still to be run."""


def fail(
    session: Session, queue: Queue, held: Claim, error: VitrineError, policy: QueueSettings
) -> None:
    """Running -> queued for later if the error may pass and attempts are left, else failed."""
    told = {"error_code": error.code, "error_message": error.message}
    if not error.retried or held.attempt >= policy.max_attempts:
        if ended(session, held, FAILED, **told):
            tell_failed(session, get(session, held.job_id))
        return
    delay = error.retry_after or backoff(held.attempt, policy)
    later = now() + timedelta(seconds=delay)
    sent = later if queue.sends else None
    if changed(session, ours(held).values(**FREE, not_before=later, sent_at=sent, **told)):
        send_on_commit(session, queue, held.job_id, delay)


def give_back(
    session: Session, held: Claim, error: VitrineError | None = None, delay: float = 0.0
) -> None:
    """Running -> queued as if it had not been tried; the next sweep that finds it due sends it.

    For a worker that stops, or a part that is away, of which `error` tells.
    """
    told = {"error_code": error.code, "error_message": error.message} if error else {}
    again = {**FREE, "attempts": Job.attempts - 1, "sent_at": None}
    due = now() + timedelta(seconds=delay) if delay else None
    changed(session, ours(held).values(**again, not_before=due, **told))


def tell_failed(session: Session, job: Job) -> None:
    """Note for webhooks that the job has failed for good."""
    session.refresh(job)
    told = {
        "id": job.id,
        "kind": job.kind,
        "product_id": job.product_id,
        "attempts": job.attempts,
        "error_code": job.error_code,
        "error_message": job.error_message,
    }
    events.emit(session, events.JOB_FAILED, told)


def backoff(attempt: int, policy: QueueSettings) -> float:
    """Seconds to wait after the given attempt: doubling, with up to a quarter of jitter."""
    seconds = min(policy.backoff * 2.0 ** (attempt - 1), policy.backoff_limit)
    return seconds * random.uniform(0.75, 1.0)  # noqa: S311 - spread, not secrecy
