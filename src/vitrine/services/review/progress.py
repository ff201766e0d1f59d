"""How much there is to review, how much is done, how fast: figures for people and metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.services.review.doubts import KINDS
from vitrine.tables.review import (
    DECISIVE,
    DISPUTE,
    FLAGGED,
    OPEN,
    SECOND,
    ReviewAnswer,
    ReviewItem,
)

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Depth:
    """How many items wait, by state, and how many of the open ones have each kind of doubt or a
    doubt about each facet."""

    states: Mapping[str, int]
    by_doubt: Mapping[str, int]
    by_facet: Mapping[str, int]

    @property
    def open(self) -> int:
        """How many wait for their first reviewer."""
        return self.states.get(OPEN, 0)


@dataclass(frozen=True, slots=True)
class Progress:
    """What is open and what was done; `per_hour` is one reviewer's pace, None for too few."""

    depth: Depth
    mine_today: int
    done_today: int
    done_total: int
    per_hour: float | None

    @property
    def disputes(self) -> int:
        """How many items two reviewers disagree about."""
        return self.depth.states.get(DISPUTE, 0)

    @property
    def second_open(self) -> int:
        """How many items wait for a second opinion."""
        return self.depth.states.get(SECOND, 0)

    @property
    def flagged(self) -> int:
        """How many items were flagged."""
        return self.depth.states.get(FLAGGED, 0)


def depth(session: Session) -> Depth:
    """How much waits now; what was deleted in the last half minute may still be among it."""
    number = func.count(ReviewItem.id).label("items")
    states = select(ReviewItem.state, number).group_by(ReviewItem.state)
    doubtful = [func.sum(case((getattr(ReviewItem, kind) > 0, 1), else_=0)) for kind in KINDS]
    counts = session.execute(select(*doubtful).where(ReviewItem.state == OPEN)).one()
    facets: Counter[str] = Counter()
    together = select(ReviewItem.facets, number).where(ReviewItem.state == OPEN)
    for names, count in session.execute(together.group_by(ReviewItem.facets)):
        facets.update(dict.fromkeys(names.split(), count))
    return Depth(
        states={row.state: row.items for row in session.execute(states)},
        by_doubt={kind: count or 0 for kind, count in zip(KINDS, counts, strict=True)},
        by_facet=dict(facets.most_common()),
    )


def of(session: Session, user_id: str) -> Progress:
    """How far all are, and this reviewer."""
    moment = now()
    today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    mine = _answers().where(ReviewAnswer.created_by == user_id)
    return Progress(
        depth=depth(session),
        mine_today=_count(session, mine.where(ReviewAnswer.created_at >= today)),
        done_today=_count(session, _answers().where(ReviewAnswer.created_at >= today)),
        done_total=done(session),
        per_hour=per_hour(session, user_id, moment),
    )


def done(session: Session) -> int:
    """How many items were ever answered, by answers that stand."""
    return _count(session, _answers())


def per_hour(session: Session, user_id: str, moment: datetime) -> float | None:
    """How many items an hour this reviewer answers, by the last hour; None for fewer than three."""
    lately = _answers().where(
        ReviewAnswer.created_by == user_id, ReviewAnswer.created_at > moment - HOUR
    )
    first, count = session.execute(
        lately.with_only_columns(func.min(ReviewAnswer.created_at), func.count(ReviewAnswer.id))
    ).one()
    if count < 3:
        return None
    spent = max((moment - first).total_seconds(), 1.0)
    return round(count * HOUR.total_seconds() / spent, 1)


def pace(session: Session, since: datetime) -> list[tuple[date, int]]:
    """How many items were answered on each day since, oldest first; days without are left out."""
    moments = session.scalars(
        _answers()
        .with_only_columns(ReviewAnswer.created_at)
        .where(ReviewAnswer.created_at >= since)
    )
    return sorted(Counter(moment.date() for moment in moments).items())


def _answers() -> Select[ReviewAnswer]:
    """The answers that say how a product is, and stand."""
    return select(ReviewAnswer).where(
        ReviewAnswer.outcome.in_(DECISIVE),
        ReviewAnswer.undone_at.is_(None),
        ReviewAnswer.reverted_by.is_(None),
    )


def _count(session: Session, query: Select[ReviewAnswer]) -> int:
    return session.scalar(query.with_only_columns(func.count(ReviewAnswer.id))) or 0
