"""What else is worn on a product's photos, as its indexing saw it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services.search import candidates
from vitrine.services.search.context import SearchContext
from vitrine.services.search.detected import Item
from vitrine.services.search.request import SearchRequest
from vitrine.tables.catalog import Crop, CropEmbedding, Image, Product
from vitrine.vision import items, measuring
from vitrine.vision.types import GIVEN, KEPT, WHOLE

MOST = 6
"""So many rows at most go with one product."""


def beside(session: Session, context: SearchContext, product_id: str) -> tuple[Item, ...]:
    """The surest item of each kind on the product's photos, but for the kind it is of, and those
    that the detector takes for that."""
    own = candidates.garment(
        context.holding(session, product_id), SearchRequest(product_id=product_id)
    )
    rows = session.execute(
        select(Crop, CropEmbedding.vector)
        .join(Image, Image.id == Crop.image_id)
        .join(Product, Product.id == Image.product_id)
        .join(CropEmbedding, CropEmbedding.crop_id == Crop.id)
        .where(
            Image.product_id == product_id,
            Image.deleted_at.is_(None),
            CropEmbedding.space == context.collection.space,
            Crop.verdict == KEPT,
            Crop.kind.not_in((WHOLE, GIVEN)),
            Crop.score >= items.SURE,
        )
        .order_by(Crop.score.desc(), Crop.id)
    ).all()
    found = dict[str, Item]()
    for crop, vector in rows:
        worn_too = own is not None and crop.kind != own
        taken_for_it = frozenset((crop.kind, own or "")) in items.ALIKE
        if worn_too and not taken_for_it and crop.kind not in found and len(found) < MOST:
            seen = measuring.stored(crop.measures).colours
            number = len(found) + 1
            found[crop.kind] = Item(number, crop.box, crop.kind, crop.score, vector, seen)
    return tuple(found.values())
