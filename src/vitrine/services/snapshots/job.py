"""The job that writes a snapshot into the data folder."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core import scratch
from vitrine.core.errors import invalid
from vitrine.ports import Queue
from vitrine.services import jobs
from vitrine.services.jobs import kinds
from vitrine.services.jobs.work import Work
from vitrine.services.snapshots import folders
from vitrine.services.snapshots.registry import register
from vitrine.services.snapshots.writing import FORMATS, Order, write
from vitrine.tables.jobs import Job


def submit(session: Session, queue: Queue, order: Order, created_by: str | None = None) -> Job:
    """A job that writes this snapshot; raises Invalid for a format that there is not."""
    if order.format not in FORMATS:
        raise invalid("format", f"is none of {', '.join(FORMATS)}")
    asked = kinds.Snapshot(format=order.format, licence=order.licence)
    return jobs.submit(session, queue, jobs.Order(asked, created_by=created_by))


def run(parent: Path, work: Work) -> None:
    """The job: write the snapshot under its name; one that is there already is proven instead."""
    asked = work.asked(kinds.Snapshot)
    parent.mkdir(parents=True, exist_ok=True)
    order = Order(asked.format, asked.licence)
    with scratch.folder(parent) as within:
        written = write(work.sessions, work.ports.blobs, within / "new", order, work.report)
        place = parent / f"{written.card['name']}-{written.sha256[:8]}"
        if not place.exists():
            written.folder.rename(place)
    dataset = folders.open(place, written.sha256)
    with work.write() as session:
        created_by = session.scalar(select(Job.created_by).where(Job.id == work.claim.job_id))
        register(session, dataset, created_by)
        work.finish(session)
