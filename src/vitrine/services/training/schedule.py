"""When a run is proposed: once people have newly verified so much since the last one."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from vitrine.core.groups import TrainingSettings
from vitrine.services.training import runs
from vitrine.tables.review import DECISIVE, ReviewAnswer
from vitrine.tables.training import DETECTOR, ENCODER, TrainingRun

PROPOSED = (ENCODER, DETECTOR)
"""The kinds that are proposed: both learn from what people said."""


def due(session: Session, settings: TrainingSettings) -> bool:
    """Whether `propose_due` would propose anything: a cheap look."""
    return any(True for _ in _wanted(session, settings))


def propose_due(session: Session, settings: TrainingSettings) -> None:
    """Propose a run of each kind that has enough to learn from; a person starts or dismisses it."""
    for kind, verified in list(_wanted(session, settings)):
        session.add(TrainingRun(kind=kind, verified=verified))


def _wanted(session: Session, settings: TrainingSettings) -> Iterator[tuple[str, int]]:
    if not settings.propose_after or not _any_new(session):
        return
    for kind in PROPOSED:
        if runs.proposed(session, kind) or runs.running(session, kind):
            continue
        verified = _verified(session, kind)
        if verified >= settings.propose_after:
            yield kind, verified


def _any_new(session: Session) -> bool:
    return session.scalar(select(ReviewAnswer.id).limit(1)) is not None


def _verified(session: Session, kind: str) -> int:
    """How many products people verified, for this kind, since its last run or proposal."""
    counted = select(func.count(distinct(ReviewAnswer.product_id))).where(
        ReviewAnswer.outcome.in_(DECISIVE), ReviewAnswer.undone_at.is_(None)
    )
    last = session.scalar(
        select(TrainingRun.id)
        .where(TrainingRun.kind == kind)
        .order_by(TrainingRun.id.desc())
        .limit(1)
    )
    if last is not None:  # ids sort by age, so only the new ones are read
        counted = counted.where(ReviewAnswer.id > last)
    if kind == DETECTOR:
        counted = counted.where(ReviewAnswer.verified["boxes"].as_boolean())
    return session.scalar(counted) or 0
