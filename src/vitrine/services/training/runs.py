"""What people do with runs: start one, look at it, cancel it, and overrule its gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, NotFound, invalid
from vitrine.ports import Blobs, Queue
from vitrine.services import jobs
from vitrine.services.jobs import Order
from vitrine.services.jobs.kinds import Train
from vitrine.tables.jobs import ENDED, Job
from vitrine.tables.models import CANDIDATE, REFUSED
from vitrine.tables.snapshots import DataSnapshot
from vitrine.tables.training import ADAPT, DETECTOR, PROPOSED, TrainingRun

FORMATS = {DETECTOR: "yolo"}
"""The format of the snapshot that a kind learns from, where it is not "clip"."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The run that a person wants; without a snapshot it learns from what is verified then."""

    kind: str
    snapshot_id: str | None = None
    seed: int = 0
    steps: int = 800
    minutes: float | None = None


def start(session: Session, queue: Queue, asked: Asked, user_id: str | None) -> TrainingRun:
    """A run and its job; what was proposed of this kind becomes it.

    Raises Conflict while another run of the kind goes on, NotFound or Invalid for a snapshot that
    is none or of another format.
    """
    _require_rest(session, asked.kind)
    _require_snapshot(session, asked)
    run = proposed(session, asked.kind) or TrainingRun(kind=asked.kind)
    session.add(run)
    session.flush()
    run.snapshot_id, run.started_by, run.started_at = asked.snapshot_id, user_id, now()
    run.settings = {"seed": asked.seed, "steps": asked.steps, "minutes": asked.minutes}
    run.job = jobs.submit(session, queue, Order(Train(run_id=run.id), None, user_id))
    session.flush()
    return run


def proposed(session: Session, kind: str) -> TrainingRun | None:
    """The run of a kind that waits for a person."""
    waits = TrainingRun.job_id.is_(None) & TrainingRun.dismissed_at.is_(None)
    return session.scalar(select(TrainingRun).where(TrainingRun.kind == kind, waits).limit(1))


def running(session: Session, kind: str) -> TrainingRun | None:
    """The run of a kind that has not ended."""
    query = select(TrainingRun).join(Job, Job.id == TrainingRun.job_id)
    return session.scalar(query.where(TrainingRun.kind == kind, Job.status.not_in(ENDED)).limit(1))


def get(session: Session, run_id: str) -> TrainingRun:
    """The run; raises NotFound."""
    run = session.get(TrainingRun, run_id)
    if run is None:
        raise NotFound("run_unknown", "There is no such training run.")
    return run


def listed(
    session: Session, cursor: str | None, limit: int
) -> tuple[Sequence[TrainingRun], str | None]:
    """Runs newest first after the cursor, and the next page's cursor if there is one."""
    query = select(TrainingRun).order_by(TrainingRun.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(TrainingRun.id < cursor)
    found = session.scalars(query).all()
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def cancel(session: Session, run_id: str) -> TrainingRun:
    """Dismiss a proposal, or cancel the job; raises Conflict where it has ended."""
    run = get(session, run_id)
    if run.job_id is not None:
        jobs.cancel(session, run.job_id)
    elif run.state == PROPOSED:
        run.dismissed_at = now()
    else:
        raise Conflict("job_ended", "The proposal was dismissed already.")
    session.flush()
    return run


def report(session: Session, blobs: Blobs, run_id: str) -> bytes:
    """The page that tells how the run went; raises Conflict before its model is made."""
    run = get(session, run_id)
    if run.report_key is None:
        raise Conflict("no_result", f"The run is {run.state} and has made no report.")
    return blobs.get(run.report_key)


def override(session: Session, run_id: str, reason: str, by: str) -> TrainingRun:
    """Let a refused model be promoted all the same, with who said so and why written to it.

    Raises Conflict where its gate has refused nothing.
    """
    run = get(session, run_id)
    if run.model is None or run.model.status != REFUSED:
        raise Conflict("not_refused", "The gate has not refused what this run made.")
    if not reason.strip():
        raise invalid("reason", "must say why what the gate refused is promoted all the same")
    told = {"by": by, "reason": reason.strip(), "at": now().isoformat()}
    run.model.gate = run.model.gate | {"override": told}
    run.model.status = CANDIDATE
    session.flush()
    return run


def _require_rest(session: Session, kind: str) -> None:
    other = running(session, kind)
    if other is not None:
        raise Conflict(
            "training_running",
            f"Run {other.id} of kind {kind} goes on; cancel it first, or wait until it ends.",
        )


def _require_snapshot(session: Session, asked: Asked) -> None:
    if asked.snapshot_id is None:
        return
    row = session.get(DataSnapshot, asked.snapshot_id)
    if row is None:
        raise NotFound("snapshot_unknown", "There is no such snapshot.")
    wanted = FORMATS.get(asked.kind, "clip")
    if row.format != wanted or asked.kind == ADAPT:
        needs = (
            "takes the whole catalogue, and no snapshot"
            if asked.kind == ADAPT
            else (f"learns from a snapshot of format {wanted}, and this is {row.format}")
        )
        raise invalid("snapshot_id", f"a run of kind {asked.kind} {needs}")
