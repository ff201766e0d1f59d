"""What people's answers say of each product now: read by whoever learns from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from vitrine.services.review.looked import looked_at
from vitrine.tables.catalog import Product
from vitrine.tables.review import DECISIVE, DISPUTE, ReviewAnswer, ReviewItem

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Verified:
    """The standing word of people on one product; a facet without values has none that fits, and
    one that nobody looked at is not there.

    `primary_crop_id` is the crop that all of it is about, None where no crop is fit to be found;
    `boxes` whether every box of the product, kept or rejected, is as a person wants it.
    `reviewers` is how many said so.
    """

    product_id: str
    answered_at: datetime
    labels: Mapping[str, tuple[str, ...]]
    primary_crop_id: str | None
    boxes: bool
    reviewers: int


def verified(session: Session) -> Iterator[Verified]:
    """By product, in order of ids, what answers say that were not taken back: of each thing the
    newest that looked at it, unless a later one looked at all.

    Products that two reviewers dispute are left out until a third has decided, and deleted ones.
    """
    rows = session.scalars(_standing().execution_options(yield_per=AT_ONCE))
    for _, answers in groupby(rows, key=attrgetter("product_id")):
        yield _word(list(answers))


def _standing() -> Select[ReviewAnswer]:
    return (
        select(ReviewAnswer)
        .join(ReviewItem, ReviewItem.id == ReviewAnswer.item_id)
        .join(Product, Product.id == ReviewAnswer.product_id)
        .where(ReviewItem.state != DISPUTE, ReviewAnswer.outcome.in_(DECISIVE))
        .where(ReviewAnswer.undone_at.is_(None), ReviewAnswer.reverted_by.is_(None))
        .order_by(ReviewAnswer.product_id, ReviewAnswer.created_at, ReviewAnswer.id)
    )


def _word(answers: Sequence[ReviewAnswer]) -> Verified:
    """What holds by these answers, oldest first; second opinions change nothing of the product."""
    first, *later = [one for one in answers if not one.second] or answers[-1:]
    word = _said(first, len({one.created_by for one in answers}))
    for answer in later:
        word = _after(word, answer, _said(answer, word.reviewers))
    return word


def _said(answer: ReviewAnswer, reviewers: int) -> Verified:
    told = answer.verified
    return Verified(
        product_id=answer.product_id,
        answered_at=answer.created_at,
        labels={facet: tuple(values) for facet, values in told.get("labels", {}).items()},
        primary_crop_id=told.get("primary"),
        boxes=bool(told.get("boxes")),
        reviewers=reviewers,
    )


def _after(before: Verified, answer: ReviewAnswer, word: Verified) -> Verified:
    """The word of an answer, with what it left aside of the one before, if that is of its crop."""
    stood = answer.after.get("moved", {}).get(before.primary_crop_id, before.primary_crop_id)
    if looked_at(answer.verified).everything or stood != word.primary_crop_id:
        return word
    # What people looked at before they have not seen on photos that came since.
    at = word.answered_at if word.boxes else before.answered_at
    labels = {**before.labels, **word.labels}
    return replace(word, labels=labels, boxes=word.boxes or before.boxes, answered_at=at)
