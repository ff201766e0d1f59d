"""Hits: what was found, as a person wants to see it, as it is recorded, and read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services.search import reasons
from vitrine.services.search.candidates import Chosen, Match
from vitrine.services.search.intent import Intent
from vitrine.services.search.rank import Detail
from vitrine.services.search.reasons import Reasons
from vitrine.tables.catalog import Crop, Image, Product


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit with what a person wants to see of it; no score where nothing was compared."""

    product: Product
    score: float | None
    rank: int
    image: Image
    crop: Crop
    level: str | None = None
    reasons: Reasons | None = None


def living(session: Session, hits: Sequence[Match], before: int = 0) -> list[Hit]:
    """The hits whose products live, ranked on from `before`."""
    rows = {
        product.id: (product, image, crop)
        for product, image, crop in session.execute(
            select(Product, Image, Crop)
            .join(Crop, Crop.id == Product.primary_crop_id)
            .join(Image, Image.id == Crop.image_id)
            .where(Product.id.in_([hit.id for hit in hits]))
        )
    }
    alive = [hit for hit in hits if hit.id in rows]
    return [
        Hit(rows[hit.id][0], hit.score, rank, *rows[hit.id][1:])
        for rank, hit in enumerate(alive, before + 1)
    ]


def of(session: Session, chosen: Chosen, sought: Intent | None, before: int) -> tuple[Hit, ...]:
    """A page of hits with their levels and reasons; `before` is the rank of the last page's end."""
    found = living(session, [_bounded(one, chosen) for one in chosen.matches], before)
    return tuple(_told(one, chosen.details.get(one.product.id), sought) for one in found)


def as_json(found: Hit) -> dict[str, Any]:
    """A hit as it is recorded."""
    return {
        "product_id": found.product.id,
        "image_id": found.image.id,
        "crop_id": found.crop.id,
        "score": found.score,
        "rank": found.rank,
        "level": found.level,
        "reasons": None if found.reasons is None else found.reasons.as_json(),
    }


def again(session: Session, recorded: Sequence[Mapping[str, Any]]) -> tuple[Hit, ...]:
    """Recorded hits once more, without the products deleted since."""
    by_id = {hit["product_id"]: hit for hit in recorded}
    matches = [Match(hit["product_id"], hit["score"]) for hit in recorded]
    return tuple(reread(one, by_id[one.product.id]) for one in living(session, matches))


def reread(found: Hit, recorded: Mapping[str, Any]) -> Hit:
    """The hit with the level and reasons it was recorded with; earlier versions kept none."""
    why = recorded.get("reasons")
    return replace(
        found,
        level=recorded.get("level"),
        reasons=None if why is None else reasons.from_json(why),
    )


def _told(found: Hit, detail: Detail | None, sought: Intent | None) -> Hit:
    if detail is None or sought is None:
        return found
    moved = 0 if detail.plain_rank is None else detail.plain_rank - found.rank
    why = reasons.of(found.product, found.crop, sought, detail.parts, moved)
    return replace(found, level=detail.level, reasons=why)


def _bounded(match: Match, chosen: Chosen) -> Match:
    """Unit vectors of float32 may come out a hair above 1; re-ranking may lift a score further."""
    if match.score is None or chosen.reranked:
        return match
    return match._replace(score=max(-1.0, min(1.0, match.score)))
