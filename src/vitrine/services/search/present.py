"""The answer of a search: hits as a person wants to see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services.search import living, reasons
from vitrine.services.search.intent import Intent
from vitrine.services.search.rank import Ranking
from vitrine.services.search.reasons import Reasons
from vitrine.services.search.scoring import Detail
from vitrine.tables.catalog import Crop, Image, Product


@dataclass(frozen=True, slots=True)
class Hit:
    """A product that was found, and why; no score where nothing was compared.

    What does not match is less alike, and shown for want of better. No image and no crop where
    the product has no photo that could be compared. `variants` are how many more products of its
    design the filters leave, where it stands for all of them.
    """

    product: Product
    score: float | None
    rank: int
    image: Image | None = None
    crop: Crop | None = None
    level: str | None = None
    reasons: Reasons | None = None
    matches: bool = True
    variants: int = 0

    def as_json(self) -> dict[str, Any]:
        """The hit as it is recorded."""
        return {
            "product_id": self.product.id,
            "image_id": None if self.image is None else self.image.id,
            "crop_id": None if self.crop is None else self.crop.id,
            "score": self.score,
            "rank": self.rank,
            "level": self.level,
            "matches": self.matches,
            "variants": self.variants,
            "reasons": None if self.reasons is None else self.reasons.as_json(),
        }


def hits(
    session: Session, ranking: Ranking, intent: Intent | None, before: int = 0
) -> tuple[Hit, ...]:
    """The places whose products live, with levels and reasons, ranked on from `before`."""
    scores = {place.id: ranking.score(place) for place in ranking.places}
    other = {each: detail.crop_id for each, detail in ranking.details.items()}
    found = _as_shown(session, _living(session, scores, before), other)
    apart = reasons.colour_distances(intent, [hit.crop for hit in found])
    return tuple(
        _explained(hit, ranking.details.get(hit.product.id), intent, far)
        for hit, far in zip(found, apart, strict=True)
    )


def again(session: Session, recorded: Sequence[Mapping[str, Any]]) -> tuple[Hit, ...]:
    """Recorded hits once more, without the products deleted since."""
    by_id = {hit["product_id"]: hit for hit in recorded}
    scores = {product_id: hit["score"] for product_id, hit in by_id.items()}
    alive = [reread(hit, by_id[hit.product.id]) for hit in _living(session, scores)]
    shown = {product_id: hit.get("crop_id") for product_id, hit in by_id.items()}
    return _as_shown(session, alive, shown)


def _as_shown(
    session: Session, hits: Sequence[Hit], shown: Mapping[str, str | None]
) -> tuple[Hit, ...]:
    """The hits with the crops that are shown of products, as far as these are there."""
    other = {
        crop_id
        for hit in hits
        if (crop_id := shown.get(hit.product.id))
        and hit.crop is not None
        and hit.crop.id != crop_id
    }
    if not other:
        return tuple(hits)
    query = select(Crop, Image).join(Image, Image.id == Crop.image_id).where(Crop.id.in_(other))
    found = {crop.id: (crop, image) for crop, image in session.execute(query)}
    views = ((hit, found.get(shown.get(hit.product.id) or "")) for hit in hits)
    return tuple(
        hit if view is None else replace(hit, crop=view[0], image=view[1]) for hit, view in views
    )


def _living(session: Session, scores: Mapping[str, float | None], before: int = 0) -> list[Hit]:
    """Of these products, in order, those that live now."""
    rows = living.of(session, scores)
    alive = [product_id for product_id in scores if product_id in rows]
    return [_hit(*rows[each], scores[each], rank) for rank, each in enumerate(alive, before + 1)]


def _hit(
    product: Product, image: Image | None, crop: Crop | None, score: float | None, rank: int
) -> Hit:
    """The crop of a deleted image is none."""
    return Hit(product, score, rank, image, None if image is None else crop)


def _explained(hit: Hit, detail: Detail | None, intent: Intent | None, apart: float | None) -> Hit:
    if detail is None:
        return hit
    if intent is None:
        return replace(hit, reasons=Reasons(parts=detail.parts))
    moved = 0 if detail.plain_rank is None else detail.plain_rank - hit.rank
    why = reasons.of(hit.product, intent, detail.parts, moved, apart)
    return replace(hit, level=detail.level, reasons=why, matches=detail.matches)


def reread(hit: Hit, recorded: Mapping[str, Any]) -> Hit:
    """The hit with the level and reasons it was recorded with; earlier versions kept none."""
    why = recorded.get("reasons")
    return replace(
        hit,
        level=recorded.get("level"),
        matches=recorded.get("matches", True),
        variants=recorded.get("variants", 0),
        reasons=None if why is None else reasons.from_json(why),
    )
