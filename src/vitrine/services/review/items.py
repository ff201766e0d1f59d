"""An item as a reviewer sees it: the product, what is said of it, and why it is worth a look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.errors import NotFound
from vitrine.services import models
from vitrine.services.models import Meanings
from vitrine.services.review import facts, seconds, shop, states
from vitrine.services.review.decisions import MOVED, REMOVED
from vitrine.tables.catalog import MODEL, PERSON, Crop, Image, Label, Product, prevailing
from vitrine.tables.people import User
from vitrine.tables.review import DISPUTE, FLAG, RETURN, SECOND, ReviewAnswer, ReviewItem
from vitrine.vision.vocabulary import CATEGORY, vocabulary


@dataclass(frozen=True, slots=True)
class FacetShown:
    """What is said of one facet: by the model with scores, by whoever counts, and by the shop."""

    facet: str
    shown: bool
    candidates: Sequence[tuple[str, float]]
    chosen: Sequence[str]
    chosen_by: str
    shop: str
    shop_means: str | None


@dataclass(frozen=True, slots=True)
class Comment:
    """What an earlier reviewer wrote to the next."""

    by: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a reviewer is shown of one item; boxes that people took away are left out."""

    item: ReviewItem
    product: Product
    version: str
    photos: Sequence[tuple[Image, Sequence[Crop]]]
    facets: Sequence[FacetShown]
    doubts: Sequence[Mapping[str, Any]]
    comment: Comment | None


def show(session: Session, item: ReviewItem, by_card: frozenset[str]) -> Shown:
    """The item now; `by_card` are the facets that the model's card lets shoppers see."""
    found = facts.products(session, [item.product_id])
    if not found:
        raise NotFound("product_unknown", "The product was deleted meanwhile.")
    [product] = found
    shown = models.shown_facets(session, by_card)
    return Shown(
        item=item,
        product=product,
        version=states.version(product, states.read(session, product)),
        photos=[(image, _visible(image)) for image in product.images],
        facets=_facets(item, product, shown, models.meanings(session)),
        doubts=[*_dispute(session, item), *item.doubts],
        comment=_comment(session, item),
    )


def _visible(image: Image) -> list[Crop]:
    return [crop for crop in image.crops if crop.reason not in (REMOVED, MOVED)]


def _facets(
    item: ReviewItem, product: Product, shown: frozenset[str], meanings: Meanings
) -> list[FacetShown]:
    blind = item.state == SECOND
    said = _of_model(product.said) if blind else prevailing(product.said)
    stated = shop.stated(product)
    category = next((one.value for one in said if one.facet == CATEGORY), None)
    kind = vocabulary().kind(category)
    told = []
    for facet in vocabulary().facets.values():
        name = facet.name
        chosen = [one for one in said if one.facet == name]
        likely = [(value, score) for value, score in item.candidates.get(name, ())]
        if not (likely or chosen or name in stated or facet.fits(kind)):
            continue
        by_person = not blind and any(
            one.source == PERSON for one in product.said if one.facet == name
        )
        value = stated.get(name, "")
        told.append(
            FacetShown(
                facet=name,
                shown=name in shown,
                candidates=likely,
                chosen=[one.value for one in chosen],
                chosen_by=PERSON if by_person else MODEL,
                shop=value,
                shop_means=shop.meant(name, value, meanings) if value else None,
            )
        )
    return told


def _of_model(said: Sequence[Label]) -> list[Label]:
    return [one for one in said if one.source == MODEL]


def _dispute(session: Session, item: ReviewItem) -> list[dict[str, Any]]:
    """In what two reviewers of the item differ."""
    if item.state != DISPUTE:
        return []
    first, second = seconds.first_answer(session, item.id), _second(session, item)
    if first is None or second is None:
        return []
    one, other = first.verified.get("labels", {}), second.verified.get("labels", {})
    told = [
        (facet, f"{_words(one.get(facet))} or {_words(other.get(facet))}")
        for facet in seconds.differing(first, second)
    ]
    return [_disputed(*each) for each in told] or [
        _disputed(None, "the boxes, or the primary crop")
    ]


def _disputed(facet: str | None, says: str) -> dict[str, Any]:
    return {"kind": DISPUTE, "facet": facet, "score": 1.0, "says": says}


def _second(session: Session, item: ReviewItem) -> ReviewAnswer | None:
    query = select(ReviewAnswer).where(
        ReviewAnswer.item_id == item.id, ReviewAnswer.second, ReviewAnswer.undone_at.is_(None)
    )
    return session.scalar(query.order_by(ReviewAnswer.created_at.desc()).limit(1))


def _words(values: Sequence[str] | None) -> str:
    """The values that somebody said; None where they did not look."""
    return "not looked at" if values is None else ", ".join(values) or "none"


def _comment(session: Session, item: ReviewItem) -> Comment | None:
    """The newest comment of who flagged the item or sent it back."""
    query = (
        select(ReviewAnswer, User.name, User.email)
        .outerjoin(User, User.id == ReviewAnswer.created_by)
        .where(ReviewAnswer.item_id == item.id, ReviewAnswer.outcome.in_((FLAG, RETURN)))
        .where(ReviewAnswer.undone_at.is_(None), ReviewAnswer.comment != "")
        .order_by(ReviewAnswer.created_at.desc(), ReviewAnswer.id.desc())
    )
    row = session.execute(query.limit(1)).first()
    if row is None:
        return None
    answer, name, email = row
    return Comment(name or email or "", answer.comment, answer.created_at)
