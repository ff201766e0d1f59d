"""Which snapshots were written, and where."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services.snapshots.folders import Dataset
from vitrine.tables.snapshots import DataSnapshot


def register(session: Session, dataset: Dataset, created_by: str | None = None) -> DataSnapshot:
    """Write down a snapshot; one that is known already keeps its row, which tells its new place."""
    known = session.scalar(select(DataSnapshot).where(DataSnapshot.sha256 == dataset.sha256))
    row = known or DataSnapshot(
        name=dataset.card["name"],
        format=dataset.card["format"],
        sha256=dataset.sha256,
        counts=dataset.card["counts"],
        created_by=created_by,
    )
    row.folder = str(dataset.folder.resolve())
    session.add(row)
    session.flush()
    return row


def listed(session: Session) -> list[DataSnapshot]:
    """All snapshots, newest first."""
    return list(session.scalars(select(DataSnapshot).order_by(DataSnapshot.id.desc())))
