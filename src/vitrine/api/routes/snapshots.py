"""Snapshots of verified data, which models are trained on."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.jobs import Job, JobAnswer
from vitrine.api.schemas.snapshots import NewSnapshot, Snapshot, Snapshots
from vitrine.services import snapshots

router = guarded("/v1/snapshots", "system")


@router.get("", summary="List the snapshots of verified data")
def list_snapshots(session: ReadSession) -> Snapshots:
    """Those that were written, newest first."""
    found = [Snapshot.model_validate(row) for row in snapshots.listed(session)]
    return Snapshots(snapshots=found)


@router.post("", status_code=202, summary="Write a snapshot of verified data")
def create_snapshot(
    asked: NewSnapshot, session: WriteSession, runtime: RuntimeDep, caller: CallerDep
) -> JobAnswer:
    """A job that writes it into the data folder; it fails where nothing is verified yet."""
    order = snapshots.Order(asked.format, asked.licence)
    job = snapshots.submit(session, runtime.ports.queue, order, caller.user_id)
    session.flush()
    return JobAnswer(job=Job.model_validate(job))
