"""What the dashboard shows: how right models are, how far people agree, and how fast they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services.review import accuracy, agreement, progress
from vitrine.services.review.accuracy import PRIMARY, Share
from vitrine.services.review.agreement import Agreement
from vitrine.tables.people import User
from vitrine.tables.review import DECISIVE, ReviewAnswer, ReviewItem

NONE = Agreement(None, 0)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of one facet, or of the primary crop."""

    name: str
    agreement: Agreement
    models: Mapping[str, Share]
    days: Mapping[date, Share]


@dataclass(frozen=True, slots=True)
class ReviewerFigures:
    """One reviewer: `right` of `asked` times they said what another one said of the same."""

    user_id: str
    name: str
    answered: int
    right: int
    asked: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Quality:
    """All of it, by the answers since a moment."""

    facets: Sequence[Subject]
    primary: Subject
    reviewers: Sequence[ReviewerFigures]
    pace: Sequence[tuple[date, int]]


def of(session: Session, since: datetime) -> Quality:
    """The figures by the answers since then."""
    query = select(ReviewAnswer).where(
        ReviewAnswer.created_at >= since,
        ReviewAnswer.outcome.in_(DECISIVE),
        ReviewAnswer.undone_at.is_(None),
        ReviewAnswer.reverted_by.is_(None),
    )
    answers = session.scalars(query).all()
    sampled = set(session.scalars(select(ReviewItem.id).where(ReviewItem.sampled)))
    found = accuracy.judged([one for one in answers if one.item_id in sampled])
    models, days = accuracy.by_model(found), accuracy.by_day(found)
    agreed = agreement.by_facet(answers)
    subjects = {
        name: Subject(name, agreed.get(name, NONE), models.get(name, {}), days.get(name, {}))
        for name in sorted({*models, *agreed, PRIMARY})
    }
    primary = subjects.pop(PRIMARY)
    people = _reviewers(session, answers)
    return Quality(list(subjects.values()), primary, people, progress.pace(session, since))


def _reviewers(session: Session, answers: Sequence[ReviewAnswer]) -> list[ReviewerFigures]:
    agreed = agreement.by_reviewer(answers)
    count = Counter(one.created_by for one in answers if one.created_by)
    users = session.scalars(select(User).where(User.id.in_(list(count)))).all()
    names = {user.id: user.name or user.email for user in users}
    told = []
    for user_id, answered in count.most_common():
        spent = [
            one.seconds for one in answers if one.created_by == user_id and one.seconds is not None
        ]
        right, asked = agreed.get(user_id, (0, 0))
        typical = round(median(spent), 2) if spent else None
        name = names.get(user_id, "")
        told.append(ReviewerFigures(user_id, name, answered, right, asked, typical))
    return told
