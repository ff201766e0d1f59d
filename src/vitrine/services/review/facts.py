"""What is known of many products at once, read from SQL for their doubts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from vitrine.ports import Vision
from vitrine.services import models
from vitrine.services.models import Meanings
from vitrine.services.models.calibrations import key
from vitrine.services.review import shop
from vitrine.services.review.doubts import CropFacts, Facts
from vitrine.tables.catalog import MODEL, PERSON, CropEmbedding, Image, Product
from vitrine.vision.honesty import Reading
from vitrine.vision.types import LabelScore, Space, Vector

Likely = Mapping[str, Sequence[tuple[str, float]]]
"""By facet the likeliest values with honest scores, best first."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue says of words and scores: the same for all products of a batch."""

    meanings: Meanings
    sureties: Mapping[tuple[str, str], float]
    readings: Mapping[str, Reading]


def known(session: Session) -> Known:
    """What is known now."""
    return Known(models.meanings(session), models.sureties(session), models.readings(session))


def products(session: Session, product_ids: Sequence[str]) -> list[Product]:
    """The living products that have photos, with their crops."""
    query = (
        select(Product)
        .where(Product.id.in_(product_ids))
        .order_by(Product.id)
        .options(selectinload(Product.images).selectinload(Image.crops))
    )
    return [product for product in session.scalars(query) if product.images]


def vectors(session: Session, product_ids: Sequence[str], space: Space) -> dict[str, Vector]:
    """By living product the vector of its primary crop, where it has one in this space."""
    rows = session.execute(
        select(Product.id, CropEmbedding.vector)
        .join(CropEmbedding, CropEmbedding.crop_id == Product.primary_crop_id)
        .where(Product.id.in_(product_ids), CropEmbedding.space == space)
        .order_by(Product.id)
    )
    return dict(iter(rows))


def candidates(vision: Vision, found: Mapping[str, Vector], knows: Known) -> dict[str, Likely]:
    """By product what the model finds likely; no transaction may be open for it."""
    if not found:
        return {}
    told = vision.candidates(np.stack(list(found.values())))
    return {product_id: _honest(some, knows) for product_id, some in zip(found, told, strict=True)}


def of(product: Product, likely: Likely, knows: Known) -> Facts:
    """The facts of one product."""
    stated = shop.stated(product)
    meant = {
        facet: word
        for facet, value in stated.items()
        if (word := shop.meant(facet, value, knows.meanings))
    }
    kept = [
        CropFacts(
            crop.id, crop.kind, crop.score, crop.primary_score or 0.0, crop.verdict_source == PERSON
        )
        for image in product.images
        for crop in image.crops
        if crop.kept
    ]
    return Facts(
        likely=likely,
        said={one.facet: one.value for one in product.said if one.source == MODEL},
        shop=stated,
        meant=meant,
        sure={facet: knows.sureties.get((facet, key(stated[facet])), 1.0) for facet in meant},
        kept=kept,
        primary=product.primary_crop_id,
        primary_by_person=product.primary_source == PERSON,
        texts=(product.category, product.title, product.description),
        decided=frozenset(one.facet for one in product.said if one.source == PERSON),
    )


def _honest(some: Sequence[LabelScore], knows: Known) -> Likely:
    told: dict[str, list[tuple[str, float]]] = {}
    for one in some:
        reading = knows.readings.get(one.facet)
        score = one.score if reading is None else round(reading.honest(one.score), 4)
        told.setdefault(one.facet, []).append((one.value, score))
    return told
