"""Second opinions: of a random share of answers, and a third where two disagree.

A second reviewer is shown what the model says, not what the first one said of labels, and changes
nothing of the product: where both agree the first answer stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services.review import queue
from vitrine.services.review.changes import Changes
from vitrine.tables.catalog import MODEL, Product
from vitrine.tables.review import (
    DECISIVE,
    DISPUTE,
    REJECT,
    SECOND,
    ReviewAnswer,
    ReviewItem,
)

SHARE = 0.1
"""So many answers are given to a second reviewer."""

SALT = "second"
"""So that who is asked twice has nothing to do with the place in the random order."""


def following(session: Session, item: ReviewItem, row: ReviewAnswer) -> str | None:
    """Where the item goes after a decisive answer: to a second or third reviewer; None for done."""
    if not row.second:
        drawn = queue.draw(item.product_id, SALT) < SHARE
        return SECOND if drawn and item.state != DISPUTE else None
    first = first_answer(session, item.id)
    return DISPUTE if first is not None and not agree(first, row) else None


def first_answer(session: Session, item_id: str) -> ReviewAnswer | None:
    """The answer that a second opinion is about: the newest that changed the product."""
    query = select(ReviewAnswer).where(
        ReviewAnswer.item_id == item_id,
        ReviewAnswer.outcome.in_(DECISIVE),
        ~ReviewAnswer.second,
        ReviewAnswer.undone_at.is_(None),
        ReviewAnswer.reverted_by.is_(None),
    )
    order = (ReviewAnswer.created_at.desc(), ReviewAnswer.id.desc())
    return session.scalar(query.order_by(*order).limit(1))


def opinion(product: Product, wanted: Changes, outcome: str) -> dict[str, Any]:
    """What holds by a second opinion: the model's labels, where it does not say others."""
    if outcome == REJECT:
        return {"labels": {}, "primary": None, "boxes": False, "differs": False}
    labels: dict[str, list[str]] = {}
    for label in product.said:
        if label.source == MODEL:
            labels.setdefault(label.facet, []).append(label.value)
    labels |= {facet: list(values) for facet, values in (wanted.labels or {}).items()}
    primary = wanted.primary or product.primary_crop_id
    return {"labels": labels, "primary": primary, "boxes": False, "differs": wanted.of_boxes}


def agree(first: ReviewAnswer, second: ReviewAnswer) -> bool:
    """Whether two answers say the same of the primary and of every facet that both speak of."""
    one, other = first.verified, second.verified
    if (first.outcome == REJECT) != (second.outcome == REJECT) or other.get("differs"):
        return False
    if one.get("primary") != other.get("primary"):
        return False
    return not differing(one.get("labels", {}), other.get("labels", {}))


def differing(one: Mapping[str, Sequence[str]], other: Mapping[str, Sequence[str]]) -> list[str]:
    """The facets of which both speak and say different things."""
    return [facet for facet in one if facet in other and set(one[facet]) != set(other[facet])]
