"""Second opinions: of a random share of answers, and a third where two disagree.

A second reviewer is shown what the model says, not what the first one said of labels, and changes
nothing of the product: where both agree the first answer stands.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services.review import queue
from vitrine.services.review.changes import Changes
from vitrine.services.review.looked import Looked, looked_at
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


def opinion(product: Product, wanted: Changes, outcome: str, looked: Looked) -> dict[str, Any]:
    """What holds by a second opinion: the model's labels that were looked at, where it does not say
    others; `stated` are the facets in which it does."""
    if outcome == REJECT:
        return {"labels": {}, "primary": None, "boxes": False, "differs": False}
    labels: dict[str, list[str]] = {}
    for label in product.said:
        if label.source == MODEL and looked.at(label.facet):
            labels.setdefault(label.facet, []).append(label.value)
    stated = {facet: list(values) for facet, values in (wanted.labels or {}).items()}
    told = {
        "labels": labels | stated,
        "primary": wanted.primary or product.primary_crop_id,
        "boxes": False,
        "differs": wanted.of_boxes,
        "stated": sorted(stated),
    }
    return told if looked.everything else told | {"looked": looked.as_json()}


def agree(first: ReviewAnswer, second: ReviewAnswer) -> bool:
    """Whether two answers say the same of the primary and of every facet that both looked at, and
    the second one changed nothing that the first one left aside: a third is asked about that."""
    one, other = first.verified, second.verified
    if (first.outcome == REJECT) != (second.outcome == REJECT) or other.get("differs"):
        return False
    changed = one.get("primary") != other.get("primary")
    if changed and looked_at(other).primary:
        return False
    return not differing(first, second)


def differing(first: ReviewAnswer, second: ReviewAnswer) -> list[str]:
    """The facets of which both speak and say different things, or only the second one looked."""
    one, other = first.verified.get("labels", {}), second.verified.get("labels", {})
    seen = looked_at(first.verified)
    differ = {facet for facet in one if facet in other and set(one[facet]) != set(other[facet])}
    return sorted(
        differ | {each for each in second.verified.get("stated", ()) if not seen.at(each)}
    )
