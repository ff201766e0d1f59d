"""The answers that were given, for people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.db import SHOW_DELETED
from vitrine.tables.people import User
from vitrine.tables.review import ReviewAnswer


@dataclass(frozen=True, slots=True)
class Past:
    """One answer and who gave it, None for somebody who is gone."""

    answer: ReviewAnswer
    by: User | None


@dataclass(frozen=True, slots=True)
class Of:
    """Whose answers to list, and about which product; None for all."""

    product_id: str | None = None
    reviewer: str | None = None


def listed(
    session: Session, of: Of, cursor: str | None, limit: int
) -> tuple[list[Past], str | None]:
    """Answers newest first, those taken back too, and the cursor of the ones before."""
    query = (
        select(ReviewAnswer, User)
        .outerjoin(User, User.id == ReviewAnswer.created_by)
        .order_by(ReviewAnswer.id.desc())
        .limit(limit + 1)
    )
    if of.product_id:
        query = query.where(ReviewAnswer.product_id == of.product_id)
    if of.reviewer:
        query = query.where(ReviewAnswer.created_by == of.reviewer)
    if cursor:
        query = query.where(ReviewAnswer.id < cursor)
    found = [Past(*row) for row in session.execute(query, execution_options=SHOW_DELETED)]
    return found[:limit], found[limit - 1].answer.id if len(found) > limit else None
