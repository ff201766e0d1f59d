"""What people's answers say of each product now: read by whoever learns from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from vitrine.tables.catalog import Product
from vitrine.tables.review import DECISIVE, DISPUTE, ReviewAnswer, ReviewItem

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Verified:
    """The standing word of people on one product; a facet without values has none that fits.

    `primary_crop_id` is None where no crop is fit to be found; `boxes` whether every box of the
    product, kept or rejected, is as a person wants it. `reviewers` is how many said so.
    """

    product_id: str
    answered_at: datetime
    labels: Mapping[str, tuple[str, ...]]
    primary_crop_id: str | None
    boxes: bool
    reviewers: int


def verified(session: Session) -> Iterator[Verified]:
    """By product, in order of ids, what the newest answer says that was not taken back.

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
    """The last answer that was no second opinion: those change nothing of the product."""
    last = next((one for one in reversed(answers) if not one.second), answers[-1])
    told = last.verified
    return Verified(
        product_id=last.product_id,
        answered_at=last.created_at,
        labels={facet: tuple(values) for facet, values in told.get("labels", {}).items()},
        primary_crop_id=told.get("primary"),
        boxes=bool(told.get("boxes")),
        reviewers=len({one.created_by for one in answers}),
    )
